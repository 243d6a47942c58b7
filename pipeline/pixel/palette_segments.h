// Segmented Palette Color Lookup Table Data (0028,1221 to 1223; PS3.3 C.7.9.2): discrete, linear and indirect
// segments, expanded to as many entries as the descriptor names and not one more. Thread rule: a pure
// function.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// The entries as they are stored, `count` of them, up to 65536. `units`: the data in units of one entry,
/// eight bits or sixteen, `unit_bytes` each. Fault::kQuarantine: other than `count` entries, a segment that
/// is none, ends behind the data or begins without a value to go on from; an indirect one that names others
/// than whole segments before it, or indirect ones: so it ends after one step.
Result<std::vector<std::uint16_t>> expand_segments(
    std::span<const std::uint16_t> units, std::size_t unit_bytes, std::size_t count
);

}  // namespace efface::pipeline
