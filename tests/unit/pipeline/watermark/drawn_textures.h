// Grey pictures of seeded noise that look like what a fill is put into, and what may happen to a picture
// afterwards. Nothing comes from files.
#pragma once

#include "pipeline/watermark/watermark.h"

#include <cstdint>
#include <string_view>

namespace efface::testing {

enum class Texture : std::uint8_t {
    kSmooth,      ///< Slow shades with hardly any grain, as most networks fill.
    kNoisy,       ///< A slice as of CT: organs, air that is black, correlated grain of 4 to 12 grey levels.
    kPhotograph,  ///< Structure of every size, sharp edges, areas of black and white.
};

std::string_view texture_name(Texture texture);

/// Not rounded, 0 to 255.
pipeline::GreyPlane drawn(Texture texture, std::size_t columns, std::size_t rows, std::uint32_t seed);

pipeline::GreyPlane in_eight_bits(const pipeline::GreyPlane& plane);
/// gain * value + offset, in eight bits.
pipeline::GreyPlane rewindowed(const pipeline::GreyPlane& plane, float gain, float offset);
/// 255 - value, in eight bits.
pipeline::GreyPlane inverted(const pipeline::GreyPlane& plane);
/// Through a grey JPEG of libjpeg's and back.
pipeline::GreyPlane through_jpeg(const pipeline::GreyPlane& plane, int quality);
/// Noise of this deviation added, in eight bits.
pipeline::GreyPlane noised(const pipeline::GreyPlane& plane, double deviation, std::uint32_t seed);

}  // namespace efface::testing
