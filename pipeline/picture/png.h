// Pictures as PNG (ISO/IEC 15948), for people: previews out, brush masks in. Written and read with libpng's
// simplified interface, whose errors are values. Thread rule: pure.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <string>
#include <string_view>

namespace efface::pipeline {

/// Columns times rows of a PNG that is read; one that claims more is refused before anything is decoded.
inline constexpr std::uint64_t kPngPixelsMax = std::uint64_t{1} << 28U;

/// Fault::kRetry: libpng failed.
Result<std::string> encode_png(const PictureView& picture);

/// As grey of eight bits, whatever it holds; transparent pixels are black. Fault::kRefuse: no PNG, or too
/// large.
Result<Picture> decode_png_as_grey(std::string_view bytes);

}  // namespace efface::pipeline
