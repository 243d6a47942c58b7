// What EnlargedConvolution adds is what LibTorch's own convolution gives for the map that was really
// enlarged.
#include "pipeline/inference/enlarged_convolution.h"

#include "pipeline/inference/torch_process.h"

#include <gtest/gtest.h>

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <c10/core/InferenceMode.h>

namespace efface::testing {
namespace {

/// Values without any order, the same at every run.
at::Tensor values(at::IntArrayRef shape, double step) {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape) {
        count *= extent;
    }
    return at::arange(count, at::kFloat).mul(step).add(0.3).sin().reshape(shape);
}

class EnlargedConvolutionTest : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(EnlargedConvolutionTest, GivesWhatAConvolutionOfTheEnlargedMapGives) {
    pipeline::settle_torch();
    const c10::InferenceMode inference;
    const std::int64_t times = GetParam();
    const at::Tensor weight = values({5, 3, 3, 3}, 1.7);
    const pipeline::EnlargedConvolution convolution{weight, times};
    for (const auto& [rows, columns] : {std::pair{1L, 1L}, {1L, 4L}, {3L, 2L}, {5L, 7L}}) {
        const at::Tensor small =
            values({1, 3, rows, columns}, 2.3).contiguous(at::MemoryFormat::ChannelsLast);
        const at::Tensor large = at::upsample_nearest2d(small, {rows * times, columns * times});
        const at::Tensor before =
            values({1, 5, rows * times, columns * times}, 0.9).contiguous(at::MemoryFormat::ChannelsLast);
        at::Tensor sum = before.clone();
        convolution.add_to(sum, small);
        const at::Tensor expected = before.add(at::conv2d(large, weight, {}, 1, 1));
        EXPECT_TRUE(at::allclose(sum, expected, 1e-5, 1e-5)) << rows << " x " << columns;
        EXPECT_FALSE(at::allclose(sum, before, 1e-2, 1e-2));
    }
}

INSTANTIATE_TEST_SUITE_P(ByTimes, EnlargedConvolutionTest, ::testing::Values(2, 3, 4, 8));

}  // namespace
}  // namespace efface::testing
