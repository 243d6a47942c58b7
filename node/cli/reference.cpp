// docs/cli.md, from the command table.
#include "node/cli/command.h"
#include "node/cli/command_line.h"

#include <sstream>

namespace efface::node {

namespace {

std::string usage_of(const CommandRow& row) {
    std::string usage = "efface " + std::string{row.name};
    for (const OptionRow& option : row.options) {
        std::string part{option.name};
        if (!option.is_positional() && !option.is_flag()) {
            part += " " + std::string{option.value};
        }
        part += option.many ? "..." : "";
        usage += option.required ? " " + part : " [" + part + "]";
    }
    return usage;
}

void write_command(std::ostringstream& out, const CommandRow& row) {
    out << "\n## efface " << row.name << "\n\n" << row.summary << (row.summary.ends_with('?') ? "\n" : ".\n");
    if (!row.detail.empty()) {
        out << "\n" << row.detail << "\n";
    }
    out << "\n```\n" << usage_of(row) << "\n```\n";
    if (!row.options.empty()) {
        out << "\n| | |\n|---|---|\n";
        for (const OptionRow& option : row.options) {
            out << "| `" << option.name << (option.value.empty() || option.is_positional() ? "" : " ")
                << (option.is_positional() ? "" : option.value) << "` | " << option.help << " |\n";
        }
    }
    out << "\nExample:\n\n```\n" << row.example << "\n```\n\nExit codes: " << row.exit_codes << ".\n";
}

}  // namespace

std::string command_reference_markdown() {
    std::ostringstream out;
    out << "# Command line\n\n"
           "Made from the command table (`node/cli/command_table.cpp`) by `make docs`; do not edit.\n\n"
           "Every command takes `--config FILE` (else `/etc/efface/efface.toml` where it exists, else the\n"
           "embedded defaults), `--state DIR` (the embedded defaults in another directory, as\n"
           "`effaced --state`) and `--json`. Output is for people by default, with times in local time and\n"
           "UTC; with `--json` it is one JSON value, or one a line for listings, with times in ISO 8601.\n"
           "Originals appear as keyed hashes only.\n\n"
           "What reads works without a daemon, on the database itself. What changes state needs the daemon,\n"
           "asked over its Unix socket: the file permissions of the socket are the access control, and the\n"
           "user whom the kernel names stands in the audit.\n\n"
           "| exit code | meaning |\n|---|---|\n";
    for (const ExitRow& row : exit_code_table()) {
        out << "| " << static_cast<int>(row.code) << " | " << row.meaning << " |\n";
    }
    for (const CommandRow& row : command_table()) {
        write_command(out, row);
    }
    return out.str();
}

}  // namespace efface::node
