// What the detectors find in the frames of an instance, and the mask that takes it away.
//
//   find what was covered before -> find in every frame -> grow to boxes on the grid -> blacken -> find
//   again, where nothing may be left
//
// found_box.h says which frames what one of them shows is blackened in.
// Thread rule: the detectors belong to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/occlusions/occlusions.h"
#include "pipeline/picture/detector.h"
#include "pipeline/picture/line_reader.h"
#include "pipeline/pixel/found_box.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/pixel/native_image.h"
#include "rules/profile/identity_possible.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

/// Edges of what was blackened look like letters now and then, and so do those of what is blackened then: in
/// speckle it took five rounds.
inline constexpr int kSearchRoundsMax = 8;
/// No limit of its own: the worker's processor time bounds it (WorkerLimits).
inline constexpr std::int64_t kSearchCpuMicrosMax = std::numeric_limits<std::int64_t>::max();

/// Owned by the worker. Null: this worker has none, and judges no picture.
struct Finders {
    Detector* text = nullptr;
    Detector* face = nullptr;
    /// Sees faces in photographs alone, but takes fewer other things for one. Null: `face` does it.
    Detector* photographed_face = nullptr;
    /// Null: nothing is read, and no marker is spared.
    LineReader* reader = nullptr;

    bool complete() const { return text != nullptr && face != nullptr; }
};

struct FoundIdentity {
    std::vector<FoundBox> text;
    std::vector<FoundBox> faces;
    std::vector<Box> markers{};  ///< Text that was read as a marker which may stay; not among `text`.
    /// Nearly found (Detector::doubts), and nothing that was found in the same picture meets it.
    std::vector<Box> doubts{};
};

/// Of a search of what is blackened already: edges of the mask look like letters, so what meets it is none.
/// Of the mask of every frame alone: what is black in some frames leaves edges in no others.
bool has_near_miss(const FoundIdentity& found, const Mask& mask);

/// kAgain: of what was searched before and is blackened now, quicker (Detector::find_again).
enum class SearchRound : std::uint8_t { kFirst, kAgain };

/// Each box once, with its frames. Searches for text where `identity.text`, for faces where
/// `identity.face`. `like`: see NativeImage::picture().
Result<FoundIdentity> find_identity(
    std::span<const std::byte> samples, std::span<const std::byte> like, const NativeImage& image,
    const rules::PixelIdentity& identity, const Finders& finders, SearchRound round
);

/// Where a face is possible, but for ultrasound: its speckle looks covered in half of all pictures
/// (docs/occlusions.md), and faces are not what is covered in it.
bool is_searched_for_occlusions(const rules::PixelIdentity& identity);

/// What somebody covered before in all frames together, each region once, where it is searched for. Of the
/// original only: what is blackened here would be found as well.
Result<std::vector<Occlusion>> find_earlier_occlusions(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
);

/// How many were found, by OcclusionKind and OcclusionVerdict.
using OcclusionCounts = std::array<std::array<std::uint32_t, 2>, kOcclusionKinds>;

/// One stage of the search (stage.h) that ran: what it cost, and how many boxes the mask had then.
struct StageReport {
    std::string name;
    std::int64_t cpu_micros = 0;
    std::size_t mask_boxes = 0;

    bool operator==(const StageReport&) const = default;
};

/// For what of the mask a fill is wanted: an earlier occlusion that destroyed what it covers is masked then
/// as well, so that something else can be drawn there.
struct FillChoice {
    bool occlusions = false;
    bool faces = false;
    std::vector<Box> regions{};  ///< Of those that are declared.

    bool any() const { return occlusions || faces || !regions.empty(); }
};

struct IdentityMask {
    Mask mask;
    OcclusionCounts occlusions{};
    std::vector<StageReport> stages{};
    std::size_t markers = 0;    ///< That stay in the pixels.
    std::vector<Hole> holes{};  ///< As MaskPlan::fill asks.
};

struct MaskPlan {
    std::vector<Box> declared{};  ///< Black whatever is found.
    /// Moves the mask's edges outward to where the codec can write them; empty: they may stay.
    std::function<Result<Mask>(const Mask&)> snap{};
    /// Of all threads of the process, for all stages together.
    std::int64_t cpu_micros_max = kSearchCpuMicrosMax;
    FillChoice fill{};
};

/// Runs the stages of stage_list.h. Fault::kQuarantine: a photograph without a face, too much found,
/// something left after kSearchRoundsMax rounds, or too much time. What was covered insufficiently before is
/// masked again; what was destroyed is counted.
Result<IdentityMask> mask_identity(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity,
    const Finders& finders, const MaskPlan& plan = {}
);

}  // namespace efface::pipeline
