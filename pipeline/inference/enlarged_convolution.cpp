#include "pipeline/inference/enlarged_convolution.h"

#include "config/assert.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kTaps = 3;  ///< On the large map.
constexpr std::int64_t kPair = 2;  ///< On the small one.

/// What each of three taps adds to which of the two small pixels: (place, small pixel) x tap. The first pixel
/// looks back at the small one before, the last one ahead; those between see their own alone.
at::Tensor shares_of(std::int64_t places) {
    const at::Tensor first = at::tensor({1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F});
    const at::Tensor between = at::tensor({0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F});
    const at::Tensor last = at::tensor({1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 1.0F});
    const std::vector<at::Tensor> rows =
        places == 2 ? std::vector{first, last} : std::vector{first, between, last};
    return at::cat(rows).reshape({places * kPair, kTaps});
}

}  // namespace

EnlargedConvolution::EnlargedConvolution(const at::Tensor& weight, std::int64_t times)
    : outputs_{weight.size(0)}, times_{times}, places_{times == 2 ? 2 : 3} {
    EFFACE_ASSERT(times >= 2 && weight.size(2) == kTaps && weight.size(3) == kTaps);
    const at::Tensor shares = shares_of(places_);
    const at::Tensor by_place = at::matmul(at::matmul(shares, weight), shares.t())
                                    .reshape({outputs_, weight.size(1), places_, kPair, places_, kPair})
                                    .permute({2, 4, 0, 1, 3, 5})
                                    .reshape({places_ * places_ * outputs_, weight.size(1), kPair, kPair});
    on_small_ = Convolution{by_place.contiguous(), at::zeros({by_place.size(0)}, at::kFloat), {.padding = 1}};
}

void EnlargedConvolution::add_to(at::Tensor& sum, const at::Tensor& small) const {
    const at::Tensor seen = on_small_(small).contiguous(at::MemoryFormat::ChannelsLast);
    const std::int64_t rows = sum.size(2);
    const std::int64_t columns = sum.size(3);
    EFFACE_ASSERT(sum.is_contiguous(at::MemoryFormat::ChannelsLast) && sum.size(1) == outputs_);
    EFFACE_ASSERT(rows == small.size(2) * times_ && columns == small.size(3) * times_);
    const float* from = seen.const_data_ptr<float>();
    float* to = sum.mutable_data_ptr<float>();
    const auto place_of = [&](std::int64_t at) {
        const std::int64_t within = at % times_;
        return within == 0 ? 0 : within == times_ - 1 ? places_ - 1 : std::int64_t{1};
    };
    const std::int64_t seen_columns = seen.size(3);
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t down = place_of(row);
        // The pair that begins one before: the last place's is the next one.
        const std::int64_t seen_row = row / times_ + (down == places_ - 1 ? 1 : 0);
        for (std::int64_t column = 0; column < columns; ++column) {
            const std::int64_t across = place_of(column);
            const std::int64_t seen_column = column / times_ + (across == places_ - 1 ? 1 : 0);
            const float* add =
                from +
                (((seen_row * seen_columns + seen_column) * places_ + down) * places_ + across) * outputs_;
            for (std::int64_t channel = 0; channel < outputs_; ++channel) {
                to[channel] += add[channel];
            }
            to += outputs_;
        }
    }
}

}  // namespace efface::pipeline
