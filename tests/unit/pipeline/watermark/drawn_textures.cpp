#include "tests/unit/pipeline/watermark/drawn_textures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>
// libjpeg's header wants FILE.
#include <jpeglib.h>

namespace efface::testing {
namespace {

using pipeline::GreyPlane;

/// A counter mixed by SplitMix64: the same picture on every machine.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_{seed * 0x9E3779B97F4A7C15ULL + 0x1234567ULL} {}

    double uniform() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
    }

    double between(double low, double high) { return low + (high - low) * uniform(); }

    /// About normal: twelve uniform draws.
    double normal() {
        double sum = -6;
        for (int i = 0; i < 12; ++i) {
            sum += uniform();
        }
        return sum;
    }

private:
    std::uint64_t state_;
};

/// Random values on a grid of `cell` pixels, cosine steps between them; deviation about `height`.
void add_hills(GreyPlane& plane, double cell, double height, Draws& draws) {
    const auto across = static_cast<std::size_t>(static_cast<double>(plane.columns) / cell) + 2;
    const auto down = static_cast<std::size_t>(static_cast<double>(plane.rows) / cell) + 2;
    std::vector<double> grid(across * down);
    std::ranges::generate(grid, [&] { return draws.normal() * height * 1.5; });
    const auto eased = [](double t) { return (1 - std::cos(t * 3.14159265358979)) / 2; };
    for (std::size_t y = 0; y < plane.rows; ++y) {
        const double v = static_cast<double>(y) / cell;
        const auto row = static_cast<std::size_t>(v);
        const double fv = eased(v - static_cast<double>(row));
        for (std::size_t x = 0; x < plane.columns; ++x) {
            const double u = static_cast<double>(x) / cell;
            const auto column = static_cast<std::size_t>(u);
            const double fu = eased(u - static_cast<double>(column));
            const double* upper = &grid[row * across + column];
            const double* lower = upper + across;
            const double top = upper[0] + (upper[1] - upper[0]) * fu;
            const double bottom = lower[0] + (lower[1] - lower[0]) * fu;
            plane.values[y * plane.columns + x] += static_cast<float>(top + (bottom - top) * fv);
        }
    }
}

/// Ellipses of another shade, each with a side as sharp as drawn or a few pixels wide.
void add_shapes(GreyPlane& plane, int count, double step, double softness, Draws& draws) {
    const double width = static_cast<double>(plane.columns);
    const double height = static_cast<double>(plane.rows);
    for (int i = 0; i < count; ++i) {
        const double cx = draws.between(0, width);
        const double cy = draws.between(0, height);
        const double rx = draws.between(0.05, 0.35) * width;
        const double ry = draws.between(0.05, 0.35) * height;
        const double turn = draws.between(0, 3.14);
        const double shade = draws.between(-step, step);
        for (std::size_t y = 0; y < plane.rows; ++y) {
            for (std::size_t x = 0; x < plane.columns; ++x) {
                const double dx = static_cast<double>(x) - cx;
                const double dy = static_cast<double>(y) - cy;
                const double a = (dx * std::cos(turn) + dy * std::sin(turn)) / rx;
                const double b = (dy * std::cos(turn) - dx * std::sin(turn)) / ry;
                const double inside = (1 - std::sqrt(a * a + b * b)) * std::min(rx, ry) / softness;
                plane.values[y * plane.columns + x] +=
                    static_cast<float>(shade * std::clamp(inside + 0.5, 0.0, 1.0));
            }
        }
    }
}

/// Noise that neighbours share a part of, as reconstruction filters leave it.
void add_grain(GreyPlane& plane, double deviation, Draws& draws) {
    const std::size_t across = plane.columns + 1;
    std::vector<double> white(across * (plane.rows + 1));
    std::ranges::generate(white, [&] { return draws.normal(); });
    for (std::size_t y = 0; y < plane.rows; ++y) {
        for (std::size_t x = 0; x < plane.columns; ++x) {
            const double* here = &white[y * across + x];
            const double mixed = here[0] + 0.5 * (here[1] + here[across]) + 0.25 * here[across + 1];
            plane.values[y * plane.columns + x] += static_cast<float>(mixed * deviation / 1.25);
        }
    }
}

void add_stripes(GreyPlane& plane, Draws& draws) {
    const double fx = draws.between(0.1, 0.8);
    const double fy = draws.between(0.1, 0.8);
    const double height = draws.between(4, 14);
    const double left = draws.between(0, 0.6) * static_cast<double>(plane.columns);
    for (std::size_t y = 0; y < plane.rows; ++y) {
        for (auto x = static_cast<std::size_t>(left); x < plane.columns; ++x) {
            plane.values[y * plane.columns + x] += static_cast<float>(
                height * std::sin(fx * static_cast<double>(x) + fy * static_cast<double>(y))
            );
        }
    }
}

