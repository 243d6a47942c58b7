#include "pipeline/gate/masked_samples.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/gate/edited_coefficients.h"
#include "pipeline/gate/float_samples.h"
#include "pipeline/gate/mask_planes.h"
#include "pipeline/gate/recoded_frames.h"
#include "pipeline/pixel/fill_statement.h"
#include "pipeline/pixel/profile_bands.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/pixel/spared_markers.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

bool same_shape(const NativeImage& a, const NativeImage& b) {
    return a.columns() == b.columns() && a.rows() == b.rows() && a.frame_count() == b.frame_count() &&
           a.samples_per_pixel() == b.samples_per_pixel() && a.sample_bytes() == b.sample_bytes() &&
           a.is_float() == b.is_float();
}

/// Bits outside the stored ones may have been cleared (retired overlays): they are judged elsewhere.
std::uint32_t stored_value(std::span<const std::byte> samples, std::uint64_t at, std::size_t bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        value |= static_cast<std::uint32_t>(samples[at + i]) << (8 * i);
    }
    return value;
}

struct Compared {
    std::span<const std::byte> before;
    std::span<const std::byte> after;
    const NativeImage&
        image;  ///< Of `before`; of the same shape, perhaps with planes where the other has pixels.
    const NativeImage& shown;  ///< Of `after`.
    /// A codestream of no more than the stored bits cannot say what stands beside them: black is compared in
    /// the stored bits, and judge_recoded_frames() looks at the others.
    bool compressed = false;
    std::span<const std::byte> filled{};  ///< Of the shape of `before`; empty: all is black under the mask.

    /// What must stand under the mask.
    std::uint32_t masked_value(std::uint64_t at, std::size_t channel) const;

    std::uint32_t bits_of_black() const {
        const auto all = static_cast<std::uint32_t>((std::uint64_t{1} << (8 * image.sample_bytes())) - 1);
        return compressed ? image.stored_bits() : all;
    }
};

std::uint32_t Compared::masked_value(std::uint64_t at, std::size_t channel) const {
    const std::size_t bytes = image.sample_bytes();
    if (!filled.empty()) {
        return stored_value(filled, at, bytes) & bits_of_black();
    }
    const auto black = std::as_bytes(std::span{image.black()});
    return stored_value(black, channel * bytes, bytes) & bits_of_black();
}

Status judge_pixel(const Compared& samples, std::uint64_t frame, std::size_t pixel, bool masked) {
    const NativeImage& image = samples.image;
    const std::size_t x = pixel % image.columns();
    const std::size_t y = pixel / image.columns();
    for (std::size_t channel = 0; channel < image.samples_per_pixel(); ++channel) {
        const std::uint64_t at = image.place(frame, x, y, channel);
        const std::uint32_t shown =
            stored_value(samples.after, samples.shown.place(frame, x, y, channel), image.sample_bytes());
        const std::uint32_t compared = masked ? samples.bits_of_black() : ~std::uint32_t{0};
        const std::uint32_t wanted =
            masked ? samples.masked_value(at, channel)
                   : stored_value(samples.before, at, image.sample_bytes()) & image.kept_bits();
        if ((shown & compared) != wanted) {
            return masked ? fail(Fault::kQuarantine, "gate: something stands under the mask", kAtPixelData)
                          : fail(Fault::kQuarantine, "gate: samples outside the mask differ", kAtPixelData);
        }
    }
    return {};
}

bool lies_under(const Box& whole, std::span<const std::uint8_t> plane, const NativeImage& image) {
    const Box box = whole.clipped_to(image.columns(), image.rows());
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        const auto row = plane.begin() + y * static_cast<std::int64_t>(image.columns());
        if (std::find(row + box.left, row + box.right, std::uint8_t{0}) != row + box.right) {
            return false;
        }
    }
    return true;
}

/// What a frame shows lies under the mask of that frame, what a projection shows under that of every one.
bool all_covered(const std::vector<FoundBox>& found, MaskPlanes& planes, const NativeImage& image) {
    std::vector<const FoundBox*> bare;
    for (const FoundBox& one : found) {
        if (!lies_under(one.box, planes.of_every_frame(), image)) {
            bare.push_back(&one);
        }
    }
    if (bare.empty() || !planes.differ()) {
        return bare.empty();
    }
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        const std::span<const std::uint8_t> plane = planes.of(frame);
        const bool covered = std::ranges::all_of(bare, [&](const FoundBox* one) {
            const bool is_shown = one->frames.empty() || std::ranges::binary_search(one->frames, frame);
            return !is_shown || lies_under(one->box, plane, image);
        });
        if (!covered) {
            return false;
        }
    }
    return true;
}

