// See edited_coefficients.h.
#include "pipeline/gate/edited_coefficients.h"

#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/codec/jpeg_coefficients.h"
#include "pipeline/gate/pixel_frames.h"
#include "pipeline/pixel/samples.h"

#include <algorithm>
#include <optional>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::size_t kBlockSide = 8;

tl::unexpected<Error> held(Literal why) {
    return fail(Fault::kQuarantine, why, kAtPixelData);
}

/// How one coded unit lies to the mask.
enum class Cover : std::uint8_t { kNone, kAll };

struct UnitPlane {
    std::size_t columns = kBlockSide;  ///< Pixels of a unit.
    std::size_t rows = kBlockSide;
    std::size_t across = 0;  ///< Units of a row.
    std::vector<Cover> units;
};

UnitPlane unit_sizes(const JpegCoefficients& frame) {
    UnitPlane plane;
    if (frame.components.size() > 1) {
        for (const JpegComponent& component : frame.components) {
            plane.columns = std::max(plane.columns, kBlockSide * component.across);
            plane.rows = std::max(plane.rows, kBlockSide * component.down);
        }
    }
    return plane;
}

Result<UnitPlane> cover_units(
    const JpegCoefficients& frame, std::span<const std::uint8_t> masked, std::size_t columns, std::size_t rows
) {
    UnitPlane plane = unit_sizes(frame);
    plane.across = (columns + plane.columns - 1) / plane.columns;
    const std::size_t down = (rows + plane.rows - 1) / plane.rows;
    for (std::size_t unit = 0; unit < plane.across * down; ++unit) {
        const std::size_t left = unit % plane.across * plane.columns;
        const std::size_t top = unit / plane.across * plane.rows;
        const std::size_t right = std::min(left + plane.columns, columns);
        const std::size_t bottom = std::min(top + plane.rows, rows);
        const bool first = masked[top * columns + left] != 0;
        for (std::size_t y = top; y < bottom; ++y) {
            for (std::size_t x = left; x < right; ++x) {
                if ((masked[y * columns + x] != 0) != first) {
                    return held("gate: the mask cuts a coded unit of a JPEG frame");
                }
            }
        }
        plane.units.push_back(first ? Cover::kAll : Cover::kNone);
    }
    return plane;
}

bool same_stream(const JpegCoefficients& a, const JpegCoefficients& b) {
    const auto same = [](const JpegComponent& x, const JpegComponent& y) {
        return x.id == y.id && x.across == y.across && x.down == y.down && x.quantisation == y.quantisation &&
               x.blocks_across == y.blocks_across && x.blocks_down == y.blocks_down;
    };
    return a.header.start_of_frame == b.header.start_of_frame && a.header.jfif == b.header.jfif &&
           a.header.adobe_transform == b.header.adobe_transform && a.restart_interval == b.restart_interval &&
           std::ranges::equal(a.components, b.components, same);
}

/// What the first coefficient of a black block is times its step; the first value that reaches it.
struct Black {
    bool neutral = false;  ///< A colour component: no colour.
    bool largest = false;  ///< MONOCHROME1.
    std::int64_t step = 1;

    bool is(std::int64_t first) const {
        constexpr std::int64_t kBlackest = -1024;  // 8 x (0 - 128).
        constexpr std::int64_t kWhitest = 1016;    // 8 x (255 - 128).
        if (neutral) {
            return first == 0;
        }
        return largest ? first * step >= kWhitest && (first - 1) * step < kWhitest
                       : first * step <= kBlackest && (first + 1) * step > kBlackest;
    }
};

Status judge_component(
    const JpegComponent& before, const JpegComponent& after, const UnitPlane& plane, const Black& black,
    bool alone, const JpegComponent* filled
) {
    const std::size_t h = alone ? 1 : before.across;
    const std::size_t v = alone ? 1 : before.down;
    for (std::size_t row = 0; row < before.blocks_down; ++row) {
        for (std::size_t column = 0; column < before.blocks_across; ++column) {
            const std::span<const std::int16_t> shown = after.block(column, row);
            if (plane.units[row / v * plane.across + column / h] == Cover::kNone) {
                if (!std::ranges::equal(before.block(column, row), shown)) {
                    return held("gate: samples outside the mask differ");
                }
                continue;
            }
            if (filled != nullptr) {
                if (!std::ranges::equal(filled->block(column, row), shown)) {
                    return held("gate: something stands under the mask");
                }
                continue;
            }
            const bool flat =
                std::ranges::all_of(shown.subspan(1), [](std::int16_t value) { return value == 0; });
            if (!flat || !black.is(shown[0])) {
                return held("gate: something stands under the mask");
            }
        }
    }
    return {};
}

