#include "node/cli/mask_file.h"

#include "node/control/key_file.h"
#include "pipeline/picture/brush.h"
#include "pipeline/picture/png.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"

namespace efface::node {

namespace {

using pipeline::Picture;
using rules::Tag;

constexpr std::size_t kMaskBytesMax = std::size_t{64} << 20U;
constexpr std::size_t kPreambleBytes = 128;
constexpr std::string_view kMagic = "DICM";
/// Of the rectangles that a mask becomes, and of their grid: as pipeline/pixel/mask.h has them.
constexpr std::size_t kBoxesMax = 4096;
constexpr std::int64_t kGrid = 8;

/// What of a Segmentation says where its bits are.
struct Segmentation {
    std::uint64_t columns = 0;
    std::uint64_t rows = 0;
    std::uint64_t bits_allocated = 0;
    std::size_t segments = 0;
    std::size_t automatic_segments = 0;  ///< Whose shape is exact: nobody drew them.
    std::span<const std::byte> bits;
};

std::uint64_t us_of(const pipeline::Event& event) {
    if (event.value.size() != 2) {
        return 0;
    }
    const auto first = std::to_integer<std::uint64_t>(event.value[0]);
    const auto second = std::to_integer<std::uint64_t>(event.value[1]);
    return event.big_endian ? (first << 8U) | second : first | (second << 8U);
}

Result<Segmentation> read_segmentation(std::span<const std::byte> file) {
    EFFACE_TRY(const pipeline::Part10 part10, pipeline::parse_part10(file));
    EFFACE_TRY(const rules::TransferSyntax* syntax, pipeline::scannable_syntax(part10));
    pipeline::Scanner scanner{file.subspan(part10.data_set_offset), *syntax};
    Segmentation found;
    for (;;) {
        EFFACE_TRY(const pipeline::Event event, scanner.next());
        if (event.kind == pipeline::EventKind::kEnd || event.kind == pipeline::EventKind::kPixelBegin) {
            return found;
        }
        const auto path = scanner.path();
        if (event.kind == pipeline::EventKind::kElement && event.tag == Tag{0x0062, 0x0008} &&
            path.size() == 1 && path[0] == Tag{0x0062, 0x0002}) {
            ++found.segments;
            found.automatic_segments += pipeline::trimmed_text(event.value) == "AUTOMATIC" ? 1 : 0;
        }
        if (event.kind != pipeline::EventKind::kElement || event.depth != 0) {
            continue;
        }
        if (event.tag == Tag{0x0028, 0x0010}) {
            found.rows = us_of(event);
        } else if (event.tag == Tag{0x0028, 0x0011}) {
            found.columns = us_of(event);
        } else if (event.tag == Tag{0x0028, 0x0100}) {
            found.bits_allocated = us_of(event);
        } else if (event.tag == Tag{0x7FE0, 0x0010}) {
            found.bits = event.value;
        }
    }
}

/// All frames on one picture; bits are packed from the lowest on, across frames (PS3.5 8.1.1).
Result<Picture> union_of_frames(const Segmentation& segmentation) {
    const std::uint64_t pixels = segmentation.columns * segmentation.rows;
    const std::uint64_t bits = std::uint64_t{8} * segmentation.bits.size();
    if (segmentation.bits_allocated != 1 || pixels == 0 || bits < pixels) {
        return fail(Fault::kRefuse, "not a Segmentation of uncompressed bits");
    }
    Picture picture{segmentation.columns, segmentation.rows, 1};
    for (std::uint64_t bit = 0; bit < bits / pixels * pixels; ++bit) {
        const auto byte = std::to_integer<unsigned>(segmentation.bits[bit / 8]);
        if (((byte >> (bit % 8)) & 1U) != 0) {
            picture.samples[bit % pixels] = 255;
        }
    }
    return picture;
}

struct DecodedMask {
    Picture picture;
    std::int64_t margin = pipeline::kBrushMargin;
};

Result<DecodedMask> decode(std::string_view bytes) {
    if (bytes.size() > kPreambleBytes && bytes.substr(kPreambleBytes, kMagic.size()) == kMagic) {
        EFFACE_TRY(const Segmentation found, read_segmentation(std::as_bytes(std::span{bytes})));
        EFFACE_TRY(Picture picture, union_of_frames(found));
        const bool exact = found.segments != 0 && found.segments == found.automatic_segments;
        return DecodedMask{std::move(picture), exact ? 0 : pipeline::kBrushMargin};
    }
    EFFACE_TRY(Picture picture, pipeline::decode_png_as_grey(bytes));
    return DecodedMask{std::move(picture)};
}

}  // namespace

tl::expected<MaskFile, std::string> read_mask_file(const std::string& path) {
    const auto bytes = read_small_file(path, kMaskBytesMax);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    const auto decoded = decode(*bytes);
    if (!decoded) {
        return tl::unexpected(path + ": " + decoded.error().message());
    }
    const Picture& picture = decoded->picture;
    auto boxes = pipeline::brushed_boxes(picture.view(), kGrid, kBoxesMax, decoded->margin);
    if (!boxes) {
        return tl::unexpected(path + ": " + boxes.error().message());
    }
    return MaskFile{picture.columns, picture.rows, std::move(*boxes)};
}

}  // namespace efface::node
