// What a detector file of contract "efface-detector/1" says of itself: metadata.json, an extra file in its
// TorchScript archive. The network takes float 1 x channels x rows x columns (rows and columns multiples of
// side_multiple, values from low to high) and answers with float 1 x 5 x rows/stride x columns/stride: of
// each cell a score of 0 to 1, then how far left, up, right and down the edges of a box lie from the cell's
// middle, in pixels.
//
//     metadata  = {"contract": "efface-detector/1", "name": text, "version": text, "licence": text,
//                  "trained_on": text, "input": input, "output": {"stride": n}, "threshold": x,
//                  "self_test": self_test}
//     input     = {"channels": 1 or 3, "low": x, "high": x, "side_multiple": n, "longer_sides": [n, ...]}
//     self_test = {"side": n, "generator": "lcg-1664525-1013904223-top-byte", "at": [n, ...], "values": [x,
//     ...]}
//
// longer_sides: the sizes at which a whole picture is searched. self_test: what the answer to a square of the
// generator's noise holds at these places, row-major. Thread rule: pure functions of values.
#pragma once

#include "config/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

struct DetectorMetadata {
    std::string name;
    std::string version;
    std::string licence;
    std::string trained_on;
    std::size_t channels = 1;
    float low = 0.0F;
    float high = 1.0F;
    std::size_t side_multiple = 32;
    std::vector<std::size_t> longer_sides;
    std::size_t stride = 8;
    float threshold = 0.5F;
    std::size_t self_test_side = 0;
    std::vector<std::size_t> self_test_at;
    std::vector<float> self_test_values;
};

/// Fault::kHalt: the text is not such metadata, of another contract, or names what is out of bounds.
Result<DetectorMetadata> parse_detector_metadata(std::string_view text);

}  // namespace efface::pipeline
