// TextNetwork: what a search for text asks of a network: for every pixel of a tile how likely it lies in the
// core of a line of text. Thread rule: an object belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <vector>

namespace efface::pipeline {

class TextNetwork {
public:
    /// What the network halves five times: sides of a tile are multiples of it.
    static constexpr std::size_t kSideMultiple = 32;

    virtual ~TextNetwork() = default;
    /// `tile`: RGB. One value from 0 to 1 for each pixel, row by row. Fault::kRetry: the model failed.
    virtual Result<std::vector<float>> map_of(const PictureView& tile) = 0;
};

}  // namespace efface::pipeline
