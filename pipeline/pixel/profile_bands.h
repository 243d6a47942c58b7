// The bands over profiles in the frames of a radiograph (pipeline/head_profile), for the cleaner, which
// blackens them, and for the gate, which asks the original itself. Thread rule: pure.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/native_image.h"
#include "rules/profile/identity_possible.h"

#include <cstddef>
#include <span>
#include <vector>

namespace efface::pipeline {

/// A head hardly moves while it is looked through: so many frames, evenly spread, stand for all.
inline constexpr std::uint64_t kProfileFramesMax = 12;

/// A radiograph that may show a head: nothing else has bands.
bool is_searched_for_profiles(const rules::PixelIdentity& identity);

/// Of all frames together. Fault::kQuarantine: a view of head or neck that is not said to be frontal, and no
/// profile is found in it.
Result<std::vector<Box>> find_profile_bands(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
);

}  // namespace efface::pipeline
