// The command line: what was typed becomes one command's run, or help. The only file pair that uses CLI11.
// Thread rule: belongs to one thread.
#pragma once

#include "config/environment.h"

#include <cstdio>
#include <span>
#include <string>

namespace efface::node {

/// `arguments` without the program's name. Returns the exit code.
int run_command_line(
    Environment& environment, std::span<const std::string> arguments, std::FILE* out, std::FILE* error
);

/// docs/cli.md.
std::string command_reference_markdown();

}  // namespace efface::node
