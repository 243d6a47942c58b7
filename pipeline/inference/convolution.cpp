#include "pipeline/inference/convolution.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <caffe2/utils/threadpool/thread_pool_guard.h>

namespace efface::pipeline {
namespace {

c10::OperatorHandle operator_named(const char* name) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, "");
}

}  // namespace

Convolution::Convolution(const at::Tensor& weight, const at::Tensor& bias, const ConvolutionPlan& plan) {
    static const c10::OperatorHandle prepare = operator_named("prepacked::conv2d_clamp_prepack");
    const auto both = [](std::int64_t value) { return c10::List<std::int64_t>{value, value}; };
    torch::jit::Stack stack{
        weight,
        bias,
        both(plan.stride),
        both(plan.padding),
        both(1),
        plan.groups,
        plan.relu ? c10::IValue{0.0} : c10::IValue{},
        c10::IValue{}};
    prepare.callBoxed(stack);
    prepared_ = stack.front();
}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
    static const c10::OperatorHandle run = operator_named("prepacked::conv2d_clamp_run");
    const caffe2::_NoPThreadPoolGuard alone;
    torch::jit::Stack stack{x, prepared_};
    run.callBoxed(stack);
    return stack.front().toTensor();
}

}  // namespace efface::pipeline
