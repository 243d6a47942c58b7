#include "pipeline/inference/torchscript_generator.h"

#include "config/assert.h"
#include "pipeline/inference/prepared_convolutions.h"
#include "pipeline/inference/self_test_noise.h"
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
    .another = "a generator file is not the one whose digest is pinned; install that one or pin its digest",
    .unreadable = "a generator file is no TorchScript that this LibTorch reads; export it anew"};

/// Where the networks of a compute class are run: another class is a line here and a build that has it.
Result<at::Device> device_of(std::string_view compute_class) {
    if (compute_class == "cpu") {
        return at::Device{at::kCPU};
    }
    return fail(
        Fault::kHalt, "a generator cannot be run by another compute class than cpu yet; ask for that one"
    );
}

/// A picture, what of it is destroyed, and noise, all square: what fill() is asked for at load.
struct Example {
    std::size_t side = 0;
    std::vector<float> planes;
    std::vector<std::uint8_t> mask;
    std::vector<float> noise;

    Generator::Request request() const { return {planes, mask, noise, side, side}; }
};

/// As training/gan/export.py makes it, in the same arithmetic.
Example self_test_example(const GeneratorMetadata::SelfTest& test, std::size_t channels) {
    static const float kRootOfTwelve = std::sqrt(12.0F);  // Brings even noise of width 1 to deviation 1.
    Example example{.side = test.side};
    for (const std::uint8_t byte : top_bytes(channels * test.side * test.side, test.picture_state)) {
        example.planes.push_back(static_cast<float>(byte) / 255.0F * 2.0F - 1.0F);
    }
    for (const std::uint8_t byte : top_bytes(test.side * test.side / 4, test.noise_state)) {
        example.noise.push_back((static_cast<float>(byte) / 255.0F - 0.5F) * kRootOfTwelve);
    }
    example.mask.resize(test.side * test.side);
    for (std::int64_t y = test.hole.top; y < test.hole.bottom; ++y) {
        const auto row = example.mask.begin() + y * static_cast<std::int64_t>(test.side);
        std::fill(row + test.hole.left, row + test.hole.right, std::uint8_t{1});
    }
    return example;
}

/// The picture with `value` where it is destroyed. Chosen, not multiplied: what is no number stays none when
/// it is multiplied by 0.
std::vector<float> hidden_by(float value, const Generator::Request& request) {
    std::vector<float> planes(request.planes.size());
    for (std::size_t i = 0; i < planes.size(); ++i) {
        planes[i] = request.mask[i % request.mask.size()] != 0 ? value : request.planes[i];
    }
    return planes;
}

bool is_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

}  // namespace

struct TorchScriptGenerator::Network {
    torch::jit::Module module;
    at::Device device;

    /// `planes`, of as many channels as they hold: what x is, in place of the request's. Fault::kRetry:
    /// LibTorch failed, or answered with another shape or with what is no number.
    Result<std::vector<float>> run(std::vector<float> planes, const Request& request) {
        // All three are copies that outlive the forward: a network may write into what it is given.
        std::vector<float> mask(request.mask.size());
        std::ranges::transform(request.mask, mask.begin(), [](auto byte) { return byte != 0 ? 1.0F : 0.0F; });
        std::vector<float> noise{request.noise.begin(), request.noise.end()};
        const auto rows = static_cast<std::int64_t>(request.rows);
        const auto columns = static_cast<std::int64_t>(request.columns);
        const auto channels = static_cast<std::int64_t>(planes.size()) / (rows * columns);
        const auto tensor = [&](std::vector<float>& values, std::int64_t depth, std::int64_t part) {
            const std::array<std::int64_t, 4> shape{1, depth, rows / part, columns / part};
            return at::from_blob(values.data(), shape, at::kFloat).to(device);
        };
        std::vector<float> answer;
        try {
            const c10::InferenceMode inference;
            const torch::jit::GraphOptimizerEnabledGuard unoptimized{false};
            const caffe2::_NoPThreadPoolGuard alone;
            const at::Tensor output =
                module.forward({tensor(planes, channels, 1), tensor(mask, 1, 1), tensor(noise, 1, 2)})
                    .toTensor()
                    .to(at::kCPU, at::kFloat)
                    .contiguous();
            const std::array<std::int64_t, 4> expected{1, channels, rows, columns};
            if (output.sizes() != at::IntArrayRef{expected}) {
                return fail(Fault::kRetry, "a generator answers with another shape than its contract's");
            }
            const float* values = output.const_data_ptr<float>();
            answer.assign(values, values + output.numel());
        } catch (const std::exception&) {
            return fail(Fault::kRetry, "a generator's network failed");
        }
        if (!is_finite(answer)) {
            return fail(Fault::kRetry, "a generator answered with what is no number");
        }
        return answer;
    }
};

TorchScriptGenerator::TorchScriptGenerator(
    const GeneratorMetadata& metadata, const Digest& digest, std::unique_ptr<Network> network
)
    : facts_{
          .name = metadata.name,
          .version = metadata.version,
          .licence = metadata.licence,
          .digest = digest,
          .channels = metadata.channels,
          .sides = metadata.sizes,
          .side_multiple = metadata.side_multiple,
          .max_mask_fraction = metadata.max_mask_fraction,
          .uses_noise = metadata.uses_noise,
          .trained_on = metadata.trained_on,
          .confidence = metadata.confidence},
      hole_value_{metadata.hole_value},
      network_{std::move(network)} {}

