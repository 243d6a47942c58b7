// The bytes of the new Pixel Data element as PixelDataPlan says, without holding them in memory.
// Thread rule: re-entrant.
#pragma once

#include "config/result.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace efface::pipeline {

/// Length of the element as planned, header and delimiters included.
std::uint64_t pixel_element_bytes(const Original& original);

/// Writes the element in the original's own encoding: straight from the original's bytes where they stay.
Status append_pixels(const Original& original, OutputFile& output);

/// Hands out copies of the element's bytes behind its first `skip_bytes`, in order, each of even length
/// but the last.
Status for_each_stretch(
    const Original& original, std::uint64_t skip_bytes, const std::function<Status(std::span<std::byte>)>& use
);

}  // namespace efface::pipeline
