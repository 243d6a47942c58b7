// Stage: one step of the search through the pixels of an instance, as a row of a list (stage_list.h), and the
// one function that runs them. Thread rule: as the finders'.
#pragma once

#include "pipeline/pixel/found_identity.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What the stages work on, and what they have made of it so far.
struct StageWork {
    std::span<const std::byte> samples;  ///< All frames as they came.
    const NativeImage& image;
    const rules::PixelIdentity& identity;
    const Finders& finders;
    const std::vector<Box>& declared;
    /// Moves the mask's edges outward to where the codec can write them; empty: they may stay.
    std::function<Result<Mask>(const Mask&)> snap;

    Mask mask;
    std::vector<std::byte> blackened;  ///< The samples with the mask so far.
    FoundIdentity found;               ///< By the last search.
    std::vector<Occlusion> covered;    ///< Earlier occlusions of the original.
    std::vector<Box> profiles{};       ///< Bands over heads from the side.
    std::vector<Box> nearly_found{};   ///< Doubts of the first search.
    FillChoice fill{};                 ///< What is to be filled afterwards.
    Mask faces{};                      ///< Of the mask: what hides faces, where they are to be filled.
};

struct Stage {
    std::string_view name;
    bool (*applies)(const StageWork& work);
    /// Fault::kQuarantine: a doubt that a person must look at.
    Status (*run)(StageWork& work);
    /// The postcondition.
    bool (*holds)(const StageWork& work);
    std::string_view why_here;
};

/// Runs those that apply, in their order. After each: did it take longer than all of them may together, does
/// its postcondition hold? Fault::kQuarantine where not.
Result<std::vector<StageReport>> run_stages(
    std::span<const Stage> stages, StageWork& work, std::int64_t cpu_micros_max
);

/// For stages: the mask to where it can be written, and black under it.
Status apply_mask(StageWork& work);

/// For stages: what of the last search lies outside the mask of its frames.
bool leaves_any(const StageWork& work);

}  // namespace efface::pipeline
