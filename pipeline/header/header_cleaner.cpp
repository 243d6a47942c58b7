#include "pipeline/header/header_cleaner.h"

#include "pipeline/header/apply_edit.h"
#include "pipeline/header/attribute_walk.h"
#include "pipeline/header/instance_context.h"
#include "pipeline/header/stamp.h"
#include "rules/profile/profile.h"

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr Tag kFloatPixelData{0x7FE0, 0x0008};
constexpr Tag kDoubleFloatPixelData{0x7FE0, 0x0009};

/// Samples whose place is the top level. Pixel Data of that never comes here.
bool is_misplaced(Tag tag, bool nested) {
    return tag == kPixelData || (nested && (tag == kFloatPixelData || tag == kDoubleFloatPixelData));
}

/// Applies each plan and counts it.
class Cleaner final : public AttributeVisitor {
public:
    explicit Cleaner(rules::ActionCounts& actions) : actions_{actions} {}

    Status visit(Item& item, PlannedAttribute& planned) override {
        if (!planned.edit) {
            return tl::unexpected<Error>(planned.edit.error());
        }
        const Tag tag = planned.element.tag();
        const bool removed = planned.edit->kind == rules::Edit::Kind::kRemove;
        if (is_misplaced(tag, !planned.path.empty()) && !removed) {
            // Nobody would clean those of an item.
            return fail(
                Fault::kQuarantine,
                "Pixel Data inside a sequence that is kept: remove the sequence by a rule",
                Where::tag(tag.value)
            );
        }
        if (tag.is_private_creator() && removed) {
            creators_.push_back({&item, tag});  // Decided in leave(), when it is known who needs it.
            return {};
        }
        ++actions_[planned.decision.action];
        if (tag.is_private() && !removed) {
            kept_blocks_.push_back({&item, Tag{tag.group(), static_cast<std::uint16_t>(tag.element() >> 8U)}}
            );
        }
        return apply_edit(item, planned.element, *planned.edit);
    }

    // A private attribute that a rule keeps means nothing without its creator (PS3.5 7.8.1).
    Status leave(Item& item) override {
        for (const InItem& creator : creators_) {
            if (creator.item != &item) {
                continue;
            }
            if (needed(creator)) {
                ++actions_[rules::Action::K];
            } else {
                ++actions_[rules::Action::X];
                item.remove(creator.tag);
            }
        }
        std::erase_if(creators_, [&](const InItem& entry) { return entry.item == &item; });
        std::erase_if(kept_blocks_, [&](const InItem& entry) { return entry.item == &item; });
        return {};
    }

private:
    struct InItem {
        const Item* item;
        Tag tag;
    };

    bool needed(const InItem& creator) const {
        return std::any_of(kept_blocks_.begin(), kept_blocks_.end(), [&](const InItem& kept) {
            return kept.item == creator.item && kept.tag == creator.tag;
        });
    }

    rules::ActionCounts& actions_;
    std::vector<InItem> creators_;
    std::vector<InItem> kept_blocks_;
};

}  // namespace

Result<HeaderOutcome> clean_header(DataSet& data_set, const HeaderWork& work) {
    EFFACE_TRY(const InstanceContext context, read_context(data_set.root(), work));
    const rules::PlanContext plan = context.plan_context(work.key);
    const rules::Profile profile{work.rule.profile};

    HeaderOutcome outcome;
    Cleaner cleaner{outcome.actions};
    EFFACE_CHECK(walk_attributes(data_set, {profile, plan, work.sop_class_uid}, cleaner));

    Item root = data_set.root();
    const StampWork stamp_work{
        .options = work.rule.profile,
        .sop_class_uid = work.sop_class_uid,
        .software_version = work.software_version,
        .accepted_at = work.accepted_at,
        .trust_sender_history = work.rule.trust_sender_history,
        .pixels = work.pixels,
    };
    EFFACE_CHECK(stamp(root, stamp_work, outcome.facts));
    return outcome;
}

}  // namespace efface::pipeline
