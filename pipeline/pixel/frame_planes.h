// One frame's stored samples as the planes that a fill is computed with, and back. Thread rule: pure.
#pragma once

#include "pipeline/enhance/planes.h"
#include "pipeline/pixel/native_image.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace efface::pipeline {

/// Grey that is no palette, no single bits and no floats; colour of any depth that is searched.
bool can_be_filled(const NativeImage& image);

/// Stored values as numbers; bright is high, so those of MONOCHROME1 with the other sign. Colour as R, G, B,
/// whatever it is stored as. `samples` are all frames. Samples of `hidden` are not read: they are 0.
Planes planes_of(
    std::span<const std::byte> samples, const NativeImage& image, std::uint64_t frame, const PixelSet& hidden
);

/// Writes those of `set`, rounded, within what the stored bits hold; nothing else changes, but where two
/// pixels share their colour (YBR_FULL_422) that of both is the mean, and both must be in the set.
void put_planes(
    std::span<std::byte> samples, const NativeImage& image, std::uint64_t frame, const Planes& planes,
    const PixelSet& set
);

}  // namespace efface::pipeline
