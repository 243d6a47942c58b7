// What each action code of PS3.15 Table E.1-1a means. A new code is one function and one row.
// C never falls back to K: text that nobody can clean is an instance a human must see.
#include "config/assert.h"
#include "rules/actions/dummy_value.h"
#include "rules/actions/edit.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/uid.h"
#include "rules/vocabulary/value_form.h"

namespace efface::rules {
namespace {

/// A UI element of hundreds of kilobytes is no list of UIDs any more.
constexpr std::size_t kUidListBytesMax = std::size_t{1} << 20U;

Edit replace(std::string value) {
    return {Edit::Kind::kReplace, std::move(value), {}};
}

Where where(const ElementFacts& element) {
    return Where::tag(element.tag.value);
}

bool is_standard_sequence(Tag tag) {
    const DictionaryEntry* entry = find_attribute(tag);
    return entry != nullptr && entry->vr == Vr::SQ;
}

bool is_uid(const ElementFacts& element) {
    return effective_vr(element.tag, element.vr) == Vr::UI;
}

Result<Edit> plan_keep(const ElementFacts& element, const PlanContext&) {
    if (element.vr == Vr::SQ) {
        return Edit{Edit::Kind::kEnter, {}, {}};
    }
    if (element.vr == Vr::UN && !element.is_empty && is_standard_sequence(element.tag)) {
        return fail(Fault::kQuarantine, "a sequence stands as UN and cannot be looked into", where(element));
    }
    const DictionaryEntry* entry = find_attribute(element.tag);
    if (entry != nullptr && !element.is_empty && !may_stand_as(*entry, element.vr)) {
        return fail(
            Fault::kQuarantine, "an attribute to keep has a VR that is not its own: it could hold anything",
            where(element)
        );
    }
    if (!has_form_of(element.vr, element.value) ||
        (entry != nullptr && !has_form_of(entry->vr, element.value))) {
        return fail(
            Fault::kQuarantine,
            "an attribute to keep has a value that is not of its VR's form: it could say anything",
            where(element)
        );
    }
    return Edit{Edit::Kind::kKeep, {}, {}};
}

Result<Edit> plan_remove(const ElementFacts&, const PlanContext&) {
    return Edit{Edit::Kind::kRemove, {}, {}};
}

Result<Edit> plan_dummy(const ElementFacts& element, const PlanContext& context) {
    if (element.vr == Vr::SQ || (element.vr == Vr::UN && is_standard_sequence(element.tag))) {
        auto item = dummy_item(element.tag, context);
        if (!item) {
            return fail(Fault::kQuarantine, "no dummy item is known for this sequence", where(element));
        }
        return Edit{Edit::Kind::kReplaceItem, {}, std::move(*item)};
    }
    EFFACE_TRY(std::string value, dummy_value(element, context));
    return value.empty() ? Edit{Edit::Kind::kEmpty, {}, {}} : replace(std::move(value));
}

/// Empty where the Type allows it. Type 1 and unknown Types get a dummy, except a sequence and a code
/// string (PatientSex) outside Type 1: an invented enumerated value would say something about the patient.
Result<Edit> plan_zero(const ElementFacts& element, const PlanContext& context) {
    if (is_patient_identifier(element.tag)) {
        return plan_dummy(element, context);
    }
    const bool sequence_or_code =
        element.vr == Vr::SQ || element.vr == Vr::CS || is_standard_sequence(element.tag);
    const bool needs_value =
        element.attribute_type == '1' || (element.attribute_type == '?' && !sequence_or_code);
    if (!needs_value || element.is_empty) {
        return Edit{Edit::Kind::kEmpty, {}, {}};
    }
    return plan_dummy(element, context);
}

Result<Edit> plan_map_uid(const ElementFacts& element, const PlanContext& context) {
    if (element.vr == Vr::SQ) {
        return plan_keep(element, context);  // U* on a sequence: its items hold the UIDs.
    }
    if (element.is_empty) {
        return Edit{Edit::Kind::kKeep, {}, {}};
    }
    if (!is_uid(element)) {
        return fail(
            Fault::kQuarantine, "a UID to map has another VR and would stay as it is", where(element)
        );
    }
    if (element.value.size() > kUidListBytesMax) {
        return fail(Fault::kQuarantine, "a UID attribute of more than 1 MiB", where(element));
    }
    return replace(map_uids(element.value, context));
}

Result<Edit> plan_clean(const ElementFacts& element, const PlanContext& context) {
    if (context.clean) {
        if (auto cleaned = context.clean(element)) {
            return replace(std::move(*cleaned));
        }
    }
    return fail(Fault::kQuarantine, "no cleaner accepts this attribute", where(element));
}

struct ActionRow {
    Action action;
    std::string_view meaning;
    Result<Edit> (*plan)(const ElementFacts&, const PlanContext&);
};

constexpr std::array kActionTable{
    ActionRow{Action::D, "replace by a dummy value of the same VR", plan_dummy},
    ActionRow{Action::Z, "empty, or a dummy where Type 1 forbids empty", plan_zero},
    ActionRow{Action::X, "remove the attribute", plan_remove},
    ActionRow{Action::K, "keep; a sequence is kept and its items are visited", plan_keep},
    ActionRow{Action::C, "clean: same meaning, no identity", plan_clean},
    ActionRow{Action::U, "map to a UID consistent across the project", plan_map_uid},
};

constexpr bool covers_every_action() {
    for (std::size_t i = 0; i < kActions.size(); ++i) {
        if (kActionTable[i].action != kActions[i]) {
            return false;
        }
    }
    return kActionTable.size() == kActions.size();
}

static_assert(covers_every_action(), "one row per Action, in the order of kActions");

const ActionRow& row_of(Action action) {
    const auto* row = std::find_if(kActionTable.begin(), kActionTable.end(), [=](const ActionRow& r) {
        return r.action == action;
    });
    EFFACE_ASSERT(row != kActionTable.end());
    return *row;
}

std::string_view trimmed_uid(std::string_view uid) {
    while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) {
        uid.remove_suffix(1);
    }
    while (!uid.empty() && uid.front() == ' ') {
        uid.remove_prefix(1);
    }
    return uid;
}

std::string map_uid(std::string_view uid, const PlanContext& context) {
    if (uid.empty() || is_registered_uid(uid)) {
        return std::string{uid};
    }
    if (!context.new_sop_instance_uid.empty() && uid == trimmed_uid(context.original_sop_instance_uid)) {
        return std::string{context.new_sop_instance_uid};
    }
    return context.key.map_uid(uid);
}

}  // namespace

Result<Edit> plan_edit(Action action, const ElementFacts& element, const PlanContext& context) {
    return row_of(action).plan(element, context);
}

std::string_view describe(Action action) {
    return row_of(action).meaning;
}

std::string map_uids(std::string_view value, const PlanContext& context) {
    std::string mapped;
    while (true) {
        const std::size_t end = value.find('\\');
        mapped += map_uid(trimmed_uid(value.substr(0, end)), context);
        if (end == std::string_view::npos) {
            return mapped;
        }
        mapped.push_back('\\');
        value.remove_prefix(end + 1);
    }
}

}  // namespace efface::rules
