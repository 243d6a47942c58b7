// The colours of PALETTE COLOR samples (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6): three tables at the top level, plain
// or in segments (palette_segments.h), as eight bits a colour for the finders, and the stored value that is
// nearest to black. Thread rule: a value.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

class Palette {
public:
    using Colour = std::array<std::uint8_t, 3>;

    /// Fault::kQuarantine: tables that are absent, both plain and segmented, of different lengths or too
    /// short, or segments that give other than the entries that are described.
    static Result<Palette> read(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

    /// Values outside the tables have the colour of the nearest end.
    const Colour& colour(std::int64_t stored) const;

    /// The least of those with the smallest sum of red, green and blue, of the values up to `largest`.
    std::int64_t darkest(std::int64_t largest) const;

private:
    std::int64_t first_ = 0;
    std::vector<Colour> colours_;
};

}  // namespace efface::pipeline
