#include "pipeline/gate/own_fill.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/gate/edited_coefficients.h"
#include "pipeline/gate/mask_planes.h"
#include "pipeline/pixel/fill_jpeg_frames.h"
#include "pipeline/pixel/fill_statement.h"
#include "pipeline/pixel/samples.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

void blacken_pixel(
    std::span<std::byte> samples, const NativeImage& image, std::uint64_t frame, std::size_t pixel
) {
    const auto black = std::as_bytes(std::span{image.black()});
    const std::size_t bytes = image.sample_bytes();
    for (std::size_t channel = 0; channel < image.samples_per_pixel(); ++channel) {
        const std::uint64_t at =
            image.place(frame, pixel % image.columns(), pixel / image.columns(), channel);
        std::ranges::copy(black.subspan(channel * bytes, bytes), samples.subspan(at).begin());
    }
}

std::vector<std::byte> occluded(const Samples& original, const Mask& mask) {
    std::vector<std::byte> samples = original.bytes;
    MaskPlanes planes{mask, original.image.columns(), original.image.rows()};
    for (std::uint64_t frame = 0; frame < original.image.frame_count(); ++frame) {
        const std::span<const std::uint8_t> plane = planes.of(frame);
        for (std::size_t pixel = 0; pixel < plane.size(); ++pixel) {
            if (plane[pixel] != 0) {
                blacken_pixel(samples, original.image, frame, pixel);
            }
        }
    }
    return samples;
}

/// Each part lies under the mask in each frame that it is filled in.
Status judge_holes(const std::vector<Hole>& holes, const Mask& mask, const NativeImage& image) {
    for (const Hole& hole : holes) {
        const std::uint64_t frames = image.frame_count();
        const FrameSpan& span = hole.frames;
        bool inside = span.count > 0 && span.first < frames && span.count <= frames - span.first;
        for (std::uint64_t k = 0; inside && k < (mask.some_frames.empty() ? 1 : span.count); ++k) {
            const Mask here = mask.of_frame(span.first + k);
            inside = std::ranges::all_of(hole.parts, [&](const Box& part) {
                return here.covers(part, image.columns(), image.rows());
            });
        }
        if (!inside) {
            return fail(Fault::kQuarantine, "gate: what is filled lies outside the mask", kAtPixelData);
        }
    }
    return {};
}

Status fill_samples(const Samples& before, const GateWork& work, const FillContext& context, OwnFill& own) {
    own.occluded = occluded(before, work.mask);
    own.filled = own.occluded;
    EFFACE_TRY(own.fills, fill_frames(own.filled, before.image, work.mask, work.holes, context));
    return {};
}

Status fill_streams(
    const PixelScan& scan, const rules::TransferSyntax& syntax, const NativeImage& image,
    const GateWork& work, const FillContext& context, OwnFill& own
) {
    EFFACE_TRY(const auto black, blackened_streams(scan, work.mask));
    const JpegFrames frames{black, syntax, sample_shape(scan.shape), scan.photometric, image};
    EFFACE_TRY(FilledJpeg filled, fill_jpeg_frames(frames, work.mask, work.holes, context));
    own.occluded = std::move(filled.occluded);
    own.filled = std::move(filled.samples);
    own.streams = std::move(filled.frames);
    own.fills = std::move(filled.fills);
    return {};
}

}  // namespace

Result<OwnFill> fill_original(
    std::span<const std::byte> original, const rules::TransferSyntax& syntax, const GateWork& work,
    std::string_view new_uid
) {
    OwnFill own;
    if (work.holes.empty()) {
        return own;
    }
    if (work.rule.enhance.fill == rules::FillPolicy::kForbid) {
        return fail(Fault::kQuarantine, "gate: the rule forbids to fill", kAtPixelData);
    }
    if (work.generator == nullptr) {
        return fail(Fault::kQuarantine, "gate: this process has no generator to judge a fill with");
    }
    EFFACE_TRY(const Samples before, read_samples(original, syntax));
    EFFACE_CHECK(judge_holes(work.holes, work.mask, before.image));
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original, syntax));
    const FillContext context{
        *work.generator, work.rule.enhance.settings, work.key, std::string{new_uid}, work.order.accepted_at};
    EFFACE_CHECK(
        masked_output(syntax, sample_shape(scan.shape)) == MaskedOutput::kCoefficients
            ? fill_streams(scan, syntax, before.image, work, context, own)
            : fill_samples(before, work, context, own)
    );
    own.any = any_filled(own.fills);
    const bool any_refused =
        std::ranges::any_of(own.fills, [](const FrameFill& fill) { return !fill.hole.is_filled(); });
    if (any_refused && work.rule.enhance.unfilled == rules::UnfilledPolicy::kQuarantine) {
        return fail(
            Fault::kQuarantine, "gate: an occluded area is not filled, and the rule holds such", kAtPixelData
        );
    }
    return own;
}

}  // namespace efface::pipeline
