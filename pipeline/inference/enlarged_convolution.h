// EnlargedConvolution: a convolution of 3 x 3 over a map that was enlarged to its nearest neighbours, without
// enlarging it. Nine pixels of the large map lie over at most four of the small one, so two by two weights,
// one set for each place that a pixel can have in what one small pixel became, give the same on the small
// map: for a map that grows four times an eighth of the work. Included in this folder alone. Thread rule: an
// object belongs to one thread.
#pragma once

#include "pipeline/inference/convolution.h"

#include <cstdint>

namespace efface::pipeline {

class EnlargedConvolution {
public:
    EnlargedConvolution() = default;
    /// `weight`: outputs, inputs, 3, 3, with a padding of one; `times` is 2 or more. Throws what LibTorch
    /// throws.
    EnlargedConvolution(const at::Tensor& weight, std::int64_t times);

    /// Adds what the convolution of the enlarged map gives to `sum`, which is `times` as high and as wide as
    /// `small`. Both 1 x channels x rows x columns of floats; `sum` in channels_last.
    void add_to(at::Tensor& sum, const at::Tensor& small) const;

private:
    std::int64_t outputs_ = 0;
    std::int64_t times_ = 0;
    /// First, between and last of the pixels that one became, along one axis; of two there is none between.
    std::int64_t places_ = 0;
    Convolution on_small_;
};

}  // namespace efface::pipeline
