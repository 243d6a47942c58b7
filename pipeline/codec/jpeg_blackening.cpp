// See jpeg_blackening.h.
#include "pipeline/codec/jpeg_blackening.h"

#include "pipeline/codec/turbo_session.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kDcOfBlack = 8 * 128;  // A constant block of zeros: eight times the level shift.
constexpr std::int64_t kDcOfWhite = 8 * 127;
/// A table with larger steps has no value that is black and stays in the range of a decoder's clamping.
constexpr std::int64_t kDcStepMax = 1024;

tl::unexpected<Error> unwritable(Literal why) {
    return fail(Fault::kQuarantine, why, Where::tag(0x7FE00010));
}

std::int64_t up(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step;
}

/// Of component `index`: the quantised value whose block is black everywhere, clamped if need be.
std::int16_t black_dc(JpegColour colour, bool largest, std::size_t index, std::int64_t step) {
    if (colour == JpegColour::kYbr && index > 0) {
        return 0;  // Neutral colour: the middle.
    }
    const std::int64_t value = largest ? up(kDcOfWhite, step) : -up(kDcOfBlack, step);
    return static_cast<std::int16_t>(value);
}

/// Blocks [left, right) x [top, bottom) of one component.
struct BlockArea {
    JDIMENSION left = 0;
    JDIMENSION top = 0;
    JDIMENSION right = 0;
    JDIMENSION bottom = 0;
};

BlockArea area_of(const Box& box, const JpegUnit& unit, const jpeg_component_info& component, bool alone) {
    const auto across = static_cast<std::int64_t>(unit.columns);
    const auto down = static_cast<std::int64_t>(unit.rows);
    const std::int64_t h = alone ? 1 : component.h_samp_factor;
    const std::int64_t v = alone ? 1 : component.v_samp_factor;
    const auto limit = [](std::int64_t block, JDIMENSION blocks) {
        return static_cast<JDIMENSION>(std::min<std::int64_t>(block, blocks));
    };
    return {
        limit(box.left / across * h, component.width_in_blocks),
        limit(box.top / down * v, component.height_in_blocks),
        limit(up(box.right, across) * h, component.width_in_blocks),
        limit(up(box.bottom, down) * v, component.height_in_blocks)};
}

// Inside guarded(): no object with a destructor.
void blacken_area(TurboReader& reader, jvirt_barray_ptr blocks, const BlockArea& area, std::int16_t black) {
    auto* common = reinterpret_cast<j_common_ptr>(&reader.info());
    for (JDIMENSION row = area.top; row < area.bottom; ++row) {
        const JBLOCKARRAY lines = reader.info().mem->access_virt_barray(common, blocks, row, 1, TRUE);
        for (JDIMENSION column = area.left; column < area.right; ++column) {
            std::fill_n(&lines[0][column][0], DCTSIZE2, JCOEF{0});
            lines[0][column][0] = black;
        }
    }
}

// Inside guarded(). Markers beside the samples are not copied: nothing of APPn and COM but what says the
// colour.
void write_stream(TurboReader& reader, TurboWriter& writer, jvirt_barray_ptr* blocks) {
    writer.begin();
    jpeg_decompress_struct& from = reader.info();
    jpeg_compress_struct& to = writer.info();
    jpeg_copy_critical_parameters(&from, &to);
    to.write_JFIF_header = from.saw_JFIF_marker;
    to.write_Adobe_marker = from.saw_Adobe_marker;
    to.restart_interval = from.restart_interval;
    to.optimize_coding = TRUE;  // The tables of the original may lack the codes of black.
    if (from.progressive_mode != 0) {
        jpeg_simple_progression(&to);
    }
    jpeg_write_coefficients(&to, blocks);
    jpeg_finish_compress(&to);
    jpeg_finish_decompress(&from);
}

// A baseline stream is an extended one too (ISO/IEC 10918-1 table B.1), but the marker stays as it was.
Status keep_start_of_frame(std::vector<std::byte>& stream, std::uint32_t wanted, std::uint32_t made) {
    if (made == wanted) {
        return {};
    }
    if (made != kStartOfFrameBaseline || wanted != kStartOfFrameExtended) {
        return unwritable("a JPEG frame cannot be written in the process that it came in");
    }
    for (std::size_t at = 2; at + 3 < stream.size();) {
        const auto marker = static_cast<std::uint32_t>(stream[at + 1]);
        if (marker == made) {
            stream[at + 1] = static_cast<std::byte>(wanted);
            return {};
        }
        at += 2 + (static_cast<std::size_t>(stream[at + 2]) << 8U) + static_cast<std::size_t>(stream[at + 3]);
    }
    return unwritable("a JPEG frame cannot be written in the process that it came in");
}

/// Of the written frame: nothing but what was meant.
Status check_written(const JpegHeader& before, const JpegHeader& after) {
    if (after.jfif != before.jfif || after.adobe_transform != before.adobe_transform) {
        return unwritable("a JPEG frame says its colour in two ways: it is not edited");
    }
    return {};
}

}  // namespace

Result<std::vector<std::byte>> blacken_jpeg(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric,
    std::span<const Box> boxes
) {
    EFFACE_TRY(const JpegHeader header, read_dct_header(frame, shape));
    const JpegColour colour = jpeg_colour(header, photometric);
    const JpegUnit unit = jpeg_unit(header);
    TurboErrors errors;
    TurboReader reader{errors};
    TurboWriter writer{errors};
    jvirt_barray_ptr* blocks = nullptr;
    const bool begun = errors.guarded([&] {
        reader.begin(frame);
        blocks = jpeg_read_coefficients(&reader.info());
    });
    if (!begun) {
        return unwritable("the coefficients of a JPEG frame cannot be read");
    }
    for (std::size_t i = 0; i < header.components; ++i) {
        const jpeg_component_info& component = reader.info().comp_info[i];
        const std::int64_t step = component.quant_table == nullptr ? 0 : component.quant_table->quantval[0];
        if (step < 1 || step > kDcStepMax) {
            return unwritable("a JPEG frame is quantised so coarsely that it holds no black");
        }
        const std::int16_t black = black_dc(colour, photometric == "MONOCHROME1", i, step);
        for (const Box& box : boxes) {
            const BlockArea area =
                area_of(box.clipped_to(shape.columns, shape.rows), unit, component, header.components == 1);
            if (!errors.guarded([&] { blacken_area(reader, blocks[i], area, black); })) {
                return unwritable("the coefficients of a JPEG frame cannot be read");
            }
        }
    }
    if (colour != JpegColour::kGrey) {
        reader.info().jpeg_color_space = colour == JpegColour::kRgb ? JCS_RGB : JCS_YCbCr;
    }
    if (!errors.guarded([&] { write_stream(reader, writer, blocks); })) {
        return unwritable("the coefficients of a JPEG frame cannot be written");
    }
    std::vector<std::byte> stream{writer.written().begin(), writer.written().end()};
    EFFACE_TRY(const JpegHeader made, read_jpeg_header(stream, false));
    EFFACE_CHECK(keep_start_of_frame(stream, header.start_of_frame, made.start_of_frame));
    EFFACE_CHECK(check_written(header, made));
    return stream;
}

}  // namespace efface::pipeline
