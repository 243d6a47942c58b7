// One decision per attribute: overrides, then housekeeping, then Table E.1-1, then what the table leaves
// open (PS3.15 E.1.1, E.3). Runs for every element of every instance: look-ups in constant arrays, no
// allocation unless the rule has path overrides.
#include "rules/profile/profile.h"

#include "config/assert.h"
#include "rules/profile/table.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

constexpr Tag kEncapsulatedDocumentLength{0x0042, 0x0015};

Decision structural(Action action, std::string_view why) {
    return {.action = action, .source = DecisionSource::kStructural, .why = why};
}

Decision group_rule(Action action, std::string_view why) {
    return {.action = action, .source = DecisionSource::kGroupRule, .why = why};
}

bool is_overlay_group(Tag tag) {
    return (tag.group() & 0xFF01U) == 0x6000U;
}

/// What is removed before any table is asked, since it describes the encoding or seals the original.
std::optional<Decision> decide_housekeeping(Tag tag) {
    if (tag.is_group_length()) {
        return group_rule(Action::X, "group lengths are removed: they state lengths that change");
    }
    if (tag.group() <= 0x0004 && !tag.is_private()) {
        return group_rule(Action::X, "groups 0000, 0002 and 0004 have no place in a data set");
    }
    if (tag == Tag{0xFFFA, 0xFFFA} || tag == Tag{0x4FFE, 0x0001}) {
        return group_rule(Action::X, "digital signatures of the original are removed with their parameters");
    }
    if (tag == Tag{0x0400, 0x0500}) {
        return group_rule(Action::X, "attributes that somebody else encrypted cannot be cleaned");
    }
    if (is_overlay_group(tag) && tag.element() != 0x3000 && tag.element() != 0x4000) {
        return group_rule(Action::X, "an overlay whose data is removed is removed as a whole");
    }
    return std::nullopt;
}

/// UI attributes outside the table that name a class, a syntax or a coding scheme, never an instance.
constexpr std::array kClassLikeUids{
    Tag{0x0008, 0x0016},  // SOP Class UID
    Tag{0x0008, 0x001A},  // Related General SOP Class UID
    Tag{0x0008, 0x001B},  // Original Specialized SOP Class UID
    Tag{0x0008, 0x0062},  // SOP Classes in Study
    Tag{0x0008, 0x010C},  // Coding Scheme UID
    Tag{0x0008, 0x010D},  // Context Group Extension Creator UID
    Tag{0x0008, 0x0117},  // Context UID
    Tag{0x0008, 0x0118},  // Mapping Resource UID
    Tag{0x0008, 0x040E},  // Stored Instance Transfer Syntax UID
    Tag{0x0008, 0x1150},  // Referenced SOP Class UID
    Tag{0x0008, 0x115A},  // SOP Classes Supported
    Tag{0x0008, 0x3002},  // Available Transfer Syntax UID
    Tag{0x0008, 0x9123},  // Creator-Version UID: a release of software
    Tag{0x0034, 0x0003},  // Flow Transfer Syntax UID
    Tag{0x0400, 0x0010},  // MAC Calculation Transfer Syntax UID
    Tag{0x3010, 0x001F},  // Segmentation Template UID
    Tag{0x3010, 0x0052},  // Pertinent SOP Classes in Study
    Tag{0x3010, 0x0053},  // Pertinent SOP Classes in Series
};

static_assert(std::is_sorted(kClassLikeUids.begin(), kClassLikeUids.end()));

Decision decide_outside_table(const AttributeContext& attribute, const ProfileOptions& options) {
    const DictionaryEntry* entry = find_attribute(attribute.tag);
    if (entry == nullptr) {
        return {.source = DecisionSource::kUnknownAttribute, .why = "not an attribute of PS3.6: removed"};
    }
    if (attribute.tag == kEncapsulatedDocumentLength) {
        return structural(Action::D, "states the length of the document that takes the original's place");
    }
    if (attribute.tag.group() == 0x7FE0) {
        return structural(Action::K, "Pixel Data is the business of the pixel policy");
    }
    if (entry->vr != Vr::UI) {
        return {
            .action = Action::K,
            .source = DecisionSource::kNotInTable,
            .why = "a standard attribute that Table E.1-1 does not name",
        };
    }
    if (std::binary_search(kClassLikeUids.begin(), kClassLikeUids.end(), attribute.tag)) {
        return structural(Action::K, "names a class, a syntax or a coding scheme, never an instance");
    }
    if (options.options.contains(Option::kRetainUids)) {
        return structural(Action::K, "Retain UIDs Option");
    }
    return group_rule(Action::U, "names an instance or a frame of reference: every reference is protected");
}

/// Table E.1-1a, compound codes: X unless the Type forbids it, and so on; unknown is taken as Type 1.
Action resolve(std::string_view code, char type, std::string_view sop_class_uid) {
    const bool optional = type == '3';
    const bool may_be_empty = type == '2' || optional;
    if (code == "X/Z") {
        return optional ? Action::X : Action::Z;
    }
    if (code == "X/D") {
        return optional ? Action::X : Action::D;
    }
    if (code == "Z/D") {
        return may_be_empty ? Action::Z : Action::D;
    }
    if (code == "X/Z/D") {
        return optional ? Action::X : may_be_empty ? Action::Z : Action::D;
    }
    // Never Z, and not X where the IOD lists its references once more: the Common Instance Reference Module
    // (PS3.3 C.12.2) stands only with the references that it lists.
    EFFACE_ASSERT(code == "X/Z/U*");
    return optional && !lists_references(sop_class_uid) ? Action::X : Action::U;
}

