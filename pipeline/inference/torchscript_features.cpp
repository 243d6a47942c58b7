#include "pipeline/inference/torchscript_features.h"

#include "config/assert.h"
#include "pipeline/inference/features_metadata.h"
#include "pipeline/inference/torchscript_file.h"

#include <algorithm>
#include <array>
#include <caffe2/utils/threadpool/thread_pool_guard.h>
#include <cmath>
#include <exception>
#include <torch/script.h>
#include <utility>

namespace efface::pipeline {
namespace {

constexpr TorchScriptRefusals kRefusals{
    .another = "a file of features is not the one whose digest was taken; run the command again",
    .unreadable = "a file of features is no TorchScript that this LibTorch reads; export it anew"};

}  // namespace

struct TorchScriptFeatures::Network {
    torch::jit::Module module;
};

TorchScriptFeatures::TorchScriptFeatures(Facts facts, std::unique_ptr<Network> network)
    : facts_{std::move(facts)}, network_{std::move(network)} {}

TorchScriptFeatures::~TorchScriptFeatures() = default;

Result<std::unique_ptr<FeatureNetwork>> TorchScriptFeatures::load(
    std::span<const std::byte> bytes, const Digest& expected
) {
    EFFACE_TRY(TorchScriptFile file, read_torchscript(bytes, expected, at::Device{at::kCPU}, kRefusals));
    EFFACE_TRY(Facts facts, parse_features_metadata(file.metadata));
    std::unique_ptr<TorchScriptFeatures> features{
        new TorchScriptFeatures{std::move(facts), std::make_unique<Network>(std::move(file.module))}};
    const std::size_t pixels = features->facts_.side * features->facts_.side;
    const std::vector<float> plain(features->facts_.channels * pixels, 0.0F);
    std::vector<float> mask(pixels, 0.0F);
    mask[pixels / 2] = 1;
    if (!features->features_of(plain, mask)) {
        return fail(
            Fault::kHalt,
            "a network of features fails, or gives another count than its file names; export it anew"
        );
    }
    return std::unique_ptr<FeatureNetwork>{std::move(features)};
}

Result<std::vector<float>> TorchScriptFeatures::features_of(
    std::span<const float> planes, std::span<const float> mask
) {
    EFFACE_ASSERT(mask.size() == facts_.side * facts_.side && planes.size() == facts_.channels * mask.size());
    // Copies that outlive the forward: a network may write into what it is given.
    std::vector<float> given{planes.begin(), planes.end()};
    std::vector<float> hidden{mask.begin(), mask.end()};
    const auto side = static_cast<std::int64_t>(facts_.side);
    const auto tensor = [&](std::vector<float>& values) {
        const auto depth = static_cast<std::int64_t>(values.size()) / (side * side);
        const std::array<std::int64_t, 4> shape{1, depth, side, side};
        return at::from_blob(values.data(), shape, at::kFloat);
    };
    std::vector<float> out;
    try {
        const c10::InferenceMode inference;
        const torch::jit::GraphOptimizerEnabledGuard unoptimized{false};
        const caffe2::_NoPThreadPoolGuard alone;
        const at::Tensor answer =
            network_->module.forward({tensor(given), tensor(hidden)}).toTensor().to(at::kFloat).contiguous();
        const std::array<std::int64_t, 2> expected{1, static_cast<std::int64_t>(facts_.features)};
        if (answer.sizes() != at::IntArrayRef{expected}) {
            return fail(
                Fault::kRetry, "a network of features answers with another shape than its contract's"
            );
        }
        const float* values = answer.const_data_ptr<float>();
        out.assign(values, values + answer.numel());
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "a network of features failed");
    }
    if (!std::ranges::all_of(out, [](float value) { return std::isfinite(value); })) {
        return fail(Fault::kRetry, "a network of features answered with what is no number");
    }
    return out;
}

}  // namespace efface::pipeline
