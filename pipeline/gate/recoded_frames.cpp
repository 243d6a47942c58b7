// See recoded_frames.h.
#include "pipeline/gate/recoded_frames.h"

#include "pipeline/codec/jpeg2000_header.h"
#include "pipeline/gate/pixel_frames.h"
#include "pipeline/gate/rle_samples.h"
#include "pipeline/gate/sample_bits.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::string_view kTransformed = "YBR_RCT";

/// Calls `judge` with every frame in one piece and the samples of it.
template <class Judge>
Status for_each_frame(const rules::TransferSyntax& syntax, const DecodedFrames& frames, Judge judge) {
    const std::uint64_t count = frames.scan.shape.number_of_frames;
    const PixelSource source = source_of(frames.scan.element);
    EFFACE_TRY(const std::vector<std::size_t> starts, frame_starts(source, syntax.family, count));
    const std::uint64_t bytes = frames.samples.size() / count;
    std::vector<std::byte> gathered;
    for (std::uint64_t i = 0; i < count; ++i) {
        EFFACE_CHECK(judge(frame_bytes(source, starts, i, gathered), frames.samples.subspan(i * bytes, bytes))
        );
    }
    return {};
}

Status judge_rle(const rules::TransferSyntax& syntax, const DecodedFrames& frames) {
    const PixelShape& shape = frames.scan.shape;
    const RlePlanes planes{shape.rows * shape.columns, shape.samples_per_pixel, shape.bits_allocated / 8};
    return for_each_frame(
        syntax, frames,
        [&](std::span<const std::byte> frame, std::span<const std::byte> samples) -> Status {
            EFFACE_TRY(const std::vector<std::byte> own, rle_samples(frame, planes));
            return std::ranges::equal(own, samples)
                       ? Status{}
                       : Status{fail(
                             Fault::kQuarantine, "gate: two decoders read an RLE frame differently",
                             kAtPixelData
                         )};
        }
    );
}

/// Stricter than of an original: RGB is no transformed stream here.
Status judge_jpeg2000(const rules::TransferSyntax& syntax, const DecodedFrames& frames) {
    const bool says_transformed = frames.scan.photometric == kTransformed;
    return for_each_frame(
        syntax, frames,
        [&](std::span<const std::byte> frame, std::span<const std::byte> /*samples*/) -> Status {
            EFFACE_TRY(const Jpeg2000Header header, read_jpeg2000_header(frame));
            return header.colour_transformed == says_transformed
                       ? Status{}
                       : Status{fail(
                             Fault::kQuarantine, "gate: Photometric Interpretation is not that of the frames",
                             Where::tag(0x00280004)
                         )};
        }
    );
}

}  // namespace

Status judge_recoded_frames(
    const rules::TransferSyntax& syntax, const DecodedFrames& original, const DecodedFrames& written
) {
    const PixelShape& shape = written.scan.shape;
    if (shape.number_of_frames != original.scan.shape.number_of_frames ||
        original.scan.photometric != written.scan.photometric ||
        original.samples.size() != written.samples.size()) {
        return fail(Fault::kQuarantine, "gate: the frames changed their shape", kAtPixelData);
    }
    if (written.scan.element.fragments.size() != shape.number_of_frames) {
        return fail(Fault::kQuarantine, "gate: a frame is not one fragment", kAtPixelData);
    }
    const SampleBits bits{shape.bits_allocated, shape.bits_stored, shape.high_bit, shape.is_signed};
    if (bits.holds_foreign_bits({written.samples, false, rules::Vr::OW})) {
        return fail(Fault::kQuarantine, "gate: bits outside the samples hold something", kAtPixelData);
    }
    if (syntax.family == rules::SyntaxFamily::kRle) {
        EFFACE_CHECK(judge_rle(syntax, original));
        return judge_rle(syntax, written);
    }
    return syntax.family == rules::SyntaxFamily::kJpeg2000 ? judge_jpeg2000(syntax, written) : Status{};
}

}  // namespace efface::pipeline
