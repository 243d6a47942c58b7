#include "pipeline/picture/png.h"

#include <png.h>

namespace efface::pipeline {
namespace {

/// libpng's control block, freed on every path.
class Image {
public:
    Image() { image_.version = PNG_IMAGE_VERSION; }

    ~Image() { png_image_free(&image_); }

    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    png_image* operator->() { return &image_; }

    png_image* get() { return &image_; }

private:
    png_image image_{};
};

}  // namespace

Result<std::string> encode_png(const PictureView& picture) {
    Image image;
    image->width = static_cast<png_uint_32>(picture.columns);
    image->height = static_cast<png_uint_32>(picture.rows);
    image->format = picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png_alloc_size_t bytes = 0;
    if (png_image_write_to_memory(image.get(), nullptr, &bytes, 0, picture.samples.data(), 0, nullptr) == 0) {
        return fail(Fault::kRetry, "a picture cannot be written as PNG");
    }
    std::string text(bytes, '\0');
    if (png_image_write_to_memory(image.get(), text.data(), &bytes, 0, picture.samples.data(), 0, nullptr) ==
        0) {
        return fail(Fault::kRetry, "a picture cannot be written as PNG");
    }
    text.resize(bytes);
    return text;
}

Result<Picture> decode_png_as_grey(std::string_view bytes) {
    Image image;
    if (png_image_begin_read_from_memory(image.get(), bytes.data(), bytes.size()) == 0) {
        return fail(Fault::kRefuse, "not a PNG");
    }
    const std::uint64_t pixels = std::uint64_t{image->width} * image->height;
    if (pixels == 0 || pixels > kPngPixelsMax) {
        return fail(Fault::kRefuse, "a PNG of no pixels, or of too many");
    }
    image->format = PNG_FORMAT_GRAY;
    Picture picture{image->width, image->height, 1};
    constexpr png_color kBlack{0, 0, 0};
    if (png_image_finish_read(image.get(), &kBlack, picture.samples.data(), 0, nullptr) == 0) {
        return fail(Fault::kRefuse, "a PNG that cannot be decoded");
    }
    return picture;
}

}  // namespace efface::pipeline
