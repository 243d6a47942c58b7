// Profile: PS3.15 Table E.1-1 with options and a rule's overrides -> one decision per attribute.
//
// Pure and table-driven. A Decision says which simple action holds for this attribute at this path
// in this SOP class, and which row or override said so, so that `efface rules explain`, the cleaner
// and the receipt tell the same story. Applying it is another folder's job (pipeline/header); the
// gate reads the same table but judges results with its own code.
// Thread rule: const after construction; safe to share.
#pragma once

#include "rules/actions/action.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

/// The option columns of Table E.1-1, in its order.
enum class Option : std::uint8_t {
    kRetainSafePrivate,
    kRetainUids,
    kRetainDeviceIdentity,
    kRetainInstitutionIdentity,
    kRetainPatientCharacteristics,
    kRetainLongitudinalFullDates,
    kRetainLongitudinalModifiedDates,
    kCleanDescriptors,
    kCleanStructuredContent,
    kCleanGraphics,
};

/// What is asked about: one attribute where it stands.
struct AttributeContext {
    Tag tag;
    Vr vr = Vr::UN;
    std::span<const Tag> path;  ///< Tags of the enclosing sequences, outermost first.
    /// Trimmed; empty for standard attributes. For a private creator element: its own value.
    std::string_view private_creator;
    std::string_view sop_class_uid;  ///< Of the instance; decides the attribute's Type.
};

/// Who decided.
enum class DecisionSource : std::uint8_t {
    kTableRow,          ///< A row of Table E.1-1 (Basic Profile column, or an option's).
    kOverride,          ///< The rule's own per-attribute override.
    kNotInTable,        ///< A standard attribute that Table E.1-1 does not name: kept.
    kUnknownAttribute,  ///< Neither in PS3.6 nor allowed: removed.
    kGroupRule,         ///< Group 0000-0008 housekeeping: group lengths, group 0004, digital signatures.
    kStructural,        ///< SOP Class UID and the like: never changed.
};

struct Decision {
    Action action = Action::X;
    DecisionSource source = DecisionSource::kUnknownAttribute;
    std::string_view table_code;   ///< As the table prints it: "X/Z/D"; empty where no row applies.
    char attribute_type = '?';     ///< '1', '2', '3' (1C as '1', 2C as '2') or '?' where unknown.
    std::string_view why;          ///< One literal sentence for `rules explain`.
    std::optional<Option> option;  ///< The option whose column decided, if one did.
};

struct ProfileOptions {
    std::set<Option> options;
    /// Per-attribute overrides of the rule; keys as parse_override_key reads them.
    std::map<std::string, Action> overrides;
};

/// What an override names.
struct OverrideKey {
    std::vector<Tag> path;  ///< One tag: at any depth. Several: exactly this path from the data set down.
    /// Of a private attribute: its block byte then does not count and is 10 in `path`.
    std::string creator;
};

/// Reads "PatientName", "(0010,0010)", "Keyword/Keyword" or "(gggg,xxee,CREATOR)" ("10ee" for "xxee" is
/// the same); nothing for an unknown keyword, a private tag without creator, or another text.
std::optional<OverrideKey> parse_override_key(std::string_view text);
/// False for what no rule may decide: character set, SOP class, Pixel Data, group lengths, groups 0000 to
/// 0004, signatures, what Efface attests; and for another action than U on an instance, series or study UID.
bool may_override(const OverrideKey& key, Action action);

class Profile {
public:
    /// Every override key must be readable and allowed (parse_override_key, may_override): the rule parser
    /// refuses others with a line number, here they are a bug.
    explicit Profile(ProfileOptions options = {});
    Decision decide(const AttributeContext& attribute) const;

    const ProfileOptions& options() const { return options_; }

private:
    std::optional<Action> find_override(const AttributeContext& attribute) const;
    std::optional<Action> find_private_override(const AttributeContext& attribute) const;

    ProfileOptions options_;
    std::map<std::uint32_t, Action> tag_overrides_;
    std::map<std::vector<std::uint32_t>, Action> path_overrides_;
    std::map<std::pair<std::uint32_t, std::string>, Action> private_overrides_;
};

/// "2026d", and the SHA-256 of the generated table (hex), both recorded in every receipt.
std::string_view table_edition();
std::string_view table_digest();

}  // namespace efface::rules
