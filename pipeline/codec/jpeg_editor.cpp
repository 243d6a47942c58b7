#include "pipeline/codec/jpeg_editor.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

tl::unexpected<Error> unwritable(Literal why) {
    return fail(Fault::kQuarantine, why, Where::tag(0x7FE00010));
}

tl::unexpected<Error> unreadable() {
    return unwritable("the coefficients of a JPEG frame cannot be read");
}

// Inside guarded(): no object with a destructor.
void replace_block(
    TurboReader& reader, jvirt_barray_ptr blocks, JDIMENSION column, JDIMENSION row, JpegBlock block
) {
    auto* common = reinterpret_cast<j_common_ptr>(&reader.info());
    const JBLOCKARRAY lines = reader.info().mem->access_virt_barray(common, blocks, row, 1, TRUE);
    std::copy_n(block.data(), kJpegBlockCoefficients, &lines[0][column][0]);
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
    to.optimize_coding = TRUE;  // The tables of the original may lack the codes of what is new.
    if (from.progressive_mode != 0) {
        jpeg_simple_progression(&to);
    }
    jpeg_write_coefficients(&to, blocks);
    jpeg_finish_compress(&to);
    jpeg_finish_decompress(&from);
}

// Inside guarded(). Baseline or extended, without the markers that say colour: the tables, the sampling and
// the colour space are the original's, and nobody but this folder reads it.
void encode_samples(TurboReader& reader, TurboWriter& writer, bool grey, const std::byte* samples) {
    writer.begin();
    jpeg_compress_struct& to = writer.info();
    jpeg_copy_critical_parameters(&reader.info(), &to);
    to.in_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    to.dct_method = JDCT_ISLOW;
    to.optimize_coding = TRUE;
    jpeg_start_compress(&to, TRUE);
    const std::size_t row_bytes =
        static_cast<std::size_t>(to.image_width) * static_cast<std::size_t>(to.input_components);
    while (to.next_scanline < to.image_height) {
        // The library takes rows that it may write to, and does not.
        auto* row =
            const_cast<JSAMPROW>(reinterpret_cast<const JSAMPLE*>(samples + to.next_scanline * row_bytes));
        jpeg_write_scanlines(&to, &row, 1);
    }
    jpeg_finish_compress(&to);
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

Result<std::unique_ptr<JpegEditor>> JpegEditor::open(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric
) {
    EFFACE_TRY(const JpegHeader header, read_dct_header(frame, shape));
    std::unique_ptr<JpegEditor> editor{new JpegEditor{header, shape, jpeg_colour(header, photometric)}};
    if (!editor->begin(frame)) {
        return unreadable();
    }
    return editor;
}

bool JpegEditor::begin(std::span<const std::byte> frame) {
    return errors_.guarded([&] {
        reader_.begin(frame);
        blocks_ = jpeg_read_coefficients(&reader_.info());
        if (colour_ != JpegColour::kGrey) {
            reader_.info().jpeg_color_space = colour_ == JpegColour::kRgb ? JCS_RGB : JCS_YCbCr;
        }
    });
}

std::int64_t JpegEditor::first_step(std::size_t index) {
    const jpeg_component_info& component = reader_.info().comp_info[index];
    return component.quant_table == nullptr ? 0 : component.quant_table->quantval[0];
}

BlockArea JpegEditor::area(std::size_t index, const Box& box) {
    const jpeg_component_info& component = reader_.info().comp_info[index];
    const Box inside = box.clipped_to(shape_.columns, shape_.rows);
    const bool alone = header_.components == 1;
    const auto across = static_cast<std::int64_t>(unit_.columns);
    const auto down = static_cast<std::int64_t>(unit_.rows);
    const std::int64_t h = alone ? 1 : component.h_samp_factor;
    const std::int64_t v = alone ? 1 : component.v_samp_factor;
    const auto up = [](std::int64_t value, std::int64_t step) { return (value + step - 1) / step; };
    const auto limit = [](std::int64_t block, JDIMENSION blocks) {
        return static_cast<JDIMENSION>(std::min<std::int64_t>(block, blocks));
    };
    return {
        limit(inside.left / across * h, component.width_in_blocks),
        limit(inside.top / down * v, component.height_in_blocks),
        limit(up(inside.right, across) * h, component.width_in_blocks),
        limit(up(inside.bottom, down) * v, component.height_in_blocks)};
}

Status JpegEditor::put(std::size_t index, JDIMENSION column, JDIMENSION row, JpegBlock block) {
    if (!errors_.guarded([&] { replace_block(reader_, blocks_[index], column, row, block); })) {
        return unreadable();
    }
    return {};
}

// libjpeg-turbo's forward transform takes eight times the step as 16 bits and divides by it: 0, and what
// becomes 0 so, ends the process (libjpeg-turbo issue 862); what wraps around quantises by another step.
bool JpegEditor::has_usable_steps() {
    constexpr UINT16 kStepMax = 8191;
    const jpeg_decompress_struct& info = reader_.info();
    return std::all_of(info.comp_info, info.comp_info + info.num_components, [](const auto& component) {
        return component.quant_table != nullptr &&
               std::ranges::all_of(component.quant_table->quantval, [](UINT16 step) {
                   return step >= 1 && step <= kStepMax;
               });
    });
}

Result<std::vector<std::byte>> JpegEditor::encode_alike(std::span<const std::byte> samples) {
    if (samples.size() != shape_.columns * shape_.rows * header_.components) {
        return unwritable("samples of another shape than a JPEG frame has");
    }
    if (!has_usable_steps()) {
        return unwritable(
            "a JPEG frame quantises by a step that is none: forbid the fill, or have it sent anew"
        );
    }
    TurboWriter writer{errors_};
    const bool grey = colour_ == JpegColour::kGrey;
    if (!errors_.guarded([&] { encode_samples(reader_, writer, grey, samples.data()); })) {
        return unwritable("what fills a JPEG frame cannot be transformed");
    }
    return std::vector<std::byte>{writer.written().begin(), writer.written().end()};
}

Result<std::vector<std::byte>> JpegEditor::write() {
    TurboWriter writer{errors_};
    if (!errors_.guarded([&] { write_stream(reader_, writer, blocks_); })) {
        return unwritable("the coefficients of a JPEG frame cannot be written");
    }
    std::vector<std::byte> stream{writer.written().begin(), writer.written().end()};
    EFFACE_TRY(const JpegHeader made, read_jpeg_header(stream, false));
    EFFACE_CHECK(keep_start_of_frame(stream, header_.start_of_frame, made.start_of_frame));
    EFFACE_CHECK(check_written(header_, made));
    return stream;
}

}  // namespace efface::pipeline