template <class Change>
GreyPlane changed(GreyPlane plane, const Change& change) {
    for (float& value : plane.values) {
        value = std::clamp(std::round(change(value)), 0.0F, 255.0F);
    }
    return plane;
}

std::vector<unsigned char> bytes_of(const GreyPlane& plane) {
    std::vector<unsigned char> bytes(plane.values.size());
    std::ranges::transform(plane.values, bytes.begin(), [](float value) {
        return static_cast<unsigned char>(std::clamp(std::round(value), 0.0F, 255.0F));
    });
    return bytes;
}

}  // namespace

std::string_view texture_name(Texture texture) {
    constexpr std::array<std::string_view, 3> kNames{"smooth", "noisy", "photograph"};
    return kNames[static_cast<std::size_t>(texture)];
}

GreyPlane drawn(Texture texture, std::size_t columns, std::size_t rows, std::uint32_t seed) {
    Draws draws{seed * 3ULL + static_cast<std::uint64_t>(texture)};
    const auto middle = static_cast<float>(draws.between(70, 180));
    GreyPlane plane{std::vector<float>(columns * rows, middle), columns, rows};
    switch (texture) {
        case Texture::kSmooth:
            add_hills(plane, 64, 14, draws);
            add_hills(plane, 24, 4, draws);
            add_grain(plane, draws.between(0.2, 1.5), draws);
            break;
        case Texture::kNoisy:
            add_shapes(plane, 8, 40, 3, draws);
            add_shapes(plane, 1, -400, 2, draws);  // Air or bone, beyond the window.
            add_grain(plane, draws.between(4, 12), draws);
            break;
        case Texture::kPhotograph:
            for (double cell = 96; cell > 2; cell /= 2) {
                add_hills(plane, cell, 2.2 * std::pow(cell, 0.45), draws);
            }
            add_shapes(plane, 10, 60, 1, draws);
            add_stripes(plane, draws);
            add_grain(plane, draws.between(0.5, 3), draws);
            break;
    }
    for (float& value : plane.values) {
        value = std::clamp(value, 0.0F, 255.0F);
    }
    return plane;
}

GreyPlane in_eight_bits(const GreyPlane& plane) {
    return changed(plane, [](float value) { return value; });
}

GreyPlane rewindowed(const GreyPlane& plane, float gain, float offset) {
    return changed(plane, [&](float value) { return gain * std::round(value) + offset; });
}

GreyPlane inverted(const GreyPlane& plane) {
    return changed(plane, [](float value) { return 255 - value; });
}

GreyPlane noised(const GreyPlane& plane, double deviation, std::uint32_t seed) {
    Draws draws{seed};
    return changed(plane, [&](float value) {
        return value + static_cast<float>(deviation * draws.normal());
    });
}

GreyPlane through_jpeg(const GreyPlane& plane, int quality) {
    std::vector<unsigned char> samples = bytes_of(plane);
    jpeg_error_mgr errors{};
    jpeg_compress_struct out{};
    out.err = jpeg_std_error(&errors);  // An error ends the test program.
    jpeg_create_compress(&out);
    unsigned char* stream = nullptr;
    unsigned long length = 0;
    jpeg_mem_dest(&out, &stream, &length);
    out.image_width = static_cast<JDIMENSION>(plane.columns);
    out.image_height = static_cast<JDIMENSION>(plane.rows);
    out.input_components = 1;
    out.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&out);
    jpeg_set_quality(&out, quality, TRUE);
    jpeg_start_compress(&out, TRUE);
    while (out.next_scanline < out.image_height) {
        JSAMPROW row = samples.data() + std::size_t{out.next_scanline} * plane.columns;
        jpeg_write_scanlines(&out, &row, 1);
    }
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);

    jpeg_decompress_struct in{};
    in.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&in);
    jpeg_mem_src(&in, stream, length);
    jpeg_read_header(&in, TRUE);
    jpeg_start_decompress(&in);
    while (in.output_scanline < in.output_height) {
        JSAMPROW row = samples.data() + std::size_t{in.output_scanline} * plane.columns;
        jpeg_read_scanlines(&in, &row, 1);
    }
    jpeg_finish_decompress(&in);
    jpeg_destroy_decompress(&in);
    std::free(stream);

    GreyPlane back{std::vector<float>(samples.begin(), samples.end()), plane.columns, plane.rows};
    return back;
}

}  // namespace efface::testing
