#include "pipeline/inference/pp_ocr_network.h"

#include "config/assert.h"
#include "pipeline/inference/enlarged_convolution.h"
#include "pipeline/inference/pp_ocr_weights.h"
#include "pipeline/inference/torch_process.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <algorithm>
#include <array>
#include <c10/core/InferenceMode.h>
#include <cmath>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace efface::pipeline {
namespace {

struct BlockShape {
    std::int64_t kernel;
    std::int64_t stride;  ///< Where it is 1 a hard swish follows the first convolution.
    std::int64_t outputs;
    bool gated = false;
};

constexpr std::int64_t kStemOutputs = 16;
constexpr std::array kBlocks{BlockShape{3, 1, 32},  BlockShape{3, 2, 48},        BlockShape{3, 1, 48},
                             BlockShape{3, 2, 96},  BlockShape{3, 1, 96},        BlockShape{3, 2, 192},
                             BlockShape{5, 1, 192}, BlockShape{5, 1, 192},       BlockShape{5, 1, 192},
                             BlockShape{5, 1, 192}, BlockShape{5, 2, 384, true}, BlockShape{5, 1, 384, true},
                             BlockShape{5, 1, 384}, BlockShape{5, 1, 384}};
constexpr std::size_t kLevels = 4;
constexpr std::array<std::size_t, kLevels> kLevelEndsAt{
    2, 4, 9, 13};  ///< Blocks: 1/4, 1/8, 1/16, 1/32 of the tile.
constexpr std::array<std::int64_t, kLevels> kLevelChannels{12, 18, 42, 360};
constexpr std::int64_t kPyramidChannels = 96;
constexpr std::int64_t kHeadChannels = 24;
constexpr std::int64_t kGatedBy = 4;     ///< A gate sees its channels through a fourth of them.
constexpr std::int64_t kEnlargedBy = 4;  ///< The head's answer, to the size of the tile.

/// How much of each channel passes, decided by the means of all ("squeeze and excitation").
struct Gate {
    Convolution narrow;
    Convolution wide;
    float slope = 0.0F;

    static Gate read(Reader& from, std::int64_t channels, float slope, const Unit& before = {}) {
        const std::int64_t few = channels / kGatedBy;
        Weights narrow = from.next(few, channels, 1);
        narrow.take_in_scale(before);
        Gate gate;
        gate.narrow = narrow.prepared({.relu = true});
        gate.wide = from.next(channels, few, 1).prepared({});
        gate.slope = slope;
        return gate;
    }

    at::Tensor share(const at::Tensor& x) const { return share_of(at::mean(x, {2, 3}, /*keepdim=*/true)); }

    at::Tensor share_of(const at::Tensor& means) const {
        return wide(narrow(means)).mul_(slope).add_(0.5F).clamp_(0.0F, 1.0F);
    }
};

/// Each channel by itself, then all together.
struct Block {
    Convolution own;
    Convolution all;
    bool swish_between = false;
    std::optional<Gate> gate;
    /// What is left of the units: their scales went into what reads them.
    float shift_between = 0.0F;
    float shift = 0.0F;

    at::Tensor operator()(at::Tensor x) const {
        x = own(x);
        if (swish_between) {
            at::hardswish_(x);
        }
        if (gate) {
            x.add_(shift_between);
            x.mul_(gate->share(x));
        }
        x = all(x);
        return at::hardswish_(x).add_(shift);
    }
};

/// A convolution whose answer a gate strengthens.
struct Gated {
    Convolution convolution;
    Gate gate;

    at::Tensor operator()(const at::Tensor& x) const {
        at::Tensor y = convolution(x);
        return y.mul_(gate.share(y).add_(1.0F));
    }
};

constexpr float kBlockSlope = 1.0F / 6.0F;
constexpr float kPyramidSlope = 0.2F;

Gated read_gated(Reader& from, std::int64_t outputs, std::int64_t inputs, std::int64_t kernel) {
    Gated gated;
    gated.convolution = from.next(outputs, inputs, kernel).prepared({.padding = kernel / 2});
    gated.gate = Gate::read(from, outputs, kPyramidSlope);
    return gated;
}

/// What the finest level of the pyramid gives: its few channels widened and gated, the enlarged level below
/// added, both smoothed together. Written out that map would be the largest of the network and most of its
/// time. Nothing between is bent, so each of the two parts is smoothed by itself: the widening goes into the
/// weights of one convolution, once its gate is known, and the level below is never enlarged.
struct Finest {
    at::Tensor wide;  ///< Outputs x inputs; the last input is one everywhere: its weights are the bias.
    Gate wide_gate;
    Weights smooth;
    EnlargedConvolution below;
    Gate smooth_gate;

