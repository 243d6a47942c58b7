#include "pipeline/inference/mtcnn_networks.h"

#include "config/assert.h"
#include "pipeline/inference/convolution.h"
#include "pipeline/inference/torch_process.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/softmax.h>
#include <c10/core/InferenceMode.h>
#include <cmath>
#include <exception>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kChannels = 3;

/// Weights of a dense layer, and of the PReLU behind it where there is one.
struct Layer {
    at::Tensor weight;
    at::Tensor bias;
    at::Tensor slope;
};

/// A convolution, and the slopes of the PReLU behind it where there is one.
struct ConvolutionLayer {
    Convolution convolution;
    at::Tensor slope;
};

using Shape = std::vector<std::uint32_t>;

/// Takes tensors of known shape out of the file.
class Loader {
public:
    explicit Loader(const TensorFile& file) : file_{file} {}

    Layer layer(const std::string& name, Shape shape, const std::string& slope = {}) {
        const std::uint32_t outputs = shape.front();
        Layer made{tensor(name + ".weight", std::move(shape)), tensor(name + ".bias", {outputs}), {}};
        if (!slope.empty()) {
            made.slope = tensor(slope + ".weight", {outputs});
        }
        return made;
    }

    ConvolutionLayer convolution(const std::string& name, Shape shape, const std::string& slope = {}) {
        const Layer made = layer(name, std::move(shape), slope);
        return complete_ ? ConvolutionLayer{{made.weight, made.bias, {}}, made.slope} : ConvolutionLayer{};
    }

    bool complete() const { return complete_; }

private:
    at::Tensor tensor(const std::string& name, const Shape& shape) {
        const auto found = file_.find(name);
        if (found == file_.end() || found->second.shape != shape) {
            complete_ = false;
            return {};
        }
        const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
        // A copy: the file's memory dies first.
        return at::from_blob(const_cast<float*>(found->second.values.data()), sizes, at::kFloat).clone();
    }

    const TensorFile& file_;
    bool complete_ = true;
};

at::Tensor convolve(const ConvolutionLayer& layer, const at::Tensor& x) {
    const at::Tensor y = layer.convolution(x);
    return layer.slope.defined() ? at::prelu(y, layer.slope) : y;
}

at::Tensor shrink(const at::Tensor& x, std::int64_t side) {
    return at::max_pool2d(x, {side, side}, {2, 2}, {0, 0}, {1, 1}, /*ceil_mode=*/true);
}

at::Tensor dense(const Layer& layer, const at::Tensor& x) {
    const at::Tensor y = at::linear(x, layer.weight, layer.bias);
    return layer.slope.defined() ? at::prelu(y, layer.slope) : y;
}

// The weights were trained where a picture's columns come before its rows.
at::Tensor flat(const at::Tensor& x) {
    return x.permute({0, 3, 2, 1}).contiguous().view({x.size(0), -1});
}

/// Channels last: what a convolution gives lies as it was given, and in any other order every layer copies
/// twice.
at::Tensor planes_of(
    std::span<const float> values, std::int64_t count, std::int64_t rows, std::int64_t columns
) {
    EFFACE_ASSERT(values.size() == static_cast<std::size_t>(count * kChannels * rows * columns));
    return at::from_blob(const_cast<float*>(values.data()), {count, kChannels, rows, columns}, at::kFloat)
        .contiguous(at::MemoryFormat::ChannelsLast);
}

/// `faces` is n x 2 (no face, face), `shifts` n x 4.
std::vector<Verdict> verdicts(const at::Tensor& faces, const at::Tensor& shifts) {
    const at::Tensor probability = at::softmax(faces, 1).contiguous();
    const at::Tensor shift = shifts.contiguous();
    EFFACE_ASSERT(probability.size(1) == 2 && shift.size(1) == 4 && probability.size(0) == shift.size(0));
    std::vector<Verdict> out(static_cast<std::size_t>(probability.size(0)));
    const float* face = probability.const_data_ptr<float>();
    const float* edge = shift.const_data_ptr<float>();
    for (Verdict& verdict : out) {
        verdict.face = face[1];
        std::copy_n(edge, verdict.shift.size(), verdict.shift.begin());
        face += 2;
        edge += verdict.shift.size();
        // It would pass no threshold and look like a place without a face.
        if (!std::isfinite(verdict.face)) {
            throw std::range_error{"a probability that is no number"};
        }
    }
    return out;
}

/// Runs `forward` where no exception of LibTorch leaves and no gradient is kept. Its texts stay here as well:
/// they quote paths.
template <class Forward>
auto guarded(Forward&& forward) -> Result<decltype(forward())> {
    try {
        const c10::InferenceMode inference;
        return forward();
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "the face detector's network failed");
    }
}

}  // namespace

struct MtcnnNetworks::Layers {
    struct Proposal {
        ConvolutionLayer conv1, conv2, conv3, face, shift;
    } p;

    struct Refinement {
        ConvolutionLayer conv1, conv2, conv3;
        Layer dense, face, shift;
    } r;

    struct Output {
        ConvolutionLayer conv1, conv2, conv3, conv4;
        Layer dense, face, shift;
    } o;
};

