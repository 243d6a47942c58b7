#include "pipeline/pixel/found_identity.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::int64_t kFaceSideMin = 24;
constexpr std::int64_t kFacesAcrossMax =
    20;  ///< As many, side by side, would fill the picture's shorter side.

void note(std::vector<Box>& boxes, const std::vector<Detection>& detections) {
    for (const Detection& detection : detections) {
        if (std::ranges::find(boxes, detection.box) == boxes.end()) {
            boxes.push_back(detection.box);
        }
    }
}

/// Adds what is not covered yet; false: nothing was.
bool extend(Mask& mask, const FoundIdentity& found, const NativeImage& image) {
    const std::size_t before = mask.boxes.size();
    for (const Box& box : found.text) {
        add(mask, mask_box_of_text(box, image.columns(), image.rows()), image.columns(), image.rows());
    }
    for (const Box& box : found.faces) {
        add(mask, mask_box_of_face(box, image.columns(), image.rows()), image.columns(), image.rows());
    }
    return mask.boxes.size() > before;
}

bool leaves_any(const FoundIdentity& found, const Mask& mask, const NativeImage& image) {
    const auto left = [&](const Box& box) { return !mask.covers(box, image.columns(), image.rows()); };
    return std::ranges::any_of(found.text, left) || std::ranges::any_of(found.faces, left);
}

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

Result<std::vector<Occlusion>> find_earlier_occlusions(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
) {
    std::vector<Occlusion> all;
    for (std::uint64_t frame = 0; identity.face && frame < image.frame_count(); ++frame) {
        const Picture picture = image.picture(samples, frame, samples);
        EFFACE_TRY(const std::vector<Occlusion> found, find_occlusions(picture.view()));
        for (const Occlusion& occlusion : found) {
            const bool known = std::ranges::any_of(all, [&](const Occlusion& other) {
                return other.kind == occlusion.kind && other.box == occlusion.box;
            });
            if (!known) {
                all.push_back(occlusion);
            }
        }
        if (all.size() > kMaskBoxesMax) {
            return fail(
                Fault::kQuarantine, "more earlier occlusions are found than an image can hold", kAtPixelData
            );
        }
    }
    return all;
}

Result<FoundIdentity> find_identity(
    std::span<const std::byte> samples, std::span<const std::byte> like, const NativeImage& image,
    const rules::PixelIdentity& identity, const Finders& finders
) {
    FoundIdentity found;
    if (!identity.text && !identity.face) {
        return found;
    }
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        const Picture picture = image.picture(samples, frame, like);
        if (identity.text) {
            EFFACE_TRY(const std::vector<Detection> text, finders.text->find(picture.view()));
            note(found.text, text);
        }
        if (identity.face) {
            EFFACE_TRY(const std::vector<Detection> faces, finders.face->find(picture.view()));
            note(found.faces, faces);
        }
        if (found.text.size() + found.faces.size() > kMaskBoxesMax) {
            return fail(
                Fault::kQuarantine, "more text or faces are found than an image can hold", kAtPixelData
            );
        }
    }
    return found;
}

Result<IdentityMask> mask_identity(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity,
    const Finders& finders, const std::vector<Box>& declared
) {
    IdentityMask masked;
    Mask& mask = masked.mask;
    for (const Box& box : declared) {
        add(mask, mask_box_of_region(box, image.columns(), image.rows()), image.columns(), image.rows());
    }
    EFFACE_TRY(const std::vector<Occlusion> covered, find_earlier_occlusions(samples, image, identity));
    for (const Occlusion& occlusion : covered) {
        ++masked.occlusions[static_cast<std::size_t>(occlusion.kind)]
                           [static_cast<std::size_t>(occlusion.verdict)];
        if (occlusion.verdict == OcclusionVerdict::kInsufficient) {
            add(mask, mask_box_of_occlusion(occlusion.box, image.columns(), image.rows()), image.columns(),
                image.rows());
        }
    }
    std::vector<std::byte> blackened(samples.begin(), samples.end());
    blacken(blackened, image, mask);
    EFFACE_TRY(FoundIdentity found, find_identity(blackened, samples, image, identity, finders));
    if (identity.is_photograph && found.faces.empty()) {
        return faceless(covered, image);
    }
    for (int round = 0; round < kSearchRoundsMax; ++round) {
        if (!extend(mask, found, image) && !leaves_any(found, mask, image)) {
            return masked;  // The frames as they are were searched.
        }
        blacken(blackened, image, mask);
        EFFACE_TRY(found, find_identity(blackened, samples, image, identity, finders));
        if (!leaves_any(found, mask, image)) {
            return masked;
        }
    }
    return fail(
        Fault::kQuarantine, "text or a face is still found after what was found is blackened", kAtPixelData
    );
}

}  // namespace efface::pipeline
