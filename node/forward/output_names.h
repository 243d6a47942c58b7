// What a forwarder reads of a cleaned file itself: where its data set begins, and the names under
// which a folder keeps it. Read through pipeline/scan; the file is our own and passed the gate.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "node/forward/part10_tree.h"

#include <cstdint>

namespace efface::node {

struct OutputFacts {
    std::uint64_t data_set_offset = 0;
    TreeNames names;  ///< patient_id is "unknown" where the instance has none.
};

Result<OutputFacts> read_output(const Descriptor& output, std::uint64_t bytes);

}  // namespace efface::node