/// X where the standard also demands the attribute unconditionally: E.1.1 forbids breaking the IOD.
Decision decide_removal(Decision decision, char exact_type) {
    decision.action = exact_type == 'A' ? Action::D : exact_type == 'B' ? Action::Z : Action::X;
    switch (decision.action) {
        case Action::D:
            decision.why = "removal would break the IOD (Type 1 here): replaced instead";
            break;
        case Action::Z:
            decision.why = "removal would break the IOD (Type 2 here): emptied instead";
            break;
        default:
            decision.why = "Table E.1-1, Basic Profile";
            break;
    }
    return decision;
}

/// '1', '2', '3' or '?': a Decision does not say whether a Type has a condition.
char plain_type(char exact_type) {
    return exact_type == 'A' ? '1' : exact_type == 'B' ? '2' : exact_type;
}

Decision decide_by_basic_code(const TableRow& row, const AttributeContext& attribute) {
    Decision decision{
        .source = DecisionSource::kTableRow, .table_code = row.basic, .why = "Table E.1-1, Basic Profile"};
    if (row.basic == "D" || row.basic == "U") {
        decision.action = static_cast<Action>(row.basic.front());
        return decision;
    }
    const char exact_type = attribute_type(attribute.sop_class_uid, attribute.path, attribute.tag);
    decision.attribute_type = plain_type(exact_type);
    if (row.basic == "X") {
        return decide_removal(decision, exact_type);
    }
    if (row.basic == "Z") {
        decision.action = Action::Z;
        return decision;
    }
    decision.action = resolve(row.basic, decision.attribute_type, attribute.sop_class_uid);
    decision.why = decision.attribute_type == '?'
                       ? "Table E.1-1, compound code; Type unknown here: the choice valid for Type 1"
                       : "Table E.1-1, compound code by the attribute's Type in this SOP class";
    return decision;
}

/// An option's cell overrides the Basic code; where two options disagree C goes before K, since a
/// cleaned value is never less safe than a kept one (the standard gives no order).
std::optional<Decision> decide_by_option(const TableRow& row, const ProfileOptions& options) {
    std::optional<Decision> decision;
    for (const Option option : options.options) {
        const char cell = row.option(option);
        if (cell == ' ' || (decision && cell == 'K')) {
            continue;
        }
        decision = Decision{
            .action = static_cast<Action>(cell),
            .source = DecisionSource::kTableRow,
            .table_code = cell == 'K' ? "K" : "C",
            .why = "Table E.1-1, the option's column",
            .option = option,
        };
    }
    return decision;
}

std::uint32_t private_key(Tag tag) {
    return (static_cast<std::uint32_t>(tag.group()) << 8U) | (tag.element() & 0xFFU);
}

}  // namespace

Profile::Profile(ProfileOptions options) : options_{std::move(options)} {
    for (const auto& [text, action] : options_.overrides) {
        const auto key = parse_override_key(text);
        EFFACE_ASSERT(key.has_value() && may_override(*key, action));
        if (!key->creator.empty()) {
            private_overrides_[{private_key(key->path.back()), key->creator}] = action;
        } else if (key->path.size() == 1) {
            tag_overrides_[key->path.back().value] = action;
        } else {
            std::vector<std::uint32_t> path;
            for (const Tag tag : key->path) {
                path.push_back(tag.value);
            }
            path_overrides_[std::move(path)] = action;
        }
    }
}

Decision Profile::decide(const AttributeContext& attribute) const {
    if (!options_.overrides.empty()) {
        if (const auto action = find_override(attribute)) {
            return {.action = *action, .source = DecisionSource::kOverride, .why = "the rule's own override"};
        }
    }
    if (const auto decision = decide_housekeeping(attribute.tag)) {
        return *decision;
    }
    const TableRow* row = find_row(attribute.tag);
    if (row == nullptr) {
        return decide_outside_table(attribute, options_);
    }
    if (!options_.options.empty()) {
        if (auto decision = decide_by_option(*row, options_)) {
            decision->attribute_type =
                plain_type(attribute_type(attribute.sop_class_uid, attribute.path, attribute.tag));
            return *decision;
        }
    }
    return decide_by_basic_code(*row, attribute);
}

/// The most specific one: path, then private, then tag.
std::optional<Action> Profile::find_override(const AttributeContext& attribute) const {
    if (!path_overrides_.empty() && !attribute.path.empty()) {
        std::vector<std::uint32_t> path;
        path.reserve(attribute.path.size() + 1);
        for (const Tag tag : attribute.path) {
            path.push_back(tag.value);
        }
        path.push_back(attribute.tag.value);
        if (const auto found = path_overrides_.find(path); found != path_overrides_.end()) {
            return found->second;
        }
    }
    if (attribute.tag.is_private()) {
        return find_private_override(attribute);
    }
    const auto found = tag_overrides_.find(attribute.tag.value);
    return found != tag_overrides_.end() ? std::optional{found->second} : std::nullopt;
}

/// A private creator stays where an attribute of its block may stay; else its block would lose its meaning.
std::optional<Action> Profile::find_private_override(const AttributeContext& attribute) const {
    for (const auto& [key, action] : private_overrides_) {
        if (key.second != attribute.private_creator) {
            continue;
        }
        if (attribute.tag.is_private_creator()
                ? (key.first >> 8U) == attribute.tag.group() && action != Action::X
                : key.first == private_key(attribute.tag)) {
            return attribute.tag.is_private_creator() ? Action::K : action;
        }
    }
    return std::nullopt;
}

}  // namespace efface::rules
