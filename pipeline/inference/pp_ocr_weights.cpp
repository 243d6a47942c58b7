#include "pipeline/inference/pp_ocr_weights.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros_like.h>
#include <algorithm>
#include <stdexcept>

namespace efface::pipeline {
namespace {

std::string numbered(const char* kind, int number) {
    return kind + std::to_string(number);
}

}  // namespace

void Weights::take_in_scale(const Unit& before) {
    weight = weight.mul(before.scale);
}

void Weights::take_in(const Unit& before) {
    bias = bias.add(weight.sum({1, 2, 3}).mul(before.shift));
    take_in_scale(before);
}

void Weights::add_constant_output() {
    weight = at::cat({weight, at::zeros_like(weight.narrow(0, 0, 1))});
    bias = at::cat({bias, at::ones({1}, at::kFloat)});
}

Convolution Weights::prepared(const ConvolutionPlan& plan) const {
    return {weight.contiguous(), bias, plan};
}

Weights Reader::next(std::int64_t outputs, std::int64_t inputs, std::int64_t kernel) {
    return weights(numbered("conv.", at_++), {outputs, inputs, kernel, kernel}, outputs);
}

Weights Reader::next_growing(std::int64_t inputs, std::int64_t outputs) {
    return weights(numbered("grow.", grown_at_++), {inputs, outputs, 2, 2}, outputs);
}

Unit Reader::unit() const {
    const at::Tensor values = tensor(numbered("unit.", at_ - 1), {2});
    const Unit unit{values[0].item<float>(), values[1].item<float>()};
    if (unit.scale == 0.0F) {
        throw std::domain_error{"a unit that says nothing"};
    }
    return unit;
}

Weights Reader::weights(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t outputs)
    const {
    return {tensor(name + ".weight", shape), tensor(name + ".bias", {outputs})};
}

at::Tensor Reader::tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const auto found = file_.find(name);
    const bool same = found != file_.end() &&
                      std::ranges::equal(shape, found->second.shape, [](std::int64_t a, std::uint32_t b) {
                          return a == b;
                      });
    if (!same) {
        throw std::out_of_range{"a tensor that is absent or has another shape"};
    }
    ++taken_;
    // A copy: the file's memory dies first.
    return at::from_blob(const_cast<float*>(found->second.values.data()), shape, at::kFloat).clone();
}

}  // namespace efface::pipeline
