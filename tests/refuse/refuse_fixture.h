// What the refuse tests share: whether anything was kept, and whether anything can leave.
#pragma once

#include "tests/support/running_node.h"

#include <gtest/gtest.h>

namespace efface::testing {

/// No job, no file, nothing in the archive.
void expect_nothing_kept(RunningNode& node);

/// Tries every operation of the control socket that changes something, with every argument that could
/// let the bytes of a quarantined job out, and waits each time for what follows. Nothing may leave.
void expect_no_way_out(RunningNode& node, db::JobId job);

}  // namespace efface::testing
