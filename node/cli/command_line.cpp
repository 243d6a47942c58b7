#include "node/cli/command_line.h"

#include "config/assert.h"
#include "config/settings/nearest.h"
#include "node/cli/command.h"

#include <CLI/CLI.hpp>

#include <deque>
#include <map>
#include <set>
#include <sstream>

namespace efface::node {

namespace {

constexpr std::string_view kAbout =
    "efface: work with an Efface node, or de-identify a folder without one (efface run).";
constexpr std::string_view kEpilogue =
    "Examples:\n  efface status\n  efface run IN OUT\n  efface quarantine list\n\n"
    "efface COMMAND --help tells more, with an example each.";

/// Where CLI11 puts what it parses, one per option of a command.
struct Slot {
    std::string name;
    bool is_flag = false;
    bool flag = false;
    std::vector<std::string> values;
};

struct Parsed {
    const CommandRow* command = nullptr;
    std::map<const CommandRow*, std::deque<Slot>> slots;
    std::map<std::string, CLI::App*> groups;
};

std::string footer_of(const CommandRow& row) {
    std::string text = "Example:\n";
    std::istringstream lines{std::string{row.example}};
    for (std::string line; std::getline(lines, line);) {
        text += "  " + line + "\n";
    }
    text += "\nExit codes: ";
    return text + std::string{row.exit_codes};
}

std::string help_of(const CommandRow& row) {
    return row.detail.empty() ? std::string{row.summary}
                              : std::string{row.summary} + "\n\n" + std::string{row.detail};
}

void add_option(CLI::App& app, const OptionRow& row, std::deque<Slot>& slots) {
    Slot& slot = slots.emplace_back();
    slot.name = row.name;
    slot.is_flag = row.is_flag();
    if (slot.is_flag) {
        app.add_flag(slot.name, slot.flag, std::string{row.help});
        return;
    }
    CLI::Option* option = app.add_option(slot.name, slot.values, std::string{row.help});
    option->required(row.required);
    option->type_name(row.is_positional() ? std::string{} : std::string{row.value});
    option->expected(row.many ? -1 : 1);
    option->allow_extra_args(row.many);
    // Given twice, the last one would silently win.
    option->multi_option_policy(row.many ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
}

std::string_view summary_of_group(std::string_view name) {
    for (const CommandGroup& group : command_groups()) {
        if (group.name == name) {
            return group.summary;
        }
    }
    return {};
}

CLI::App& group_for(CLI::App& app, const std::string& name, Parsed& parsed) {
    CLI::App*& group = parsed.groups[name];
    if (group == nullptr) {
        group = app.add_subcommand(name, std::string{summary_of_group(name)});
        group->require_subcommand(1);
        group->fallthrough();
    }
    return *group;
}

void add_command(CLI::App& app, const CommandRow& row, Parsed& parsed) {
    const std::size_t space = row.name.find(' ');
    CLI::App& parent = space == std::string_view::npos
                           ? app
                           : group_for(app, std::string{row.name.substr(0, space)}, parsed);
    const std::string own{space == std::string_view::npos ? row.name : row.name.substr(space + 1)};
    CLI::App* command = parent.add_subcommand(own);
    command->fallthrough();
    command->description(std::string{row.summary});
    // The rest only where this command is asked for: lists show the summary.
    command->preparse_callback([command, &row](std::size_t) { command->description(help_of(row)); });
    command->footer(footer_of(row));
    auto& slots = parsed.slots[&row];
    for (const OptionRow& option : row.options) {
        add_option(*command, option, slots);
    }
    command->final_callback([&parsed, &row] { parsed.command = &row; });
}

Arguments arguments_of(const Parsed& parsed) {
    Arguments arguments;
    for (const Slot& slot : parsed.slots.at(parsed.command)) {
        if (slot.is_flag ? slot.flag : !slot.values.empty()) {
            arguments.set(slot.name, slot.values);
        }
    }
    return arguments;
}

/// CLI11's own texts for help and errors, on our streams.
int explain_exit(const CLI::App& app, const CLI::ParseError& error, std::FILE* out, std::FILE* error_stream) {
    std::ostringstream help;
    std::ostringstream wrong;
    const int code = app.exit(error, help, wrong);
    std::fputs(help.str().c_str(), out);
    if (code != 0) {
        std::fprintf(error_stream, "efface: %s\n", error.what());
        std::fputs("Try --help with the command.\n", error_stream);
    }
    std::fflush(out);
    return code == 0 ? static_cast<int>(Exit::kOk) : static_cast<int>(Exit::kUsage);
}

/// The first two words that are no options: the command, or what was meant to be one.
std::vector<std::string> words_of(std::span<const std::string> arguments) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < arguments.size() && words.size() < 2; ++i) {
        const std::string& argument = arguments[i];
        if (argument == "--config" || argument == "--state") {
            ++i;
        } else if (!argument.starts_with('-')) {
            words.push_back(argument);
        }
    }
    return words;
}

/// What is wrong with the command's name, or "". CLI11 itself would say only that one is missing.
std::string misnamed(const std::vector<std::string>& words) {
    if (words.empty()) {
        return {};
    }
    std::set<std::string_view> first;
    std::set<std::string_view> second;
    for (const CommandRow& row : command_table()) {
        const std::size_t space = row.name.find(' ');
        const std::string_view group = row.name.substr(0, space);
        first.insert(group);
        if (group == words[0] && space != std::string_view::npos) {
            second.insert(row.name.substr(space + 1));
        }
    }
    const auto wrong = [](const std::string& word, const std::set<std::string_view>& known) {
        const std::vector<std::string_view> candidates{known.begin(), known.end()};
        return "there is no command '" + word + "'" + did_you_mean(word, candidates);
    };
    if (!first.contains(words[0])) {
        return wrong(words[0], first);
    }
    const bool unknown = !second.empty() && words.size() > 1 && !second.contains(words[1]);
    return unknown ? wrong(words[1], second) : std::string{};
}

}  // namespace

