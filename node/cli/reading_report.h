// efface evaluate --score: readers' sheets against the key of their kit. Thread rule: as the command line.
#pragma once

#include "node/cli/command.h"

namespace efface::node {

/// --score and --key. Errors are printed: Exit::kUsage where a sheet or the key is wrong.
Exit run_scoring(CommandContext& context, const Arguments& arguments);

}  // namespace efface::node
