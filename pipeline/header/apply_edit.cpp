#include "pipeline/header/apply_edit.h"

#include "config/assert.h"
#include "pipeline/scan/scanner.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::pipeline {
namespace {

// A replaced value keeps the element's VR; where that says nothing, or was a sequence, the dictionary's.
rules::Vr written_vr(const Element& element) {
    const rules::Vr vr = element.vr();
    if (vr != rules::Vr::UN && !element.is_sequence()) {
        return vr;
    }
    const rules::DictionaryEntry* entry = rules::find_attribute(element.tag());
    return entry != nullptr ? entry->vr : rules::Vr::UN;
}

Status put_dummies(Item& item, std::span<const rules::DummyElement> dummies, std::uint32_t depth) {
    EFFACE_ASSERT(depth <= kSequenceDepthMax);
    for (const rules::DummyElement& dummy : dummies) {
        if (dummy.vr != rules::Vr::SQ) {
            EFFACE_CHECK(item.put(dummy.tag, dummy.vr, dummy.value));
        } else if (dummy.item.empty()) {
            EFFACE_CHECK(item.put(dummy.tag, rules::Vr::SQ, {}));
        } else {
            EFFACE_TRY(Item nested, item.append_item(dummy.tag));
            EFFACE_CHECK(put_dummies(nested, dummy.item, depth + 1));
        }
    }
    return {};
}

}  // namespace

Status apply_edit(Item& item, Element& element, const rules::Edit& edit) {
    const rules::Tag tag = element.tag();
    switch (edit.kind) {
        case rules::Edit::Kind::kKeep:
            return element.make_even();
        case rules::Edit::Kind::kEnter:
            return {};
        case rules::Edit::Kind::kRemove:
            item.remove(element);
            return {};
        case rules::Edit::Kind::kEmpty:
            return element.clear();
        case rules::Edit::Kind::kReplace:
            return item.put(tag, written_vr(element), edit.value);
        case rules::Edit::Kind::kReplaceItem: {
            item.remove(element);
            EFFACE_TRY(Item only, item.append_item(tag));
            return put_dummies(only, edit.item, 0);
        }
    }
    return fail(Fault::kQuarantine, "edit of no known kind", Where::tag(tag.value));
}

}  // namespace efface::pipeline
