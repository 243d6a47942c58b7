#include "pipeline/header/attribute_walk.h"

#include "config/assert.h"
#include "pipeline/scan/scanner.h"
#include "rules/profile/attestation.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/value_form.h"

namespace efface::pipeline {
namespace {

/// The private creators of one item, read before any of them is removed.
using Creators = std::vector<std::pair<rules::Tag, std::string>>;

/// Padding of the medium (PS3.10 7.2): any bytes may stand there, and nothing needs them.
constexpr rules::Tag kDataSetTrailingPadding{0xFFFC, 0xFFFC};

Result<Creators> read_creators(const std::vector<Element>& elements) {
    Creators creators;
    for (const Element& element : elements) {
        if (element.tag().is_private_creator()) {
            EFFACE_TRY(const std::string name, element.value());
            creators.emplace_back(element.tag(), without_padding(name));
        }
    }
    return creators;
}

std::string_view creator_of(rules::Tag tag, const Creators& creators) {
    if (!tag.is_private() || tag.element() < 0x1000) {
        return {};
    }
    const rules::Tag creator{tag.group(), static_cast<std::uint16_t>(tag.element() >> 8U)};
    for (const auto& [at, name] : creators) {
        if (at == creator) {
            return name;
        }
    }
    return {};
}

bool needs_value(rules::Action action, rules::Tag tag, rules::Vr vr) {
    switch (action) {
        case rules::Action::X:
            return false;
        case rules::Action::K:
            return rules::has_value_form(rules::effective_vr(tag, vr));
        default:
            return rules::is_text(vr) || vr == rules::Vr::UN;
    }
}

class Walk {
public:
    Walk(const WalkContext& context, AttributeVisitor& visitor) : context_{context}, visitor_{visitor} {}

    Status item(Item& item) {
        EFFACE_ASSERT(path_.size() <= kSequenceDepthMax);
        std::vector<Element> elements = item.elements();
        EFFACE_TRY(const Creators creators, read_creators(elements));
        for (Element& element : elements) {
            EFFACE_CHECK(attribute(item, element, creator_of(element.tag(), creators)));
        }
        return visitor_.leave(item);
    }

private:
    Status attribute(Item& item, Element& element, std::string_view creator) {
        const rules::Vr vr = element.vr();
        PlannedAttribute planned{
            element, vr, path_, item_numbers_, creator, decide(element.tag(), vr, creator), rules::Edit{}};
        planned.edit = plan(element, vr, planned.decision);
        const bool enter = planned.edit && planned.edit->kind == rules::Edit::Kind::kEnter;
        EFFACE_CHECK(visitor_.visit(item, planned));
        return enter ? items(element) : Status{};
    }

    rules::Decision decide(rules::Tag tag, rules::Vr vr, std::string_view creator) const {
        if (tag == kDataSetTrailingPadding) {
            return {.source = rules::DecisionSource::kGroupRule, .why = "padding of the medium"};
        }
        // Whatever the sender says there, in whatever VR, Efface writes its own.
        const bool own =
            tag == rules::kPatientIdentityRemoved || tag == rules::kLongitudinalTemporalInformationModified;
        if (own && path_.empty()) {
            return {.source = rules::DecisionSource::kStructural, .why = "Efface states its own"};
        }
        return context_.profile.decide({tag, vr, path_, creator, context_.sop_class_uid});
    }

    Result<rules::Edit> plan(const Element& element, rules::Vr vr, const rules::Decision& decision) const {
        rules::ElementFacts facts{
            .tag = element.tag(),
            .vr = vr,
            .attribute_type = decision.attribute_type,
            .is_empty = element.is_sequence() ? element.items().empty() : element.length_bytes() == 0,
            .is_nested = !path_.empty(),
        };
        std::string value;
        if (needs_value(decision.action, element.tag(), vr)) {
            EFFACE_TRY(value, element.value());
            facts.value = value;
        }
        return rules::plan_edit(decision.action, facts, context_.plan);
    }

    Status items(Element& sequence) {
        path_.push_back(sequence.tag());
        item_numbers_.push_back(0);
        for (Item& nested : sequence.items()) {
            ++item_numbers_.back();
            EFFACE_CHECK(item(nested));
        }
        path_.pop_back();
        item_numbers_.pop_back();
        return {};
    }

    const WalkContext& context_;
    AttributeVisitor& visitor_;
    std::vector<rules::Tag> path_;
    std::vector<std::uint32_t> item_numbers_;
};

}  // namespace

Status walk_attributes(DataSet& data_set, const WalkContext& context, AttributeVisitor& visitor) {
    Item root = data_set.root();
    return Walk{context, visitor}.item(root);
}

}  // namespace efface::pipeline