    void read_wide(Reader& from, std::int64_t inputs) {
        const Weights read = from.next(kPyramidChannels, inputs, 1);
        wide = at::cat({read.weight.flatten(1), read.bias.unsqueeze(1)}, 1);
        wide_gate = Gate::read(from, kPyramidChannels, kPyramidSlope);
    }

    void read_smooth(Reader& from) {
        smooth = from.next(kHeadChannels, kPyramidChannels, 3);
        below = EnlargedConvolution{smooth.weight, 2};
        smooth_gate = Gate::read(from, kHeadChannels, kPyramidSlope);
    }

    at::Tensor operator()(const at::Tensor& level, const at::Tensor& level_below) const {
        const at::Tensor means = at::matmul(wide, at::mean(level, {2, 3}).t());
        const at::Tensor gated = wide_gate.share_of(means.reshape({1, kPyramidChannels, 1, 1})).add_(1.0F);
        const at::Tensor weight =
            at::matmul(smooth.weight.permute({2, 3, 0, 1}), wide.mul(gated.reshape({-1, 1})));
        const Weights both{weight.permute({2, 3, 0, 1}), smooth.bias};
        at::Tensor y = both.prepared({.padding = 1})(level);
        below.add_to(y, level_below);
        return y.mul_(smooth_gate.share(y).add_(1.0F));
    }
};

/// A transposed convolution of 2 x 2 by steps of 2 writes no pixel twice: a plain one that gives the four
/// pixels as channels (row, column, output) does the same.
at::Tensor as_channels(const at::Tensor& weight) {
    return weight.permute({2, 3, 1, 0}).reshape({4 * weight.size(1), weight.size(0), 1, 1});
}

at::Tensor doubled(const at::Tensor& x) {
    return at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2});
}

}  // namespace

struct PpOcrNetwork::Layers {
    Convolution stem;
    std::array<Block, kBlocks.size()> blocks;
    std::array<Convolution, kLevels> lateral;
    std::array<Gated, kLevels> wide;    ///< But of the finest level.
    std::array<Gated, kLevels> smooth;  ///< The same.
    Finest finest;
    Convolution head;                                  ///< Of the finest level.
    std::array<EnlargedConvolution, kLevels> head_of;  ///< Of the others.
    Convolution grow, last;

    explicit Layers(Reader& from) {
        stem = from.next(kStemOutputs, 3, 3).prepared({.stride = 2, .padding = 1});
        read_blocks(from);
        for (std::size_t level = kLevels; --level > 0;) {
            wide[level] = read_gated(from, kPyramidChannels, kLevelChannels[level], 1);
        }
        finest.read_wide(from, kLevelChannels[0]);
        for (std::size_t level = kLevels; --level > 0;) {
            smooth[level] = read_gated(from, kHeadChannels, kPyramidChannels, 3);
        }
        finest.read_smooth(from);
        read_head(from);
        read_growing(from);
        if (!from.at_end()) {
            throw std::out_of_range{"more tensors than the network has"};
        }
    }

    /// Backbone and what hangs on its levels: scales of units go into what reads them.
    void read_blocks(Reader& from) {
        std::array<Unit, kLevels> ends;
        std::int64_t inputs = kStemOutputs;
        Unit before;
        for (std::size_t i = 0; i < kBlocks.size(); ++i) {
            const BlockShape& shape = kBlocks[i];
            Block& block = blocks[i];
            Weights own = from.next(inputs, 1, shape.kernel);
            own.take_in_scale(before);
            block.own = own.prepared({.stride = shape.stride, .padding = shape.kernel / 2, .groups = inputs});
            block.swish_between = shape.stride == 1;
            Unit between;
            if (block.swish_between) {
                between = from.unit();
            }
            read_all(from, block, shape, inputs, between);
            before = from.unit();
            block.shift = before.shift / before.scale;
            inputs = shape.outputs;
            for (std::size_t level = 0; level < kLevels; ++level) {
                ends[level] = kLevelEndsAt[level] == i ? before : ends[level];
            }
        }
        for (std::size_t level = 0; level < kLevels; ++level) {
            Weights side = from.next(kLevelChannels[level], kBlocks[kLevelEndsAt[level]].outputs, 1);
            side.take_in_scale(ends[level]);
            if (level == 0) {
                side.add_constant_output();
            }
            lateral[level] = side.prepared({});
        }
    }

    static void read_all(
        Reader& from, Block& block, const BlockShape& shape, std::int64_t inputs, const Unit& between
    ) {
        if (shape.gated) {
            block.gate = Gate::read(from, inputs, kBlockSlope, between);
            block.shift_between = between.shift / between.scale;
        }
        Weights all = from.next(shape.outputs, inputs, 1);
        if (shape.gated) {
            all.take_in_scale(between);
        } else {
            all.take_in(between);
        }
        block.all = all.prepared({});
    }