TorchScriptGenerator::~TorchScriptGenerator() = default;

Result<std::unique_ptr<Generator>> TorchScriptGenerator::load(
    std::span<const std::byte> bytes, const Digest& expected, std::string_view compute_class
) {
    EFFACE_TRY(const at::Device device, device_of(compute_class));
    EFFACE_TRY(TorchScriptFile file, read_torchscript(bytes, expected, device, kRefusals));
    EFFACE_TRY(const GeneratorMetadata metadata, parse_generator_metadata(file.metadata));
    if (device.is_cpu()) {
        try {
            prepare_convolutions(file.module);
        } catch (const std::exception&) {
            return fail(Fault::kHalt, "a generator's forward cannot be prepared; export it anew, frozen");
        }
    }
    std::unique_ptr<TorchScriptGenerator> generator{new TorchScriptGenerator{
        metadata, expected, std::make_unique<Network>(std::move(file.module), device)}};
    EFFACE_CHECK(generator->check_self(metadata.self_test));
    EFFACE_CHECK(generator->check_sizes());
    return std::unique_ptr<Generator>{std::move(generator)};
}

Status TorchScriptGenerator::check_self(const GeneratorMetadata::SelfTest& test) const {
    const Example example = self_test_example(test, facts_.channels);
    const auto answer = network_->run(example.planes, example.request());
    bool same = answer.has_value();
    for (std::size_t i = 0; same && i < test.at.size(); ++i) {
        same = std::abs((*answer)[test.at[i]] - test.values[i]) <= test.tolerance;
    }
    if (!same) {
        return fail(
            Fault::kHalt,
            "a generator fails its self-test on this machine: other values than its file records; export it "
            "anew, and see that its answer depends on its three inputs alone"
        );
    }
    for (std::size_t i = 0; i < answer->size(); ++i) {
        const bool visible = example.mask[i % example.mask.size()] == 0;
        if (visible && std::abs((*answer)[i] - example.planes[i]) > test.tolerance) {
            return fail(
                Fault::kHalt, "a generator changes what is visible; let it answer with x outside of the mask"
            );
        }
    }
    const auto again = network_->run(hidden_by(hole_value_, example.request()), example.request());
    if (!again || *again != *answer) {
        return fail(
            Fault::kHalt,
            "a generator's answer depends on what is destroyed, or on chance; let it put hole_value there "
            "before anything else, and draw nothing of its own"
        );
    }
    return {};
}

Status TorchScriptGenerator::check_sizes() {
    for (const std::size_t side : facts_.sides) {
        Example plain{.side = side};
        plain.planes.resize(facts_.channels * side * side);
        plain.mask.resize(side * side);
        plain.noise.resize(side * side / 4);
        plain.mask[side * side / 2] = 1;
        if (!network_->run(plain.planes, plain.request())) {
            return fail(
                Fault::kHalt,
                "a generator's network fails at a size that its file names; export it with the sizes that "
                "it takes"
            );
        }
    }
    return {};
}

Status TorchScriptGenerator::check(const Request& request) const {
    const auto fits = [&](std::size_t length) {
        return length > 0 && length <= kSideMax && length % facts_.side_multiple == 0;
    };
    if (!fits(request.columns) || !fits(request.rows)) {
        return fail(
            Fault::kQuarantine,
            "a picture's sides are none that the generator takes; scale it to multiples of side_multiple"
        );
    }
    const std::size_t pixels = request.columns * request.rows;
    EFFACE_ASSERT(request.planes.size() == facts_.channels * pixels);
    EFFACE_ASSERT(request.mask.size() == pixels && request.noise.size() == pixels / 4);
    const auto visible_count = static_cast<double>(std::ranges::count(request.mask, std::uint8_t{0}));
    const auto pixel_count = static_cast<double>(pixels);
    if (pixel_count - visible_count > facts_.max_mask_fraction * pixel_count) {
        return fail(
            Fault::kQuarantine,
            "more of a picture is destroyed than the generator fills; show it more of what surrounds that"
        );
    }
    for (std::size_t i = 0; i < request.planes.size(); ++i) {
        // Written so that what is no number is caught.
        if (request.mask[i % pixels] == 0 && !(std::abs(request.planes[i]) <= 1.0F)) {
            return fail(
                Fault::kQuarantine, "a picture to fill holds more than -1 to 1 where it is visible; window it"
            );
        }
    }
    if (!is_finite(request.noise)) {
        return fail(Fault::kQuarantine, "the noise for a generator is no number; draw it anew");
    }
    return {};
}

Result<std::vector<float>> TorchScriptGenerator::fill(const Request& request) {
    EFFACE_CHECK(check(request));
    EFFACE_TRY(std::vector<float> filled, network_->run(hidden_by(hole_value_, request), request));
    for (std::size_t i = 0; i < filled.size(); ++i) {
        const bool visible = request.mask[i % request.mask.size()] == 0;
        filled[i] = visible ? request.planes[i] : std::clamp(filled[i], -1.0F, 1.0F);
    }
    return filled;
}

}  // namespace efface::pipeline
