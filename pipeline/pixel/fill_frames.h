// fill_frames: the holes of an instance's frames filled and marked (pipeline/enhance, pipeline/watermark).
// The cleaner runs it on what it blackened; the gate blackens the original itself and runs it again: the
// samples must be the same (promise P8: nothing but visible pixels, mask, key, new UID and the work order's
// time decides about them). Thread rule: the generator belongs to the calling thread.
#pragma once

#include "config/environment.h"
#include "pipeline/enhance/fill_hole.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/pixel/native_image.h"
#include "pipeline/watermark/mark_key.h"
#include "rules/keys/project_key.h"
#include "rules/matching/enhance_rules.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

/// Fills in all frames together, pixels of a frame, and bytes of all frames, of which there are up to six
/// copies: what a worker has time and memory for.
inline constexpr std::uint64_t kFillsMax = 512;
inline constexpr std::uint64_t kFilledFramePixelsMax = std::uint64_t{1} << 24U;
inline constexpr std::uint64_t kFilledBytesMax = std::uint64_t{1} << 29U;

/// Why these holes are not filled whatever their surround is; nothing: they may be.
std::optional<Literal> obstacle_to_fill(const NativeImage& image, std::span<const Hole> holes);

/// The second that a mark says, of a work order's time.
std::uint32_t utc_seconds_of(UnixMicros at);

/// All that decides about a fill besides the samples.
class FillContext {
public:
    /// `new_uid`: the SOP Instance UID that the filled instance has. `at`: the work order's time, which the
    /// mark says, to the second.
    FillContext(
        Generator& generator, const rules::EnhanceSettings& settings, const rules::ProjectKey& key,
        std::string new_uid, UnixMicros at
    );

    Generator& generator() const { return generator_; }

    const rules::EnhanceSettings& settings() const { return settings_; }

    const WatermarkKey& mark_key() const { return mark_key_; }

    std::uint32_t utc_seconds() const { return utc_seconds_; }

    /// Under the project's key, of the new UID, the model, the frame and the hole; never of pixels.
    Digest seed(std::uint64_t frame, const Hole& hole) const;

private:
    Generator& generator_;
    rules::EnhanceSettings settings_;
    rules::ProjectKey seed_key_;
    WatermarkKey mark_key_{};
    std::string new_uid_;
    std::uint32_t utc_seconds_;
};

struct FrameFill {
    std::uint64_t frame = 0;
    FilledHole hole;
    EmbedResult mark = EmbedResult::kTooSmall;  ///< Of a hole that is filled.
};

/// `samples`: all frames, black under `mask`; only pixels of `holes` that are not refused change. One entry
/// for each hole of each of its frames. Fault::kQuarantine: obstacle_to_fill(); else as the generator's.
Result<std::vector<FrameFill>> fill_frames(
    std::span<std::byte> samples, const NativeImage& image, const Mask& mask, std::span<const Hole> holes,
    const FillContext& context
);

/// Whether the mark of this filled hole reads from these samples, of which some may have changed since it was
/// embedded.
bool mark_reads(
    std::span<const std::byte> samples, const NativeImage& image, const Mask& mask, const FrameFill& fill,
    const FillContext& context
);

/// At the edge of this filled hole in these samples (pipeline/enhance/tone.h).
double grey_difference_in(
    std::span<const std::byte> samples, const NativeImage& image, const Mask& mask, const FrameFill& fill
);

}  // namespace efface::pipeline
