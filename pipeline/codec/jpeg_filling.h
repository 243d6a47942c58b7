// Puts samples into areas of a lossy JPEG stream of 8 bits: the whole minimum coded units of these areas are
// transformed and quantised with the stream's own tables, every other coefficient stays. For the filling
// stage, in the cleaner and in the gate's own run of it. Thread rule: pure function.
#pragma once

#include "pipeline/codec/jpeg_dct.h"
#include "pipeline/picture/picture.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// `samples`: of the whole frame, as decode_jpeg_dct() gives them (grey, or R, G, B by pixel); those outside
/// the units of `boxes` have no part in what is written. The cosine transform and the averaging of colour are
/// the library's exact ones. Fault::kQuarantine: as blacken_jpeg().
Result<std::vector<std::byte>> fill_jpeg(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric,
    std::span<const Box> boxes, std::span<const std::byte> samples
);

}  // namespace efface::pipeline
