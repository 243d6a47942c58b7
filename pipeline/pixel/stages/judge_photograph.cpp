// A photograph in which no face is found: that proves nothing, and a person must look.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::int64_t kFaceSideMin = 24;
constexpr std::int64_t kFacesAcrossMax =
    20;  ///< As many, side by side, would fill the picture's shorter side.

/// A face may be behind it: neither a letter nor a line.
bool is_of_face_size(const Occlusion& occlusion, const NativeImage& image) {
    const auto shorter = static_cast<std::int64_t>(std::min(image.columns(), image.rows()));
    const std::int64_t side = std::min(occlusion.box.width(), occlusion.box.height());
    return side >= kFaceSideMin && side >= shorter / kFacesAcrossMax;
}

Literal covered_photograph(OcclusionKind kind) {
    switch (kind) {
        case OcclusionKind::kBox:
            return "no face is found in a photograph, but a box drawn over it: somebody must look at it";
        case OcclusionKind::kEllipse:
            return "no face is found in a photograph, but an ellipse drawn over it: somebody must look at it";
        case OcclusionKind::kMosaic:
            return "no face is found in a photograph, but a mosaic: somebody must look at it";
        case OcclusionKind::kBlur:
            return "no face is found in a photograph, but a blurred region: somebody must look at it";
        case OcclusionKind::kBand:
            return "no face is found in a photograph, but a translucent band: somebody must look at it";
        case OcclusionKind::kScribble:
            return "no face is found in a photograph, but a scribble over it: somebody must look at it";
    }
    return "no face is found in a photograph, but a region that was covered: somebody must look at it";
}

/// That nothing is found proves nothing; what was covered is told, for whoever must look.
tl::unexpected<Error> faceless(const std::vector<Occlusion>& covered, const NativeImage& image) {
    const Occlusion* largest = nullptr;
    for (const Occlusion& occlusion : covered) {
        const bool larger = largest == nullptr || occlusion.box.area() > largest->box.area();
        if (is_of_face_size(occlusion, image) && larger) {
            largest = &occlusion;
        }
    }
    if (largest != nullptr) {
        return fail(Fault::kQuarantine, covered_photograph(largest->kind), kAtPixelData);
    }
    return fail(
        Fault::kQuarantine, "no face is found in a photograph: that proves nothing, somebody must look at it",
        kAtPixelData
    );
}

}  // namespace

bool is_photograph(const StageWork& work) {
    return work.identity.is_photograph;
}

Status judge_photograph(StageWork& work) {
    if (work.found.faces.empty()) {
        return faceless(work.covered, work.image);
    }
    return {};
}

bool has_face(const StageWork& work) {
    return !work.found.faces.empty();
}

}  // namespace efface::pipeline::stages
