// Command: one thing that can be typed after `efface`, as a row of command_table.cpp: name, help, example,
// exit codes, options, function. Parsing, --help and docs/cli.md are made from the rows.
// Thread rule: constants and values.
#pragma once

#include "config/environment.h"
#include "node/cli/output.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

/// What every command may end with; docs/cli.md lists them from exit_code_table().
enum class Exit : int {
    kOk = 0,
    kNegative = 1,
    kUsage = 2,
    kConfiguration = 3,
    kDaemonDown = 4,
    kRefused = 5,
    kInternal = 6,
};

struct ExitRow {
    Exit code;
    std::string_view meaning;
};

std::span<const ExitRow> exit_code_table();

/// An option or, without dashes in its name, a positional argument.
struct OptionRow {
    std::string_view name;   ///< "--study" or "JOB".
    std::string_view value;  ///< How its value is called; empty: a flag. Unused for positionals.
    std::string_view help;
    bool required = false;
    bool many = false;

    bool is_positional() const { return !name.starts_with('-'); }

    bool is_flag() const { return !is_positional() && value.empty(); }
};

/// What was typed, by the names of the rows.
class Arguments {
public:
    bool has(std::string_view name) const { return values_.contains(name); }

    /// "" where it was not given.
    std::string text(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() || found->second.empty() ? std::string{} : found->second.front();
    }

    std::vector<std::string> texts(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::vector<std::string>{} : found->second;
    }

    void set(std::string_view name, std::vector<std::string> values) {
        values_.insert_or_assign(std::string{name}, std::move(values));
    }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// What a command works with.
struct CommandContext {
    Environment& environment;
    Output& output;
    std::string config_path;      ///< --config; empty: not given.
    std::string state_directory;  ///< --state; empty: not given.
};

struct CommandRow {
    std::string_view name;        ///< "quarantine release".
    std::string_view summary;     ///< One line.
    std::string_view detail;      ///< More, where one line does not do.
    std::string_view example;     ///< Commands as typed, one a line.
    std::string_view exit_codes;  ///< What they mean here, beyond the common table.
    std::span<const OptionRow> options;
    Exit (*run)(CommandContext& context, const Arguments& arguments);
};

std::span<const CommandRow> command_table();
const CommandRow* find_command(std::string_view name);

/// What a group of commands is about: "quarantine" and its one line.
struct CommandGroup {
    std::string_view name;
    std::string_view summary;
};

std::span<const CommandGroup> command_groups();

}  // namespace efface::node
