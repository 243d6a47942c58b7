#include "pipeline/pixel/found_identity.h"

#include "pipeline/picture/boxes.h"
#include "pipeline/pixel/cine.h"
#include "pipeline/pixel/spared_markers.h"
#include "pipeline/pixel/stage_list.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

bool lies_within(const Box& inner, const Box& outer) {
    return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
           inner.bottom <= outer.bottom;
}

void note(std::vector<Box>& boxes, const Box& box) {
    if (std::ranges::none_of(boxes, [&](const Box& known) { return lies_within(box, known); })) {
        boxes.push_back(box);
    }
}

/// Collects what the finders see in the frames of one instance.
class FrameSearch {
public:
    FrameSearch(const rules::PixelIdentity& identity, const Finders& finders)
        : identity_{identity}, finders_{finders} {}

    Status look_for_text(const Picture& picture, SearchRound round) {
        if (!identity_.text) {
            return {};
        }
        EFFACE_TRY(std::vector<Detection> found, search(*finders_.text, picture, round));
        note_doubts(*finders_.text, found);
        if (finders_.reader != nullptr) {
            EFFACE_TRY(
                SparedText spared,
                spare_markers(std::move(found), picture.view(), identity_.markers_left, *finders_.reader)
            );
            for (const Box& marker : spared.markers) {
                note(found_.markers, marker);
            }
            found = std::move(spared.text);
        }
        return note_all(found, found_.text);
    }

    Status look_for_faces(const Picture& picture, SearchRound round) {
        if (!identity_.face_is_searched()) {
            return {};
        }
        // An ultrasound screen may hold a photograph at most, and sectors look like heads to a detector of
        // those.
        if (identity_.kind == rules::ImageKind::kUltrasound && finders_.photographed_face != nullptr) {
            EFFACE_TRY(
                const std::vector<Detection> found,
                search(*finders_.photographed_face, picture, SearchRound::kAgain)
            );
            note_doubts(*finders_.photographed_face, found);
            return note_all(found, found_.faces);
        }
        EFFACE_TRY(const std::vector<Detection> found, search(*finders_.face, picture, round));
        note_doubts(*finders_.face, found);
        return note_all(found, found_.faces);
    }

    /// In half the frame's size and quickly: one of many frames.
    Status look_at_half(const Picture& frame, bool faces) {
        const Picture half = halved(frame.view());
        FrameSearch search{identity_, finders_};
        EFFACE_CHECK(search.look_for_text(half, SearchRound::kAgain));
        EFFACE_CHECK(faces ? search.look_for_faces(half, SearchRound::kAgain) : Status{});
        for (const Box& box : search.found_.text) {
            note(found_.text, doubled(box));
        }
        for (const Box& box : search.found_.faces) {
            note(found_.faces, doubled(box));
        }
        for (const Box& box : search.found_.doubts) {
            note(found_.doubts, doubled(box));
        }
        return check_count();
    }

    FoundIdentity take() { return std::move(found_); }

private:
    static Result<std::vector<Detection>> search(
        Detector& detector, const Picture& picture, SearchRound round
    ) {
        return round == SearchRound::kFirst ? detector.find(picture.view())
                                            : detector.find_again(picture.view());
    }

    void note_doubts(const Detector& detector, const std::vector<Detection>& found) {
        for (const Detection& doubt : detector.doubts()) {
            const bool known =
                std::ranges::any_of(found, [&](const Detection& one) { return meet(one.box, doubt.box); });
            if (!known && !doubt.box.empty() && found_.doubts.size() < kMaskBoxesMax) {
                note(found_.doubts, doubt.box);
            }
        }
    }

    Status note_all(const std::vector<Detection>& found, std::vector<Box>& boxes) const {
        for (const Detection& detection : found) {
            note(boxes, detection.box);
        }
        return check_count();
    }

    Status check_count() const {
        if (found_.text.size() + found_.faces.size() > kMaskBoxesMax) {
            return fail(
                Fault::kQuarantine, "more text or faces are found than an image can hold", kAtPixelData
            );
        }
        return {};
    }

    const rules::PixelIdentity& identity_;
    const Finders& finders_;
    FoundIdentity found_;
};

}  // namespace

bool has_near_miss(const FoundIdentity& found, const std::vector<Box>& mask) {
    return std::ranges::any_of(found.doubts, [&](const Box& doubt) {
        return std::ranges::none_of(mask, [&](const Box& box) { return meet(box, doubt); });
    });
}

bool is_searched_for_occlusions(const rules::PixelIdentity& identity) {
    return identity.face && identity.kind != rules::ImageKind::kUltrasound;
}

Result<std::vector<Occlusion>> find_earlier_occlusions(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
) {
    std::vector<Occlusion> all;
    if (!is_searched_for_occlusions(identity)) {
        return all;
    }
    // What was drawn over a cine stands still.
    const bool cine = is_cine(image, identity);
    for (std::uint64_t frame = 0; frame < (cine ? 1 : image.frame_count()); ++frame) {
        const Picture picture =
            cine ? projections(image, samples, samples)[0] : image.picture(samples, frame, samples);
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
    if (!identity.text && !identity.face) {
        return FoundIdentity{};
    }
    if (is_cine(image, identity)) {
        // Nothing is read in a mean of many frames, nor in half a frame's size.
        rules::PixelIdentity unread = identity;
        unread.markers_left.reset();
        FrameSearch search{unread, finders};
        for (const Picture& projection : projections(image, samples, like)) {
            EFFACE_CHECK(search.look_for_text(projection, round));
        }
        const std::uint64_t step = (image.frame_count() + kCineFaceFramesMax - 1) / kCineFaceFramesMax;
        for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
            const bool faces = frame % step == 0;
            EFFACE_CHECK(search.look_at_half(image.picture(samples, frame, like), faces));
        }
        return search.take();
    }
    if (image.frame_count() > kSingleFramesMax) {
        return fail(
            Fault::kQuarantine, "Pixel Data has more frames than are searched one by one", kAtPixelData
        );
    }
    FrameSearch search{identity, finders};
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        const Picture picture = image.picture(samples, frame, like);
        EFFACE_CHECK(search.look_for_text(picture, round));
        EFFACE_CHECK(search.look_for_faces(picture, round));
    }
    return search.take();
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
    IdentityMask masked{
        .mask = std::move(work.mask),
        .occlusions = {},
        .stages = std::move(stages),
        .markers = work.found.markers.size()};
    for (const Occlusion& occlusion : work.covered) {
        ++masked.occlusions[static_cast<std::size_t>(occlusion.kind)]
                           [static_cast<std::size_t>(occlusion.verdict)];
    }
    return masked;
}

}  // namespace efface::pipeline
