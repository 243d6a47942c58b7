// ONNX files with the inputs and outputs of YuNet that see one face in bright pictures: networks without a
// convolution, whose every answer follows from the picture's mean. For tests: no YuNet is at hand.
#pragma once

#include "pipeline/picture/picture.h"

#include <string>

namespace efface::testing {

enum class YunetLayout : std::uint8_t { kCells, kPriors, kNone };

/// Where it sees that face, in a picture of 640 x 640 that is all white.
inline constexpr pipeline::Box kYunetFace{136, 280, 200, 376};

std::string yunet_file(YunetLayout layout);

}  // namespace efface::testing
