#include "pipeline/inference/torchscript_detector.h"

#include "config/assert.h"
#include "pipeline/inference/self_test_noise.h"
#include "pipeline/inference/tensor_file.h"
#include "pipeline/inference/torchscript_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <torch/script.h>

namespace efface::pipeline {
namespace {

constexpr TorchScriptRefusals kRefusals{
    .another = "a detector file is not the one whose digest is pinned; install that one or pin its digest",
    .unreadable = "a detector file is no TorchScript that this LibTorch reads; export it anew"};
constexpr std::size_t kAnswerPlanes = 5;  // Score, left, top, right, bottom.
constexpr float kSelfTestRelativeErrorMax = 1e-3F;
constexpr float kSelfTestAbsoluteErrorMax = 1e-4F;
constexpr double kEnlargedMax = 2;     // A small picture is not drawn larger than this.
constexpr float kSameShareMin = 0.4F;  // Of the smaller of two boxes: from there on they mean the same face.
constexpr std::size_t kFoundMax = 256;
constexpr float kEdgeMax = 1e6F;  // A network that says more is not believed.
constexpr std::array<float, 3> kLuminance{0.299F, 0.587F, 0.114F};  // ITU-R BT.601.

std::size_t rounded_up(std::size_t length, std::size_t multiple) {
    return (length + multiple - 1) / multiple * multiple;
}

/// The picture of the self-test.
std::vector<float> noise(std::size_t count, float low, float high) {
    std::vector<float> values;
    for (const std::uint8_t byte : top_bytes(count)) {
        values.push_back(low + static_cast<float>(byte) / 255.0F * (high - low));
    }
    return values;
}

Box box_of(const Window& window) {
    return {
        std::lround(std::floor(window.left)), std::lround(std::floor(window.top)),
        std::lround(std::ceil(window.right)), std::lround(std::ceil(window.bottom))};
}

}  // namespace

/// The answer to one picture, plane by plane.
struct Answer {
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::vector<float> values;

    float at(std::size_t plane, std::size_t cell) const { return values[plane * columns * rows + cell]; }
};

struct TorchScriptDetector::Network {
    torch::jit::Module module;

