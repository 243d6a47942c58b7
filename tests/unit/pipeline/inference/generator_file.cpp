#include "tests/unit/pipeline/inference/generator_file.h"

#include <cmath>
#include <cstdint>
#include <functional>

namespace efface::testing {

namespace {

constexpr std::size_t kSide = 64;
constexpr std::size_t kHoleFrom = 16;
constexpr std::size_t kHoleTo = 48;

/// The contract's picture and noise, worked out apart from the code under test; the hole is 0.
struct Example {
    std::vector<double> visible;  // Plane by plane.
    std::vector<double> noise;
};

bool is_hidden(std::size_t x, std::size_t y) {
    return x >= kHoleFrom && x < kHoleTo && y >= kHoleFrom && y < kHoleTo;
}

Example example_of(std::size_t channels) {
    Example example;
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < channels * kSide * kSide; ++i) {
        state = state * 1664525U + 1013904223U;
        const std::size_t place = i % (kSide * kSide);
        const double value = static_cast<double>(state >> 24U) / 127.5 - 1;
        example.visible.push_back(is_hidden(place % kSide, place / kSide) ? 0.0 : value);
    }
    state = 2;
    for (std::size_t i = 0; i < kSide * kSide / 4; ++i) {
        state = state * 1664525U + 1013904223U;
        example.noise.push_back((static_cast<double>(state >> 24U) / 255.0 - 0.5) * std::sqrt(12.0));
    }
    return example;
}

/// `drawn(channel, x, y)` is what the network draws there.
Json metadata_of(
    std::size_t channels, const std::function<double(std::size_t, std::size_t, std::size_t)>& drawn
) {
    Json at = Json::array();
    Json values = Json::array();
    for (std::size_t i = 0; i < 24; ++i) {
        const std::size_t channel = i % channels;
        const std::size_t x = kHoleFrom + (7 * i) % (kHoleTo - kHoleFrom);
        const std::size_t y = kHoleFrom + i;
        at.push_back((channel * kSide + y) * kSide + x);
        values.push_back(drawn(channel, x, y));
    }
    return Json{
        {"contract", "efface-generator/1"},
        {"name", "test"},
        {"version", "1"},
        {"licence", "none"},
        {"trained_on", "nothing"},
        {"channels", channels},
        {"range", {-1, 1}},
        {"sizes", {64, 128}},
        {"side_multiple", 32},
        {"hole_value", 0.0},
        {"window", "p0.5-p99.5 visible"},
        {"max_mask_fraction", 0.45},
        {"uses_noise", true},
        {"alignment", "none"},
        {"precision", {"fp32", "bf16"}},
        {"self_test",
         {{"side", kSide},
          {"hole", {kHoleFrom, kHoleFrom, kHoleTo, kHoleTo}},
          {"generator", "lcg-1664525-1013904223-top-byte"},
          {"picture_state", 1},
          {"noise_state", 2},
          {"at", at},
          {"values", values},
          {"tolerance", 0.001}}}};
}

}  // namespace

std::string plain_generator_code() {
    return R"(
def forward(self, x, mask, noise):
    hidden = mask > 0.5
    visible = torch.where(hidden, torch.zeros_like(x), x)
    grain = noise.repeat_interleave(2, 2).repeat_interleave(2, 3)
    drawn = 0.5 * torch.mean(visible, [2, 3], True) + 0.1 * grain
    return torch.where(hidden, drawn, x)
)";
}

Json plain_generator_metadata(std::size_t channels) {
    const Example example = example_of(channels);
    constexpr std::size_t kPlane = kSide * kSide;
    return metadata_of(channels, [&](std::size_t channel, std::size_t x, std::size_t y) {
        double sum = 0;
        for (std::size_t i = 0; i < kPlane; ++i) {
            sum += example.visible[channel * kPlane + i];
        }
        return 0.5 * sum / kPlane + 0.1 * example.noise[y / 2 * (kSide / 2) + x / 2];
    });
}

Json plain_confidence() {
    return Json{
        {"intercept", -0.5},
        {"weights",
         {{"ring_ssim", 3.0},
          {"ring_grey", -4.0},
          {"ring_fine", -1.0},
          {"no_ring", 0.25},
          {"hidden", -2.0},
          {"snr", 0.125},
          {"size", -0.75}}},
        {"ring", 12},
        {"fitted", {{"cases", 384}, {"first_seed", 30'000'000}, {"generator", "ab12"}}}};
}

std::string smoothing_generator_code() {
    return R"(
def forward(self, x, mask, noise):
    hidden = mask > 0.5
    visible = torch.where(hidden, torch.zeros_like(x), x)
    drawn = torch.conv2d(visible, self.kernel, None, [1, 1], [1, 1], [1, 1], 1)
    return torch.where(hidden, drawn, x)
)";
}

Json smoothing_generator_metadata() {
    const Example example = example_of(1);
    return metadata_of(1, [&](std::size_t, std::size_t x, std::size_t y) {
        double sum = 0;
        for (std::size_t down = y - 1; down <= y + 1; ++down) {
            for (std::size_t across = x - 1; across <= x + 1; ++across) {
                sum += example.visible[down * kSide + across];
            }
        }
        return sum / 9;
    });
}

std::vector<float> smoothing_kernel() {
    return std::vector<float>(9, 1.0F / 9.0F);
}

}  // namespace efface::testing
