// FeatureNetwork: something that turns a picture and its mask into a vector of numbers by which fills and
// truths are compared as sets (pipeline/evaluate/frechet.h). Thread rule: an object belongs to one thread.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

class FeatureNetwork {
public:
    /// What the file of its network says of it.
    struct Facts {
        std::string name;
        std::string version;
        std::string licence;
        std::size_t channels = 1;  ///< 1 or 3.
        std::size_t side = 0;      ///< Of the squares that it looks at.
        std::size_t features = 0;  ///< Numbers it gives.
    };

    virtual ~FeatureNetwork() = default;
    virtual const Facts& facts() const = 0;

    /// `planes`: channels x side x side of -1 to 1. `mask`: side x side, 1 where the picture was destroyed,
    /// else 0. Fault::kRetry: the network failed, or answered with what is none.
    virtual Result<std::vector<float>> features_of(
        std::span<const float> planes, std::span<const float> mask
    ) = 0;
};

}  // namespace efface::pipeline
