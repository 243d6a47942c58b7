#include "pipeline/pixel/found_identity.h"

#include "pipeline/picture/boxes.h"
#include "pipeline/pixel/cine.h"
#include "pipeline/pixel/holes.h"
#include "pipeline/pixel/spared_markers.h"
#include "pipeline/pixel/stage_list.h"

#include <algorithm>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

/// One picture of the instance that is searched.
struct Look {
    const Picture& picture;
    SearchRound round;
    std::optional<std::uint64_t> frame{};  ///< None: a projection of all.
    bool is_half = false;                  ///< Of the frame's size.
};

/// Collects what the finders see in the frames of one instance.
class FrameSearch {
public:
    FrameSearch(const rules::PixelIdentity& identity, const Finders& finders)
        : identity_{identity}, finders_{finders} {}

    Status look_for_text(const Look& at) {
        if (!identity_.text) {
            return {};
        }
        EFFACE_TRY(std::vector<Detection> found, search(*finders_.text, at));
        note_doubts(*finders_.text, found, at);
        if (finders_.reader != nullptr) {
            EFFACE_TRY(
                SparedText spared,
                spare_markers(std::move(found), at.picture.view(), identity_.markers_left, *finders_.reader)
            );
            for (const Box& marker : spared.markers) {
                note(found_.markers, in_frame(marker, at));
            }
            found = std::move(spared.text);
        }
        return note_all(found, at, found_.text);
    }

    Status look_for_faces(const Look& at) {
        if (!identity_.face_is_searched()) {
            return {};
        }
        // An ultrasound screen may hold a photograph at most, and sectors look like heads to a detector of
        // those.
        if (identity_.kind == rules::ImageKind::kUltrasound && finders_.photographed_face != nullptr) {
            return look(
                *finders_.photographed_face, {at.picture, SearchRound::kAgain, at.frame, at.is_half},
                found_.faces
            );
        }
        return look(*finders_.face, at, found_.faces);
    }

    /// In half the frame's size and quickly: one of many frames.
    Status look_at_half(const Picture& picture, std::uint64_t frame, bool faces) {
        const Picture half = halved(picture.view());
        const Look at{half, SearchRound::kAgain, frame, true};
        EFFACE_CHECK(look_for_text(at));
        return faces ? look_for_faces(at) : Status{};
    }

    FoundIdentity take() { return std::move(found_); }

private:
    static Result<std::vector<Detection>> search(Detector& detector, const Look& at) {
        if (at.is_half) {
            return detector.find_in_half(at.picture.view());
        }
        return at.round == SearchRound::kFirst ? detector.find(at.picture.view())
                                               : detector.find_again(at.picture.view());
    }

    static Box in_frame(const Box& box, const Look& at) { return at.is_half ? doubled(box) : box; }

    /// Each box once.
    static void note(std::vector<Box>& boxes, const Box& box) {
        if (std::ranges::find(boxes, box) == boxes.end()) {
            boxes.push_back(box);
        }
    }

    void note_doubts(const Detector& detector, const std::vector<Detection>& found, const Look& at) {
        for (const Detection& doubt : detector.doubts()) {
            const bool known =
                std::ranges::any_of(found, [&](const Detection& one) { return meet(one.box, doubt.box); });
            if (!known && !doubt.box.empty() && found_.doubts.size() < kMaskBoxesMax) {
                note(found_.doubts, in_frame(doubt.box, at));
            }
        }
    }

    Status look(Detector& detector, const Look& at, std::vector<FoundBox>& boxes) {
        EFFACE_TRY(const std::vector<Detection> found, search(detector, at));
        note_doubts(detector, found, at);
        return note_all(found, at, boxes);
    }

    Status note_all(const std::vector<Detection>& found, const Look& at, std::vector<FoundBox>& boxes) const {
        for (const Detection& detection : found) {
            pipeline::note(boxes, in_frame(detection.box, at), at.frame);
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

bool has_near_miss(const FoundIdentity& found, const Mask& mask) {
    return std::ranges::any_of(found.doubts, [&](const Box& doubt) {
        return std::ranges::none_of(mask.boxes, [&](const Box& box) { return meet(box, doubt); });
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
            EFFACE_CHECK(search.look_for_text({projection, round}));
        }
        const std::uint64_t step = cine_face_step(image);
        for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
            const bool faces = frame % step == 0;
            EFFACE_CHECK(search.look_at_half(image.picture(samples, frame, like), frame, faces));
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
        EFFACE_CHECK(search.look_for_text({picture, round, frame}));
        EFFACE_CHECK(search.look_for_faces({picture, round, frame}));
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
        .fill = plan.fill,
    };
    EFFACE_TRY(std::vector<StageReport> stages, run_stages(pixel_stages(), work, plan.cpu_micros_max));
    EFFACE_TRY(std::vector<Hole> holes, holes_of(work));
    IdentityMask masked{
        .mask = std::move(work.mask),
        .occlusions = {},
        .stages = std::move(stages),
        .markers = work.found.markers.size(),
        .holes = std::move(holes)};
    for (const Occlusion& occlusion : work.covered) {
        ++masked.occlusions[static_cast<std::size_t>(occlusion.kind)]
                           [static_cast<std::size_t>(occlusion.verdict)];
    }
    return masked;
}

}  // namespace efface::pipeline
