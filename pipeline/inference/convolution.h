// Convolution: one layer whose weights were prepared once for XNNPACK's kernels, which LibTorch carries and
// which need neither a thread nor executable memory, as a confined worker demands. Four times as quick as
// LibTorch's own without oneDNN. Included in this folder alone. Thread rule: an object belongs to one thread.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <cstdint>
#include <optional>

namespace efface::pipeline {

struct ConvolutionPlan {
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t groups = 1;
    bool relu = false;
};

class Convolution {
public:
    Convolution() = default;
    /// `weight`: outputs, inputs of a group, rows, columns; `bias`: outputs. Throws what LibTorch throws.
    Convolution(const at::Tensor& weight, const at::Tensor& bias, const ConvolutionPlan& plan);

    /// N x channels x rows x columns, best in channels_last, which the result is in. Throws what LibTorch
    /// throws.
    at::Tensor operator()(const at::Tensor& x) const;

private:
    c10::IValue prepared_;
};

}  // namespace efface::pipeline
