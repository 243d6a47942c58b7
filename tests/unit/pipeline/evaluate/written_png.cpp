#include "tests/unit/pipeline/evaluate/written_png.h"

#include "pipeline/enhance/counter_noise.h"

#include <cmath>
#include <png.h>

namespace efface::testing {

std::string written_png(const pipeline::PngSamples& picture) {
    std::string out;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(
        png, &out,
        [](png_structp writer, png_bytep bytes, std::size_t count) {
            static_cast<std::string*>(png_get_io_ptr(writer))
                ->append(reinterpret_cast<const char*>(bytes), count);
        },
        nullptr
    );
    png_set_IHDR(
        png, info, static_cast<png_uint_32>(picture.columns), static_cast<png_uint_32>(picture.rows),
        static_cast<int>(picture.bits), picture.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT
    );
    png_set_gAMA_fixed(png, info, 45'455);  // Whoever applied it would read other samples.
    png_write_info(png, info);
    if (picture.bits == 16) {
        png_set_swap(png);
    }
    const std::size_t row_bytes = picture.columns * picture.channels * (picture.bits / 8);
    for (std::size_t y = 0; y < picture.rows; ++y) {
        png_write_row(png, reinterpret_cast<png_const_bytep>(picture.samples.data() + y * row_bytes));
    }
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    return out;
}

pipeline::PngSamples drawn_truth(std::size_t columns, std::size_t rows) {
    pipeline::PngSamples out{columns, rows, 1, 16, {}};
    Digest seed{};
    seed[0] = 42;
    const std::vector<float> grain = pipeline::CounterNoise{seed}.field(columns, rows, 0);
    for (std::size_t i = 0; i < columns * rows; ++i) {
        const auto x = static_cast<float>(i % columns);
        const auto y = static_cast<float>(i / columns);
        const float value = 1000 + 3 * x + 2 * y + 300 * std::sin(x / 7) * std::cos(y / 9) + 30 * grain[i];
        const auto stored = static_cast<std::uint32_t>(std::lround(value));
        out.samples.push_back(static_cast<std::byte>(stored & 0xFFU));
        out.samples.push_back(static_cast<std::byte>(stored >> 8U));
    }
    return out;
}

pipeline::PngSamples drawn_mask(
    std::size_t columns, std::size_t rows, std::size_t left, std::size_t top, std::size_t right,
    std::size_t bottom
) {
    pipeline::PngSamples out{columns, rows, 1, 8, std::vector<std::byte>(columns * rows)};
    for (std::size_t y = top; y < bottom; ++y) {
        for (std::size_t x = left; x < right; ++x) {
            out.samples[y * columns + x] = std::byte{255};
        }
    }
    return out;
}

}  // namespace efface::testing