/// What a written frame is held against.
struct Wanted {
    const JpegCoefficients& original;
    const JpegCoefficients* filled = nullptr;  ///< None: black.
    std::span<const std::uint8_t> masked;
};

Status judge_frame(
    const Wanted& wanted, const JpegCoefficients& after, std::string_view photometric,
    const SampleShape& shape
) {
    const JpegCoefficients& before = wanted.original;
    if (!same_stream(before, after) || (wanted.filled != nullptr && !same_stream(before, *wanted.filled))) {
        return held("gate: a JPEG frame changed more than coefficients");
    }
    EFFACE_TRY(const UnitPlane plane, cover_units(before, wanted.masked, shape.columns, shape.rows));
    const bool alone = before.components.size() == 1;
    const bool ybr = jpeg_colour(before.header, photometric) == JpegColour::kYbr;
    for (std::size_t i = 0; i < before.components.size(); ++i) {
        const Black black{
            .neutral = ybr && i > 0,
            .largest = photometric == "MONOCHROME1",
            .step = before.components[i].quantisation[0]};
        const JpegComponent* filled = wanted.filled == nullptr ? nullptr : &wanted.filled->components[i];
        EFFACE_CHECK(judge_component(before.components[i], after.components[i], plane, black, alone, filled));
    }
    return {};
}

}  // namespace

Status judge_edited_coefficients(
    const PixelScan& original, const PixelScan& written, MaskPlanes& masked,
    std::span<const std::vector<std::byte>> filled
) {
    const SampleShape shape = sample_shape(original.shape);
    const std::uint64_t frames = original.shape.number_of_frames;
    if (masked.of_every_frame().size() != shape.columns * shape.rows ||
        written.shape.number_of_frames != frames || original.photometric != written.photometric ||
        (!filled.empty() && filled.size() != frames)) {
        return held("gate: the frames changed their shape");
    }
    const PixelSource before = source_of(original.element);
    const PixelSource after = source_of(written.element);
    EFFACE_TRY(const auto starts_before, frame_starts(before, rules::SyntaxFamily::kJpeg, frames));
    EFFACE_TRY(const auto starts_after, frame_starts(after, rules::SyntaxFamily::kJpeg, frames));
    std::vector<std::byte> gathered_before;
    std::vector<std::byte> gathered_after;
    for (std::uint64_t i = 0; i < frames; ++i) {
        EFFACE_TRY(
            const JpegCoefficients was,
            read_jpeg_coefficients(frame_bytes(before, starts_before, i, gathered_before), shape)
        );
        EFFACE_TRY(
            const JpegCoefficients is,
            read_jpeg_coefficients(frame_bytes(after, starts_after, i, gathered_after), shape)
        );
        std::optional<JpegCoefficients> own;
        if (!filled.empty()) {
            EFFACE_TRY(own, read_jpeg_coefficients(filled[i], shape));
        }
        const Wanted wanted{was, own ? &*own : nullptr, masked.of(i)};
        EFFACE_CHECK(judge_frame(wanted, is, original.photometric, shape));
    }
    return {};
}

// The edit is the cleaner's code (codec/jpeg_blackening.h); what it made is judged here before anything is
// made of it.
Result<std::vector<std::vector<std::byte>>> blackened_streams(const PixelScan& original, const Mask& mask) {
    const SampleShape shape = sample_shape(original.shape);
    const std::uint64_t frames = original.shape.number_of_frames;
    const PixelSource source = source_of(original.element);
    EFFACE_TRY(const auto starts, frame_starts(source, rules::SyntaxFamily::kJpeg, frames));
    MaskPlanes masked{mask, shape.columns, shape.rows};
    std::vector<std::byte> gathered;
    std::vector<std::vector<std::byte>> streams;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const std::span<const std::byte> frame = frame_bytes(source, starts, i, gathered);
        const Mask here = mask.of_frame(i);
        EFFACE_TRY(
            std::vector<std::byte> black, blacken_jpeg(frame, shape, original.photometric, here.boxes)
        );
        EFFACE_TRY(const JpegCoefficients was, read_jpeg_coefficients(frame, shape));
        EFFACE_TRY(const JpegCoefficients is, read_jpeg_coefficients(black, shape));
        EFFACE_CHECK(judge_frame({was, nullptr, masked.of(i)}, is, original.photometric, shape));
        streams.push_back(std::move(black));
    }
    return streams;
}

}  // namespace efface::pipeline