Status judge_found(const FoundIdentity& found, MaskPlanes& planes, const NativeImage& image) {
    if (!all_covered(found.text, planes, image)) {
        return fail(Fault::kQuarantine, "gate: text is found outside the mask", kAtPixelData);
    }
    if (!all_covered(found.faces, planes, image)) {
        return fail(Fault::kQuarantine, "gate: a face is found outside the mask", kAtPixelData);
    }
    return {};
}

/// A photograph shows a face, and the mask covers it.
Status judge_photograph(
    const Compared& samples, MaskPlanes& planes, const rules::PixelIdentity& identity, const Finders& finders
) {
    if (!identity.is_photograph) {
        return {};
    }
    rules::PixelIdentity faces = identity;
    faces.text = false;
    EFFACE_TRY(
        const FoundIdentity wanted,
        find_identity(samples.before, samples.before, samples.image, faces, finders, SearchRound::kFirst)
    );
    if (wanted.faces.empty()) {
        return fail(Fault::kQuarantine, "gate: no face is found in a photograph", kAtPixelData);
    }
    return judge_found(wanted, planes, samples.image);
}

/// What was covered before so that it can be seen through must be covered again, in every frame.
Status judge_earlier_occlusions(
    const std::vector<Occlusion>& covered, std::span<const std::uint8_t> plane, const NativeImage& image
) {
    for (const Occlusion& occlusion : covered) {
        if (occlusion.verdict == OcclusionVerdict::kInsufficient &&
            !lies_under(occlusion.box, plane, image)) {
            return fail(
                Fault::kQuarantine, "gate: an earlier occlusion that hides too little is outside the mask",
                kAtPixelData
            );
        }
    }
    return {};
}

/// The skin of a profile lies under the mask of every frame; a view of the head in which none is found is a
/// doubt here as well.
Status judge_profiles(
    std::span<const std::byte> before, std::span<const std::uint8_t> plane, const NativeImage& image,
    const rules::PixelIdentity& identity
) {
    EFFACE_TRY(const std::vector<Box> bands, find_profile_bands(before, image, identity));
    if (std::ranges::any_of(bands, [&](const Box& box) { return !lies_under(box, plane, image); })) {
        return fail(Fault::kQuarantine, "gate: the profile of a head is outside the mask", kAtPixelData);
    }
    return {};
}

/// The stored values, one by one.
Status judge_stored_values(const Compared& samples, MaskPlanes& planes) {
    for (std::uint64_t frame = 0; frame < samples.image.frame_count(); ++frame) {
        const std::span<const std::uint8_t> plane = planes.of(frame);
        for (std::size_t pixel = 0; pixel < plane.size(); ++pixel) {
            EFFACE_CHECK(judge_pixel(samples, frame, pixel, plane[pixel] != 0));
        }
    }
    return {};
}

Status judge_floats(const NativeData& original, const NativeData& written, MaskPlanes& planes) {
    EFFACE_TRY(const PixelScan before, scan_pixel_data(original.data_set, original.syntax));
    EFFACE_TRY(const PixelScan after, scan_pixel_data(written.data_set, written.syntax));
    return judge_float_samples(before, after, planes);
}

/// Frames that stayed compressed: edited ones are compared by their coefficients, others by what they decode
/// to.
Status judge_compressed(
    const NativeData& original, const NativeData& written, const Compared& samples, const OwnFill& fill,
    MaskPlanes& planes
) {
    EFFACE_TRY(const PixelScan before, scan_pixel_data(original.data_set, original.syntax));
    EFFACE_TRY(const PixelScan after, scan_pixel_data(written.data_set, written.syntax));
    const MaskedOutput output = masked_output(original.syntax, sample_shape(before.shape));
    if (original.syntax.uid == written.syntax.uid && output == MaskedOutput::kCoefficients) {
        return judge_edited_coefficients(before, after, planes, fill.streams);
    }
    if (original.syntax.uid == written.syntax.uid && output == MaskedOutput::kRecoded) {
        EFFACE_CHECK(judge_recoded_frames(original.syntax, {before, samples.before}, {after, samples.after}));
        return judge_stored_values(samples, planes);
    }
    return fail(Fault::kQuarantine, "gate: blackened samples are compressed anew", kAtPixelData);
}

