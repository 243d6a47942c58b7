// What a generator file of contract "efface-generator/1" says of itself: metadata.json, an extra file in its
// TorchScript archive, as training/gan/export.py writes it. The network takes x, float n x channels x rows x
// columns of -1 to 1; mask, float n x 1 x rows x columns, 1 where the picture was destroyed, else 0; noise,
// float n x 1 x rows/2 x columns/2 of mean 0 and deviation 1. It answers with x outside of the mask and, in
// it, with what it draws from -1 to 1. What x holds under the mask is never used; hole_value stands for it.
//
//     metadata  = {"contract": "efface-generator/1", "name": text, "version": text, "licence": text,
//                  "trained_on": text, "channels": 1 or 3, "range": [-1, 1], "sizes": [n, ...],
//                  "side_multiple": n, "hole_value": x, "window": "p0.5-p99.5 visible",
//                  "max_mask_fraction": x, "uses_noise": true or false, "alignment": "none",
//                  "precision": ["fp32"] or ["fp32", "bf16"], "self_test": self_test,
//                  and, or not, "confidence": confidence}
//     self_test = {"side": n, "hole": [left, top, right, bottom],
//                  "generator": "lcg-1664525-1013904223-top-byte", "picture_state": n, "noise_state": n,
//                  "at": [n, ...], "values": [x, ...], "tolerance": x}
//     confidence = {"intercept": x, "weights": {feature: x, ...}, "ring": n,
//                   "fitted": {"cases": n, "first_seed": n, "generator": text}}
//
// sizes: one to four sides that it was trained at, 32 to 1024, multiples of side_multiple, which is even and
// at most 256. hole_value and values: from -1 to 1. max_mask_fraction: between 0 and 1. self_test: what the
// answer holds at 8 to 256 places of the hole, row-major, for a square picture of at most 512 pixels and for
// noise, both made by the generator from these states; tolerance is at most 0.01. confidence: one weight for
// each name of confidence_model.h, they and the intercept from -1000 to 1000; ring: 4 to 64 pixels; cases: 1
// at least. Members besides are not looked at. Thread rule: pure functions of values.
#pragma once

#include "config/result.h"
#include "pipeline/picture/confidence_model.h"
#include "pipeline/picture/picture.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

struct GeneratorMetadata {
    struct SelfTest {
        std::size_t side = 0;
        Box hole;
        std::uint32_t picture_state = 0;
        std::uint32_t noise_state = 0;
        std::vector<std::size_t> at;
        std::vector<float> values;
        float tolerance = 0.0F;
    };

    std::string name;
    std::string version;
    std::string licence;
    std::string trained_on;
    std::size_t channels = 1;
    std::vector<std::size_t> sizes;
    std::size_t side_multiple = 32;
    float hole_value = 0.0F;
    double max_mask_fraction = 0.0;
    bool uses_noise = true;
    SelfTest self_test;
    std::optional<ConfidenceModel> confidence;
};

/// Fault::kHalt: the text is not such metadata, of another contract, or names what is out of bounds.
Result<GeneratorMetadata> parse_generator_metadata(std::string_view text);

}  // namespace efface::pipeline