    /// Its inputs are the levels, the deepest first.
    void read_head(Reader& from) {
        Weights all = from.next(kHeadChannels, kLevels * kHeadChannels, 3);
        const auto of_level = [&](std::size_t level) {
            const auto first = static_cast<std::int64_t>(kLevels - 1 - level) * kHeadChannels;
            return all.weight.narrow(1, first, kHeadChannels);
        };
        for (std::size_t level = 1; level < kLevels; ++level) {
            head_of[level] = EnlargedConvolution{of_level(level), std::int64_t{1} << level};
        }
        head = Weights{of_level(0), all.bias}.prepared({.padding = 1});
    }

    void read_growing(Reader& from) {
        const Weights first = from.next_growing(kHeadChannels, kHeadChannels);
        grow = Convolution{as_channels(first.weight), first.bias.repeat({4}), {.relu = true}};
        const Weights second = from.next_growing(kHeadChannels, 1);
        // Once for each of the four pixels that the first one gave.
        last = Convolution{
            as_channels(second.weight).repeat({4, 1, 1, 1}), second.bias.repeat({16}), {.groups = 4}};
    }

    at::Tensor forward(at::Tensor x) const {
        x = stem(x);
        std::array<at::Tensor, kLevels> level;
        for (std::size_t i = 0, at = 0; i < blocks.size(); ++i) {
            x = blocks[i](x);
            if (i == kLevelEndsAt[at]) {
                level[at] = lateral[at](x);
                ++at;
            }
        }
        std::array<at::Tensor, kLevels> smoothed;
        at::Tensor below;
        for (std::size_t i = kLevels; --i > 0;) {
            at::Tensor joined = wide[i](level[i]);
            if (below.defined()) {
                joined.add_(doubled(below));
            }
            smoothed[i] = smooth[i](joined);
            below = joined;
        }
        x = head(finest(level[0], below));
        for (std::size_t i = 1; i < kLevels; ++i) {
            head_of[i].add_to(x, smoothed[i]);
        }
        x = at::sigmoid(last(grow(x.relu_())));
        return put_together(x);
    }

    /// Channels are (row, column) of the first doubling, then of the second.
    static at::Tensor put_together(const at::Tensor& x) {
        const std::int64_t rows = x.size(2);
        const std::int64_t columns = x.size(3);
        return x.reshape({2, 2, 2, 2, rows, columns})
            .permute({4, 0, 2, 5, 1, 3})
            .reshape({rows * kEnlargedBy, columns * kEnlargedBy})
            .contiguous();
    }
};

PpOcrNetwork::PpOcrNetwork(std::unique_ptr<Layers> layers) : layers_{std::move(layers)} {}

PpOcrNetwork::~PpOcrNetwork() = default;

Result<std::unique_ptr<TextNetwork>> PpOcrNetwork::load(const std::string& path, const Digest& expected) {
    settle_torch();
    EFFACE_TRY(const std::vector<std::byte> bytes, read_model(path, expected));
    EFFACE_TRY(const TensorFile file, parse_tensor_file(bytes));
    try {
        const c10::InferenceMode inference;
        Reader reader{file};
        return std::unique_ptr<TextNetwork>{new PpOcrNetwork{std::make_unique<Layers>(reader)}};
    } catch (const std::exception&) {
        return fail(Fault::kHalt, "the text detector's model file does not hold its network");
    }
}

Result<std::vector<float>> PpOcrNetwork::map_of(const PictureView& tile) {
    const std::size_t pixels = tile.columns * tile.rows;
    EFFACE_ASSERT(tile.columns % kSideMultiple == 0 && tile.rows % kSideMultiple == 0 && tile.channels == 3);
    EFFACE_ASSERT(pixels > 0 && tile.samples.size() == pixels * 3);
    try {
        const c10::InferenceMode inference;
        at::Tensor x = at::empty(
            {1, 3, static_cast<std::int64_t>(tile.rows), static_cast<std::int64_t>(tile.columns)}, at::kFloat,
            std::nullopt, std::nullopt, std::nullopt, at::MemoryFormat::ChannelsLast
        );
        // Trained on blue, green, red from -1 to 1.
        float* value = x.mutable_data_ptr<float>();
        for (std::size_t i = 0; i < pixels * 3; ++i) {
            value[i] = static_cast<float>(tile.samples[i - i % 3 + 2 - i % 3]) / 127.5F - 1.0F;
        }
        const at::Tensor map = layers_->forward(x);
        const float* probability = map.const_data_ptr<float>();
        std::vector<float> out(probability, probability + map.numel());
        const bool sound = out.size() == pixels && std::all_of(out.begin(), out.end(), [](float p) {
                               return p >= 0.0F && p <= 1.0F;
                           });
        if (sound) {
            return out;
        }
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "the text detector's network failed");
    }
    return fail(Fault::kRetry, "the text detector's network gave no map of its tile");
}

}  // namespace efface::pipeline
