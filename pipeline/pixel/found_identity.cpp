#include "pipeline/pixel/found_identity.h"

#include "pipeline/pixel/stage_list.h"

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

}  // namespace

bool is_searched_for_occlusions(const rules::PixelIdentity& identity) {
    return identity.face && identity.kind != rules::ImageKind::kUltrasound;
}

Result<std::vector<Occlusion>> find_earlier_occlusions(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
) {
    std::vector<Occlusion> all;
    for (std::uint64_t frame = 0; is_searched_for_occlusions(identity) && frame < image.frame_count();
         ++frame) {
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
    const rules::PixelIdentity& identity, const Finders& finders, SearchRound round
) {
    const auto search = [round](Detector& detector, const Picture& picture) {
        return round == SearchRound::kFirst ? detector.find(picture.view())
                                            : detector.find_again(picture.view());
    };
    FoundIdentity found;
    if (!identity.text && !identity.face) {
        return found;
    }
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        const Picture picture = image.picture(samples, frame, like);
        if (identity.text) {
            EFFACE_TRY(const std::vector<Detection> text, search(*finders.text, picture));
            note(found.text, text);
        }
        if (identity.face) {
            EFFACE_TRY(const std::vector<Detection> faces, search(*finders.face, picture));
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
    const Finders& finders, const MaskPlan& plan
) {
    StageWork work{
        .samples = samples,
        .image = image,
        .identity = identity,
        .finders = finders,
        .declared = plan.declared,
        .snap = plan.snap,
        .mask = {},
        .blackened = {samples.begin(), samples.end()},
        .found = {},
        .covered = {},
    };
    EFFACE_TRY(std::vector<StageReport> stages, run_stages(pixel_stages(), work, plan.cpu_micros_max));
    IdentityMask masked{.mask = std::move(work.mask), .occlusions = {}, .stages = std::move(stages)};
    for (const Occlusion& occlusion : work.covered) {
        ++masked.occlusions[static_cast<std::size_t>(occlusion.kind)]
                           [static_cast<std::size_t>(occlusion.verdict)];
    }
    return masked;
}

}  // namespace efface::pipeline