int run_command_line(
    Environment& environment, std::span<const std::string> arguments, std::FILE* out, std::FILE* error
) {
    if (const std::string wrong = misnamed(words_of(arguments)); !wrong.empty()) {
        std::fprintf(error, "efface: %s\nTry: efface --help\n", printable(wrong).c_str());
        return static_cast<int>(Exit::kUsage);
    }
    CLI::App app{std::string{kAbout}, "efface"};
    app.footer(std::string{kEpilogue});
    app.require_subcommand(1);
    std::string config_path;
    std::string state_directory;
    bool json = false;
    app.add_option("--config", config_path, "Settings file; else /etc/efface/efface.toml, else the defaults")
        ->type_name("FILE");
    app.add_option("--state", state_directory, "Embedded defaults in this directory, as effaced --state")
        ->type_name("DIR")
        ->excludes("--config");
    app.add_flag("--json", json, "Print JSON for programs");
    app.set_version_flag("--version", EFFACE_VERSION);
    Parsed parsed;
    for (const CommandRow& row : command_table()) {
        add_command(app, row, parsed);
    }
    // CLI11 takes them from the end.
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& wrong) {
        return explain_exit(app, wrong, out, error);
    }
    EFFACE_ASSERT(parsed.command != nullptr);
    Output output{out, error, json};
    CommandContext context{
        .environment = environment,
        .output = output,
        .config_path = std::move(config_path),
        .state_directory = std::move(state_directory)};
    const Exit code = parsed.command->run(context, arguments_of(parsed));
    output.flush();
    // A result that did not reach its reader is no result: a full disk behind a redirection.
    return std::ferror(out) != 0 ? static_cast<int>(Exit::kInternal) : static_cast<int>(code);
}

}  // namespace efface::node