/// The written frames: a fill may look like anything, and so may its rim, but nothing is found that does not
/// meet it. What is visible alone was searched before.
Status judge_beside_fill(
    const Compared& samples, const rules::PixelIdentity& identity, const Finders& finders,
    const OwnFill& fill, MaskPlanes& planes
) {
    EFFACE_TRY(
        FoundIdentity found,
        find_identity(samples.after, samples.before, samples.shown, identity, finders, SearchRound::kAgain)
    );
    const auto of_fill = [&](const FoundBox& one) { return meets_fill(one.box, fill.fills); };
    std::erase_if(found.text, of_fill);
    std::erase_if(found.faces, of_fill);
    return judge_found(found, planes, samples.image);
}

}  // namespace

Status judge_masked_samples(
    const NativeData& original, const NativeData& written, const Occluded& occluded,
    const rules::PixelIdentity& identity, const Finders& finders
) {
    const Mask& mask = occluded.mask;
    const OwnFill& fill = occluded.fill;
    const bool is_searched = identity.text || identity.face;
    if (is_searched && !finders.complete()) {
        return fail(Fault::kQuarantine, "gate: this process has no detectors to judge pixels with");
    }
    EFFACE_TRY(const Samples before, read_samples(original.data_set, original.syntax));
    EFFACE_TRY(const Samples after, read_samples(written.data_set, written.syntax));
    const NativeImage& image = before.image;
    const NativeImage& shown = after.image;
    if (!same_shape(image, shown)) {
        return fail(Fault::kQuarantine, "gate: the frames changed their shape", kAtPixelData);
    }
    const bool compressed = !mask.empty() && written.syntax.encapsulated;
    const Compared samples{before.bytes, after.bytes, image, shown, compressed, fill.filled};
    MaskPlanes planes{mask, image.columns(), image.rows()};
    if (image.is_float()) {
        EFFACE_CHECK(judge_floats(original, written, planes));
    } else {
        EFFACE_CHECK(
            compressed ? judge_compressed(original, written, samples, fill, planes)
                       : judge_stored_values(samples, planes)
        );
    }
    if (!is_searched) {
        return {};
    }
    EFFACE_CHECK(judge_photograph(samples, planes, identity, finders));
    EFFACE_TRY(
        const std::vector<Occlusion> covered, find_earlier_occlusions(samples.before, image, identity)
    );
    EFFACE_CHECK(judge_earlier_occlusions(covered, planes.of_every_frame(), image));
    EFFACE_CHECK(judge_profiles(samples.before, planes.of_every_frame(), image, identity));
    // Of what is filled the frames are searched as they were before: a fill hides nothing from this judge.
    const bool is_filled = fill.any;
    EFFACE_TRY(
        const FoundIdentity left, find_identity(
                                      is_filled ? std::span{fill.occluded} : samples.after, samples.before,
                                      is_filled ? image : shown, identity, finders, SearchRound::kAgain
                                  )
    );
    // A letter close to the mask is the rest of a line that was blackened.
    if (std::ranges::any_of(left.markers, [&](const Box& marker) { return lies_close(marker, mask); })) {
        return fail(
            Fault::kQuarantine, "gate: letters of a blackened line are left beside the mask", kAtPixelData
        );
    }
    EFFACE_CHECK(judge_found(left, planes, image));
    if (is_filled) {
        EFFACE_CHECK(judge_beside_fill(samples, identity, finders, fill, planes));
    }
    if (identity.is_stated && identity.unfound_matters && mask.empty()) {
        return fail(
            Fault::kQuarantine, "gate: the sender says that pixels show text or a face, and nothing is black",
            kAtPixelData
        );
    }
    if (identity.near_misses_matter && has_near_miss(left, mask)) {
        return fail(
            Fault::kQuarantine, "gate: what may be text or a face is left, not sure enough to be found",
            kAtPixelData
        );
    }
    return {};
}

}  // namespace efface::pipeline
