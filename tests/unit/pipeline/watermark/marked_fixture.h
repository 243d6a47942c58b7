// What the tests of the mark share: a key, a second, a picture and a region in it.
#pragma once

#include "pipeline/watermark/watermark.h"
#include "tests/unit/pipeline/watermark/drawn_textures.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace efface::testing {

inline constexpr std::uint32_t kWhen = 1796099400;
inline const pipeline::WatermarkKey kMarkKey{0x4D, 0x41, 0x52, 0x4B};
inline const pipeline::Box kRegion{32, 40, 160, 136};
inline constexpr std::array kTextures{Texture::kSmooth, Texture::kNoisy, Texture::kPhotograph};

/// Where nothing can be read.
inline std::optional<std::uint32_t> second_of(const std::optional<pipeline::Reading>& reading) {
    return reading ? std::optional{reading->utc_seconds} : std::nullopt;
}

inline std::optional<std::uint32_t> second_in(
    const pipeline::GreyPlane& plane, std::span<const pipeline::Box> region
) {
    return second_of(pipeline::read(plane, region, kMarkKey));
}

inline std::optional<std::uint32_t> second_in(
    const pipeline::GreyPlane& plane, const pipeline::Box& region = kRegion
) {
    return second_in(plane, std::span{&region, 1});
}

inline pipeline::EmbedOutcome mark(
    pipeline::GreyPlane& plane, const pipeline::Box& region = kRegion,
    const pipeline::EmbedOptions& options = {}
) {
    return pipeline::embed(plane, std::span{&region, 1}, kMarkKey, kWhen, options);
}

}  // namespace efface::testing