MtcnnNetworks::MtcnnNetworks(std::unique_ptr<Layers> layers) : layers_{std::move(layers)} {}

MtcnnNetworks::MtcnnNetworks(MtcnnNetworks&&) noexcept = default;
MtcnnNetworks& MtcnnNetworks::operator=(MtcnnNetworks&&) noexcept = default;
MtcnnNetworks::~MtcnnNetworks() = default;

Result<MtcnnNetworks> MtcnnNetworks::load(const TensorFile& file) {
    settle_torch();
    Loader from{file};
    auto made = guarded([&] {
        auto layers = std::make_unique<Layers>();
        layers->p = {
            .conv1 = from.convolution("pnet.conv1", {10, 3, 3, 3}, "pnet.prelu1"),
            .conv2 = from.convolution("pnet.conv2", {16, 10, 3, 3}, "pnet.prelu2"),
            .conv3 = from.convolution("pnet.conv3", {32, 16, 3, 3}, "pnet.prelu3"),
            .face = from.convolution("pnet.conv4_1", {2, 32, 1, 1}),
            .shift = from.convolution("pnet.conv4_2", {4, 32, 1, 1})};
        layers->r = {
            .conv1 = from.convolution("rnet.conv1", {28, 3, 3, 3}, "rnet.prelu1"),
            .conv2 = from.convolution("rnet.conv2", {48, 28, 3, 3}, "rnet.prelu2"),
            .conv3 = from.convolution("rnet.conv3", {64, 48, 2, 2}, "rnet.prelu3"),
            .dense = from.layer("rnet.dense4", {128, 576}, "rnet.prelu4"),
            .face = from.layer("rnet.dense5_1", {2, 128}),
            .shift = from.layer("rnet.dense5_2", {4, 128})};
        layers->o = {
            .conv1 = from.convolution("onet.conv1", {32, 3, 3, 3}, "onet.prelu1"),
            .conv2 = from.convolution("onet.conv2", {64, 32, 3, 3}, "onet.prelu2"),
            .conv3 = from.convolution("onet.conv3", {64, 64, 3, 3}, "onet.prelu3"),
            .conv4 = from.convolution("onet.conv4", {128, 64, 2, 2}, "onet.prelu4"),
            .dense = from.layer("onet.dense5", {256, 1152}, "onet.prelu5"),
            .face = from.layer("onet.dense6_1", {2, 256}),
            .shift = from.layer("onet.dense6_2", {4, 256})};
        return layers;
    });
    if (!made || !from.complete()) {
        return fail(Fault::kHalt, "the face detector's model file does not hold its networks");
    }
    return MtcnnNetworks{std::move(*made)};
}

Result<ProposalGrid> MtcnnNetworks::propose(
    std::span<const float> planes, std::size_t columns, std::size_t rows
) const {
    EFFACE_ASSERT(columns >= ProposalGrid::kCell && rows >= ProposalGrid::kCell);
    return guarded([&] {
        const auto& net = layers_->p;
        at::Tensor x =
            planes_of(planes, 1, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns));
        x = shrink(convolve(net.conv1, x), 2);
        x = convolve(net.conv3, convolve(net.conv2, x));
        // One row per cell.
        const auto listed = [](const at::Tensor& map) {
            return map.squeeze(0).permute({1, 2, 0}).reshape({-1, map.size(1)});
        };
        return ProposalGrid{
            .columns = static_cast<std::size_t>(x.size(3)),
            .rows = static_cast<std::size_t>(x.size(2)),
            .verdicts = verdicts(listed(convolve(net.face, x)), listed(convolve(net.shift, x)))};
    });
}

Result<std::vector<Verdict>> MtcnnNetworks::refine(std::span<const float> windows) const {
    constexpr auto kSide = static_cast<std::int64_t>(kRefineSide);
    return guarded([&] {
        const auto& net = layers_->r;
        const auto count = static_cast<std::int64_t>(windows.size()) / (kChannels * kSide * kSide);
        at::Tensor x = planes_of(windows, count, kSide, kSide);
        x = shrink(convolve(net.conv1, x), 3);
        x = shrink(convolve(net.conv2, x), 3);
        x = dense(net.dense, flat(convolve(net.conv3, x)));
        return verdicts(dense(net.face, x), dense(net.shift, x));
    });
}

Result<std::vector<Verdict>> MtcnnNetworks::judge(std::span<const float> windows) const {
    constexpr auto kSide = static_cast<std::int64_t>(kJudgeSide);
    return guarded([&] {
        const auto& net = layers_->o;
        const auto count = static_cast<std::int64_t>(windows.size()) / (kChannels * kSide * kSide);
        at::Tensor x = planes_of(windows, count, kSide, kSide);
        x = shrink(convolve(net.conv1, x), 3);
        x = shrink(convolve(net.conv2, x), 3);
        x = shrink(convolve(net.conv3, x), 2);
        x = dense(net.dense, flat(convolve(net.conv4, x)));
        return verdicts(dense(net.face, x), dense(net.shift, x));
    });
}

}  // namespace efface::pipeline
