#include "pipeline/picture/png_samples.h"

#include <csetjmp>
#include <cstring>
#include <png.h>

namespace efface::pipeline {
namespace {

constexpr png_uint_32 kSideMax = 65'535;

struct Source {
    std::string_view bytes;
    std::size_t at = 0;
};

[[noreturn]] void give_up(png_structp png, png_const_charp /*text*/) {
    png_longjmp(png, 1);
}

void say_nothing(png_structp /*png*/, png_const_charp /*text*/) {}

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
    auto* source = static_cast<Source*>(png_get_io_ptr(png));
    if (count > source->bytes.size() - source->at) {
        png_error(png, "ends early");
    }
    std::memcpy(out, source->bytes.data() + source->at, count);
    source->at += count;
}

/// libpng's two blocks, freed on every path.
struct Reader {
    png_structp png = nullptr;
    png_infop info = nullptr;

    Reader() {
        png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, give_up, say_nothing);
        info = png != nullptr ? png_create_info_struct(png) : nullptr;
    }

    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }

    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
};

// The two functions that libpng may leave by longjmp hold nothing that has a destructor.

bool read_head(const Reader& reader) {
    if (setjmp(png_jmpbuf(reader.png)) != 0) {
        return false;
    }
    png_set_user_limits(reader.png, kSideMax, kSideMax);
    png_read_info(reader.png, reader.info);
    return true;
}

bool read_rows(const Reader& reader, png_bytep* rows) {
    if (setjmp(png_jmpbuf(reader.png)) != 0) {
        return false;
    }
    if (png_get_bit_depth(reader.png, reader.info) == 16) {
        png_set_swap(reader.png);  // PNG stores the high byte first.
    }
    png_set_interlace_handling(reader.png);
    png_read_update_info(reader.png, reader.info);
    png_read_image(reader.png, rows);
    png_read_end(reader.png, nullptr);
    return true;
}

}  // namespace

Result<PngSamples> decode_png_samples(std::string_view bytes, std::uint64_t pixels_max) {
    const Reader reader;
    if (reader.png == nullptr || reader.info == nullptr) {
        return fail(Fault::kRetry, "no memory for a PNG");
    }
    Source source{bytes};
    png_set_read_fn(reader.png, &source, read_bytes);
    if (!read_head(reader)) {
        return fail(Fault::kRefuse, "not a PNG");
    }
    PngSamples out{
        .columns = png_get_image_width(reader.png, reader.info),
        .rows = png_get_image_height(reader.png, reader.info),
        .channels = png_get_channels(reader.png, reader.info),
        .bits = png_get_bit_depth(reader.png, reader.info)};
    const auto colour = png_get_color_type(reader.png, reader.info);
    const bool is_plain = colour == PNG_COLOR_TYPE_GRAY || colour == PNG_COLOR_TYPE_RGB;
    if (!is_plain || (out.bits != 8 && out.bits != 16)) {
        return fail(
            Fault::kRefuse,
            "a PNG of a palette, of transparency or of fewer than 8 bits; save it as grey or RGB of 8 or 16"
        );
    }
    if (std::uint64_t{out.columns} * out.rows > pixels_max) {
        return fail(Fault::kRefuse, "a PNG of too many pixels");
    }
    const std::size_t row_bytes = out.columns * out.channels * (out.bits / 8);
    out.samples.resize(row_bytes * out.rows);
    std::vector<png_bytep> rows(out.rows);
    for (std::size_t y = 0; y < out.rows; ++y) {
        rows[y] = reinterpret_cast<png_bytep>(out.samples.data() + y * row_bytes);
    }
    if (!read_rows(reader, rows.data())) {
        return fail(Fault::kRefuse, "a PNG that cannot be decoded");
    }
    return out;
}

}  // namespace efface::pipeline
