// What an operator can do about an instance that waits: sentences and commands that can be pasted, made from
// the reason, the job's state and the project's rules. No received value stands in them: AE titles and SOP
// class UIDs at most.
// Thread rule: pure.
#pragma once

#include "config/json_forward.h"
#include "node/cli/rule_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

struct NextStepContext {
    const Json& job;  ///< As job.show answers.
    /// Of the job's project; null where they cannot be read or the project is not configured any more.
    const RuleFile* rules = nullptr;
    std::string spool_directory;
    std::string efface = "efface";  ///< With the global options that were typed.
};

/// Lines to print, indented; empty where nothing waits for a person.
std::vector<std::string> next_steps(const NextStepContext& context);

/// The rule to add for this job, as TOML: attributes cleaned, pixels as they are, for its SOP class and
/// sender.
std::string pixels_rule_toml(const NextStepContext& context);

inline constexpr std::string_view kPixelsRuleName = "pixels-as-they-are";

}  // namespace efface::node
