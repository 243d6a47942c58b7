// Lossy JPEG of eight bits through libjpeg-turbo, plain calls: an error ends the test program.
#include "tests/unit/pipeline/codec/encoders.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>
// libjpeg's header wants FILE.
#include <jpeglib.h>

namespace efface::testing {
namespace {

std::vector<jpeg_scan_info> separate_scans(int components) {
    std::vector<jpeg_scan_info> scans;
    for (int i = 0; i < components; ++i) {
        scans.push_back(
            {.comps_in_scan = 1, .component_index = {i, 0, 0, 0}, .Ss = 0, .Se = 63, .Ah = 0, .Al = 0}
        );
    }
    return scans;
}

// The first coefficient, then each of the others bit by bit, as long as there are some left.
std::vector<jpeg_scan_info> many_scans(std::size_t count) {
    std::vector<jpeg_scan_info> scans{
        {.comps_in_scan = 1, .component_index = {0, 0, 0, 0}, .Ss = 0, .Se = 0, .Ah = 0, .Al = 0}};
    constexpr int kLowBits = 9;
    for (int coefficient = 1; coefficient < 64; ++coefficient) {
        for (int bit = kLowBits; bit >= 0 && scans.size() < count; --bit) {
            scans.push_back(
                {.comps_in_scan = 1,
                 .component_index = {0, 0, 0, 0},
                 .Ss = coefficient,
                 .Se = coefficient,
                 .Ah = bit == kLowBits ? 0 : bit + 1,
                 .Al = bit}
            );
        }
    }
    return scans;
}

void set_up(jpeg_compress_struct& info, const Picture& picture, const JpegDctOptions& options) {
    const int components = static_cast<int>(picture.shape.samples_per_pixel);
    info.image_width = static_cast<JDIMENSION>(picture.shape.columns);
    info.image_height = static_cast<JDIMENSION>(picture.shape.rows);
    info.input_components = components;
    info.in_color_space = components == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    if (components == 3) {
        jpeg_set_colorspace(&info, options.as_rgb ? JCS_RGB : JCS_YCbCr);
    }
    jpeg_set_quality(&info, options.quality, TRUE);
    for (int i = 0; i < components; ++i) {
        info.comp_info[i].h_samp_factor = i == 0 ? options.across : 1;
        info.comp_info[i].v_samp_factor = i == 0 ? options.down : 1;
    }
    info.restart_interval = options.restart_interval;
    info.arith_code = options.arithmetic ? TRUE : FALSE;
    if (!options.markers) {
        info.write_JFIF_header = FALSE;
        info.write_Adobe_marker = FALSE;
    }
    if (options.progressive) {
        jpeg_simple_progression(&info);
    }
}

}  // namespace

Bytes encode_jpeg_dct(const Picture& picture, const JpegDctOptions& options) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* bytes = nullptr;
    unsigned long count = 0;
    jpeg_mem_dest(&info, &bytes, &count);
    set_up(info, picture, options);
    std::vector<jpeg_scan_info> scans;
    if (options.one_scan_each) {
        scans = separate_scans(info.num_components);
    } else if (options.scans != 0) {
        scans = many_scans(options.scans);
    }
    if (!scans.empty()) {
        info.scan_info = scans.data();
        info.num_scans = static_cast<int>(scans.size());
    }
    jpeg_start_compress(&info, TRUE);
    const std::size_t row_samples = picture.shape.columns * picture.shape.samples_per_pixel;
    std::vector<unsigned char> row(row_samples);
    while (info.next_scanline < info.image_height) {
        for (std::size_t i = 0; i < row_samples; ++i) {
            row[i] = static_cast<unsigned char>(picture.samples[info.next_scanline * row_samples + i]);
        }
        JSAMPROW line = row.data();
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes);
    Bytes stream{begin, begin + count};
    std::free(bytes);
    return stream;
}

Bytes decode_with_libjpeg(const Bytes& stream) {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(
        &info, reinterpret_cast<const unsigned char*>(stream.data()),
        static_cast<unsigned long>(stream.size())
    );
    jpeg_read_header(&info, TRUE);
    jpeg_start_decompress(&info);
    const std::size_t row_bytes =
        std::size_t{info.output_width} * static_cast<std::size_t>(info.output_components);
    Bytes samples(row_bytes * info.output_height);
    while (info.output_scanline < info.output_height) {
        auto* row = reinterpret_cast<JSAMPROW>(samples.data() + info.output_scanline * row_bytes);
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return samples;
}

}  // namespace efface::testing
