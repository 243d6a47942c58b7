// RuleSet: which profile, pixel policy and destinations for which instance. Rules are tried in file
// order, the first match wins, no match is quarantine. Read strictly from TOML: an unknown key, a
// wrong type or a rule that can never be reached is an error with file, line and column.
// Thread rule: const after construction; safe to share.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"
#include "rules/matching/device_template.h"
#include "rules/matching/enhance_rules.h"
#include "rules/matching/pixel_rules.h"
#include "rules/profile/identity_possible.h"
#include "rules/profile/profile.h"
#include "rules/vocabulary/tag.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

/// What is wrong in a rule or settings file, for the person who wrote it.
struct Diagnostic {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string text;
    /// "file:line:column: text".
    std::string message() const;
};

/// What becomes of Pixel Data that may show text or a face.
enum class PixelPolicy : std::uint8_t {
    kRequireClean,  ///< Quarantined unless proven clean.
    kHeaderOnly,    ///< Sent as it is: a site's explicit decision.
    kRemoveFound,   ///< What the detectors find is blackened, and the output says that nothing is proven.
};
enum class Hold : std::uint8_t { kNone, kSeries, kStudy };

struct Predicate;  // A tree of and/or/not over attribute tests; rules/matching/predicate.h.

struct Rule {
    std::string name;
    std::string description;
    std::shared_ptr<const Predicate> match;
    ProfileOptions profile;
    PixelPolicy pixel_policy = PixelPolicy::kRequireClean;
    std::vector<std::string> destinations;
    Hold hold = Hold::kNone;
    /// Incoming (0012,0063)/(0012,0064) are kept as history only where the sender is trusted.
    bool trust_sender_history = false;
    std::string patient_prefix = "EFF-";
    PixelRules pixels;
    EnhanceRules enhance;
};

/// "require-clean", "header-only" or "remove-found".
std::string_view policy_name(PixelPolicy policy);

/// One instance as the rules see it. Values are looked up on demand; multi-values split by '\'.
struct InstanceFacts {
    std::string project;
    std::string calling_ae;
    std::string called_ae;
    std::string sop_class_uid;
    std::string transfer_syntax_uid;
    /// The value of a top-level or nested attribute as UTF-8 text ("Keyword/Keyword" path already
    /// resolved to tags, first item of each sequence), nothing where it is absent.
    /// A sequence that stands there gives an empty text. `creator` is the private creator of the last
    /// tag, empty for standard ones; that tag then names block 10, and the block that the creator has in
    /// this data set is looked at.
    std::function<std::optional<std::string>(std::span<const Tag> path, std::string_view creator)> value;
};

/// Why a rule was or was not taken, for `rules explain`.
struct MatchStep {
    std::string rule;
    bool matched = false;
    std::string why;  ///< Which predicate failed; the predicate's own text, never the instance's value.
};

struct Match {
    const Rule* rule = nullptr;  ///< Null: no rule matched.
    std::vector<MatchStep> steps;
};

class RuleSet {
public:
    static tl::expected<RuleSet, Diagnostic> parse(std::string_view toml_text, std::string_view file_name);
    Match match(const InstanceFacts& facts) const;
    const Rule* find(std::string_view name) const;
    /// The first template that takes the instance: the file's own in its order, then the shipped ones; or
    /// null.
    const DeviceTemplate* device(const InstanceFacts& facts) const;

    const std::vector<Rule>& rules() const { return rules_; }

    const std::vector<DeviceTemplate>& devices() const { return devices_; }

    /// SHA-256 of the file's bytes: the rule digest of the work order.
    const Digest& digest() const { return digest_; }

private:
    std::vector<Rule> rules_;
    std::vector<DeviceTemplate> devices_;
    Digest digest_{};
};

/// The rule file compiled into the programs (rules/library/default.toml).
std::string_view built_in_rules();

/// What rules/library/devices/ holds, compiled into the programs.
const std::vector<DeviceTemplate>& shipped_devices();

}  // namespace efface::rules
