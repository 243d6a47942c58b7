#include "pipeline/watermark/trial_channels.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

// Table K.1 at quality 50; libjpeg scales it by 200 - 2 quality per cent.
constexpr std::array<int, kBlockPixels> kLuminance{
    16, 11, 10, 16, 24,  40,  51,  61,   //
    12, 12, 14, 19, 26,  58,  60,  55,   //
    14, 13, 16, 24, 40,  57,  69,  56,   //
    14, 17, 22, 29, 51,  87,  80,  62,   //
    18, 22, 37, 56, 68,  109, 103, 77,   //
    24, 35, 55, 64, 81,  104, 113, 92,   //
    49, 64, 78, 87, 103, 121, 120, 101,  //
    72, 92, 95, 98, 112, 100, 103, 99,
};
constexpr int kTrialQuality = 65;

float eight_bits(float value) {
    return std::clamp(std::round(value), 0.0F, 255.0F);
}

}  // namespace

BlockValues in_eight_bits(const BlockValues& pixels) {
    BlockValues out{};
    std::ranges::transform(pixels, out.begin(), eight_bits);
    return out;
}

BlockValues at_half_contrast(const BlockValues& pixels) {
    BlockValues out{};
    std::ranges::transform(pixels, out.begin(), [](float value) { return eight_bits(value / 2 + 64); });
    return out;
}

BlockValues through_jpeg(const BlockValues& pixels) {
    BlockValues shifted = in_eight_bits(pixels);
    std::ranges::transform(shifted, shifted.begin(), [](float value) { return value - 128; });
    BlockValues coefficients = forward_transform(shifted);
    for (std::size_t i = 0; i < kBlockPixels; ++i) {
        const int step = (kLuminance[i] * (200 - 2 * kTrialQuality) + 50) / 100;
        coefficients[i] = std::round(coefficients[i] / static_cast<float>(step)) * static_cast<float>(step);
    }
    BlockValues out = inverse_transform(coefficients);
    std::ranges::transform(out, out.begin(), [](float value) { return eight_bits(value + 128); });
    return out;
}

}  // namespace efface::pipeline
