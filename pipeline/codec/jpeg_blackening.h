// Blackens areas of a lossy JPEG stream of 8 bits without decoding it to samples: the coefficients of whole
// minimum coded units become one constant, every other coefficient, the quantisation tables, sampling and
// restart interval stay. So nothing outside is compressed a second time. Entropy coding is made anew.
// For the cleaner only: the gate reads with jpeg_coefficients.h. Thread rule: pure function.
#pragma once

#include "pipeline/codec/jpeg_dct.h"
#include "pipeline/picture/picture.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What is blackened, grown outward to whole units. `photometric` says what black is: the largest value of
/// MONOCHROME1, no colour and no light of everything else.
/// Fault::kQuarantine: as read_dct_header(), broken, or a stream that cannot be written as it was.
Result<std::vector<std::byte>> blacken_jpeg(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric,
    std::span<const Box> boxes
);

}  // namespace efface::pipeline