    /// `planes`: channels x rows x columns. Fault::kRetry: LibTorch failed, or answered with another shape or
    /// with what is no number.
    Result<Answer> run(
        std::span<const float> planes, const DetectorMetadata& metadata, std::size_t columns, std::size_t rows
    ) {
        EFFACE_ASSERT(planes.size() == metadata.channels * columns * rows);
        Answer answer{columns / metadata.stride, rows / metadata.stride, {}};
        try {
            const c10::InferenceMode inference;
            const torch::jit::GraphOptimizerEnabledGuard unoptimized{false};
            const std::array<std::int64_t, 4> shape{
                1, static_cast<std::int64_t>(metadata.channels), static_cast<std::int64_t>(rows),
                static_cast<std::int64_t>(columns)};
            // Borrowed: the caller's memory outlives the forward.
            const at::Tensor input = at::from_blob(const_cast<float*>(planes.data()), shape, at::kFloat);
            const at::Tensor output = module.forward({input}).toTensor().to(at::kFloat).contiguous();
            const std::array<std::int64_t, 4> expected{
                1, static_cast<std::int64_t>(kAnswerPlanes), static_cast<std::int64_t>(answer.rows),
                static_cast<std::int64_t>(answer.columns)};
            if (output.sizes() != at::IntArrayRef{expected}) {
                return fail(
                    Fault::kRetry, "a detector's network answers with another shape than its contract's"
                );
            }
            const float* values = output.const_data_ptr<float>();
            answer.values.assign(values, values + output.numel());
        } catch (const std::exception&) {
            return fail(Fault::kRetry, "a detector's network failed");
        }
        // It would pass no threshold and look like a place where nothing is.
        if (!std::all_of(answer.values.begin(), answer.values.end(), [](float value) {
                return std::isfinite(value);
            })) {
            return fail(Fault::kRetry, "a detector's network answered with what is no number");
        }
        return answer;
    }
};

TorchScriptDetector::TorchScriptDetector(DetectorMetadata metadata, std::unique_ptr<Network> network)
    : metadata_{std::move(metadata)}, network_{std::move(network)} {}

TorchScriptDetector::~TorchScriptDetector() = default;

Result<std::unique_ptr<Detector>> TorchScriptDetector::load(const std::string& path, const Digest& expected) {
    EFFACE_TRY(const std::vector<std::byte> bytes, read_model(path, expected));
    return load(bytes, expected);
}

Result<std::unique_ptr<Detector>> TorchScriptDetector::load(
    std::span<const std::byte> bytes, const Digest& expected
) {
    EFFACE_TRY(TorchScriptFile file, read_torchscript(bytes, expected, at::kCPU, kRefusals));
    EFFACE_TRY(DetectorMetadata metadata, parse_detector_metadata(file.metadata));
    std::unique_ptr<TorchScriptDetector> detector{
        new TorchScriptDetector{std::move(metadata), std::make_unique<Network>(std::move(file.module))}};
    EFFACE_CHECK(detector->check_self());
    return std::unique_ptr<Detector>{std::move(detector)};
}

Status TorchScriptDetector::check_self() const {
    const std::size_t side = metadata_.self_test_side;
    const auto answer = network_->run(
        noise(metadata_.channels * side * side, metadata_.low, metadata_.high), metadata_, side, side
    );
    bool same = answer.has_value();
    for (std::size_t i = 0; same && i < metadata_.self_test_at.size(); ++i) {
        const float recorded = metadata_.self_test_values[i];
        const float got = answer->values[metadata_.self_test_at[i]];
        same = std::abs(got - recorded) <=
               kSelfTestRelativeErrorMax * std::abs(recorded) + kSelfTestAbsoluteErrorMax;
    }
    if (!same) {
        return fail(
            Fault::kHalt, "a detector fails its self-test on this machine: other values than its file records"
        );
    }
    for (const std::size_t longer : metadata_.longer_sides) {
        const std::size_t length = rounded_up(longer, metadata_.side_multiple);
        const std::vector<float> plain(metadata_.channels * length * length, metadata_.low);
        if (!network_->run(plain, metadata_, length, length)) {
            return fail(Fault::kHalt, "a detector's network fails at a size that its file names");
        }
    }
    return {};
}

std::vector<TorchScriptDetector::Size> TorchScriptDetector::sizes_of(const PictureView& picture) const {
    const auto longer_side = static_cast<double>(std::max(picture.columns, picture.rows));
    std::vector<Size> sizes;
    for (const std::size_t longer : metadata_.longer_sides) {
        const double scale = std::min(static_cast<double>(longer) / longer_side, kEnlargedMax);
        const auto scaled = [&](std::size_t length) {
            return std::max<std::size_t>(
                1, static_cast<std::size_t>(std::lround(static_cast<double>(length) * scale))
            );
        };
        const Size size{scaled(picture.columns), scaled(picture.rows)};
        if (std::find(sizes.begin(), sizes.end(), size) == sizes.end()) {
            sizes.push_back(size);
        }
    }
    return sizes;
}

Result<std::vector<Detection>> TorchScriptDetector::find(const PictureView& picture) {
    doubts_.clear();
    if (picture.columns == 0 || picture.rows == 0) {
        return std::vector<Detection>{};
    }
    if (picture.rows > AreaSampler::kPixelsMax / picture.columns) {
        return fail(Fault::kQuarantine, "a picture is too large for the face detector");
    }
    const AreaSampler sampler{picture};
    std::vector<Window> windows;
    for (const Size size : sizes_of(picture)) {
        EFFACE_TRY(const std::vector<Window> seen, find_at(sampler, size));
        windows.insert(windows.end(), seen.begin(), seen.end());
    }
    std::vector<Detection> found;
    for (const Window& window : suppress(std::move(windows), Overlap::kOfSmaller, kSameShareMin, kFoundMax)) {
        const bool sure = window.score >= metadata_.threshold;
        (sure ? found : doubts_).push_back({box_of(window), window.score});
    }
    return found;
}

Result<std::vector<Window>> TorchScriptDetector::find_at(const AreaSampler& sampler, Size size) const {
    std::vector<float> colours(size.columns * size.rows * AreaSampler::kPlanes);
    const Box whole{
        0, 0, static_cast<std::int64_t>(sampler.columns()), static_cast<std::int64_t>(sampler.rows())};
    sampler.sample(whole, size.columns, size.rows, colours);
    // Darkness beyond the picture, up to sides that the network can halve.
    const std::size_t columns = rounded_up(size.columns, metadata_.side_multiple);
    const std::size_t rows = rounded_up(size.rows, metadata_.side_multiple);
    std::vector<float> planes(metadata_.channels * columns * rows, metadata_.low);
    const float step = (metadata_.high - metadata_.low) / 255.0F;
    for (std::size_t i = 0; i < size.columns * size.rows; ++i) {
        const std::size_t at = i / size.columns * columns + i % size.columns;
        std::array<float, 3> colour{};
        for (std::size_t channel = 0; channel < colour.size(); ++channel) {
            colour[channel] = colours[channel * size.columns * size.rows + i];
        }
        if (metadata_.channels == 1) {
            const float grey =
                kLuminance[0] * colour[0] + kLuminance[1] * colour[1] + kLuminance[2] * colour[2];
            planes[at] = metadata_.low + step * grey;
            continue;
        }
        for (std::size_t channel = 0; channel < colour.size(); ++channel) {
            planes[channel * columns * rows + at] = metadata_.low + step * colour[channel];
        }
    }
    EFFACE_TRY(const Answer answer, network_->run(planes, metadata_, columns, rows));
    const float across = static_cast<float>(sampler.columns()) / static_cast<float>(size.columns);
    const float down = static_cast<float>(sampler.rows()) / static_cast<float>(size.rows);
    const auto stride = static_cast<float>(metadata_.stride);
    std::vector<Window> windows;
    for (std::size_t cell = 0; cell < answer.columns * answer.rows; ++cell) {
        if (answer.at(0, cell) < metadata_.threshold - kDoubtMargin) {
            continue;
        }
        const float x = (static_cast<float>(cell % answer.columns) + 0.5F) * stride;
        const float y = (static_cast<float>(cell / answer.columns) + 0.5F) * stride;
        const auto edge = [](float value) { return std::clamp(value, -kEdgeMax, kEdgeMax); };
        windows.push_back(
            {edge((x - answer.at(1, cell)) * across),
             edge((y - answer.at(2, cell)) * down),
             edge((x + answer.at(3, cell)) * across),
             edge((y + answer.at(4, cell)) * down),
             answer.at(0, cell),
             {}}
        );
    }
    return suppress(std::move(windows), Overlap::kOfSmaller, kSameShareMin, kFoundMax);
}

}  // namespace efface::pipeline
