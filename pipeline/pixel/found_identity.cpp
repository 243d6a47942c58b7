#include "pipeline/pixel/found_identity.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

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

}  // namespace

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

Result<Mask> mask_identity(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity,
    const Finders& finders, const std::vector<Box>& declared
) {
    Mask mask;
    for (const Box& box : declared) {
        add(mask, mask_box_of_region(box, image.columns(), image.rows()), image.columns(), image.rows());
    }
    std::vector<std::byte> blackened(samples.begin(), samples.end());
    blacken(blackened, image, mask);
    EFFACE_TRY(FoundIdentity found, find_identity(blackened, samples, image, identity, finders));
    if (identity.is_photograph && found.faces.empty()) {
        return fail(
            Fault::kQuarantine,
            "no face is found in a photograph: that proves nothing, somebody must look at it", kAtPixelData
        );
    }
    for (int round = 0; round < kSearchRoundsMax; ++round) {
        if (!extend(mask, found, image) && !leaves_any(found, mask, image)) {
            return mask;  // The frames as they are were searched.
        }
        blacken(blackened, image, mask);
        EFFACE_TRY(found, find_identity(blackened, samples, image, identity, finders));
        if (!leaves_any(found, mask, image)) {
            return mask;
        }
    }
    return fail(
        Fault::kQuarantine, "text or a face is still found after what was found is blackened", kAtPixelData
    );
}

}  // namespace efface::pipeline
