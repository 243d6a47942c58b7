#include "tests/unit/pipeline/inference/picture_file.h"

#include <csetjmp>
#include <cstdio>
#include <memory>
// libjpeg's header wants the two above.
#include <jpeglib.h>
#include <png.h>

namespace efface::testing {
namespace {

using pipeline::Picture;

std::optional<Picture> read_png(const std::filesystem::path& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, path.c_str()) == 0) {
        return std::nullopt;
    }
    image.format = PNG_FORMAT_RGB;
    Picture picture{image.width, image.height, 3};
    if (png_image_finish_read(&image, nullptr, picture.samples.data(), 0, nullptr) == 0) {
        return std::nullopt;
    }
    return picture;
}

struct JumpOnError {
    jpeg_error_mgr manager;
    std::jmp_buf out;
};

// No object with a destructor lives between setjmp and longjmp.
bool read_jpeg_rows(std::FILE* file, Picture& picture) {
    jpeg_decompress_struct jpeg{};
    JumpOnError error{};
    jpeg.err = jpeg_std_error(&error.manager);
    error.manager.error_exit = [](j_common_ptr common) {
        std::longjmp(reinterpret_cast<JumpOnError*>(common->err)->out, 1);
    };
    if (setjmp(error.out) != 0) {
        jpeg_destroy_decompress(&jpeg);
        return false;
    }
    jpeg_create_decompress(&jpeg);
    jpeg_stdio_src(&jpeg, file);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    picture = Picture{jpeg.output_width, jpeg.output_height, 3};
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = picture.samples.data() + std::size_t{jpeg.output_scanline} * picture.columns * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return true;
}

std::optional<Picture> read_jpeg(const std::filesystem::path& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), std::fclose};
    Picture picture;
    if (file == nullptr || !read_jpeg_rows(file.get(), picture)) {
        return std::nullopt;
    }
    return picture;
}

}  // namespace

std::optional<Picture> read_picture(const std::filesystem::path& path) {
    return path.extension() == ".png" ? read_png(path) : read_jpeg(path);
}

}  // namespace efface::testing
