// The weights of the text detector's network as its file lists them, before they are prepared. Included in
// this folder alone. Thread rule: an object belongs to one thread.
#pragma once

#include "pipeline/inference/convolution.h"
#include "pipeline/inference/tensor_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace efface::pipeline {

/// y * scale + shift behind a hard swish.
struct Unit {
    float scale = 1.0F;
    float shift = 0.0F;
};

/// The scale of a unit in front of them, and its shift where that is exact, are taken in first.
struct Weights {
    at::Tensor weight;
    at::Tensor bias;

    void take_in_scale(const Unit& before);
    /// Exact only without padding, which knows of no shift.
    void take_in(const Unit& before);
    /// One output more, which is one everywhere.
    void add_constant_output();

    Convolution prepared(const ConvolutionPlan& plan) const;
};

/// Takes the tensors of the file one after another. Throws where one is absent or has another shape.
class Reader {
public:
    explicit Reader(const TensorFile& file) : file_{file} {}

    Weights next(std::int64_t outputs, std::int64_t inputs, std::int64_t kernel);
    Weights next_growing(std::int64_t inputs, std::int64_t outputs);
    /// Of the convolution that was taken last.
    Unit unit() const;

    bool at_end() const { return file_.size() == taken_; }

private:
    Weights weights(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t outputs)
        const;
    at::Tensor tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;

    const TensorFile& file_;
    int at_ = 0;
    int grown_at_ = 0;
    mutable std::size_t taken_ = 0;
};

}  // namespace efface::pipeline
