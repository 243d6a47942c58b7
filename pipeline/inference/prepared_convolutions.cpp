#include "pipeline/inference/prepared_convolutions.h"

#include <optional>
#include <string>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/subgraph_matcher.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/csrc/jit/passes/xnnpack_rewrite.h>
#include <unordered_map>

namespace efface::pipeline {
namespace {

using Names = std::unordered_map<std::string, torch::jit::Value*>;

constexpr const char* kPlain = R"(
graph(%x, %weight, %bias, %stride:int[], %padding:int[], %dilation:int[], %groups:int):
    %y = aten::conv2d(%x, %weight, %bias, %stride, %padding, %dilation, %groups)
    return (%y))";

constexpr const char* kPrepared = R"(
graph(%x, %weight, %bias, %stride:int[], %padding:int[], %dilation:int[], %groups:int):
    %none : None = prim::Constant()
    %prepared = prepacked::conv2d_clamp_prepack(
        %weight, %bias, %stride, %padding, %dilation, %groups, %none, %none)
    %y = prepacked::conv2d_clamp_run(%x, %prepared)
    return (%y))";

/// XNNPACK takes single precision alone.
bool is_float(const c10::IValue& value) {
    return value.isTensor() && value.toTensor().scalar_type() == at::kFloat;
}

bool can_be_prepared(const torch::jit::Match& match, const Names& names) {
    const auto constant = [&](const char* name) {
        return torch::jit::toIValue(match.values_map.at(names.at(name)));
    };
    for (const char* name : {"stride", "padding", "dilation", "groups"}) {
        if (!constant(name)) {
            return false;
        }
    }
    const std::optional<c10::IValue> weight = constant("weight");
    const std::optional<c10::IValue> bias = constant("bias");
    return weight && bias && is_float(*weight) && (bias->isNone() || is_float(*bias));
}

}  // namespace

void prepare_convolutions(torch::jit::Module& module) {
    std::shared_ptr<torch::jit::Graph> graph = module.get_method("forward").graph();
    // A file keeps strides as lists that are put together at each run.
    torch::jit::ConstantPropagation(graph);
    torch::jit::SubgraphRewriter rewriter;
    rewriter.RegisterRewritePattern(kPlain, kPrepared);
    rewriter.runOnGraph(graph, can_be_prepared);
    torch::jit::FoldPrePackingOps(module);
}

}  // namespace efface::pipeline
