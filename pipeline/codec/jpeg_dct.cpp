// See jpeg_dct.h.
#include "pipeline/codec/jpeg_dct.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::uint64_t kSamplingMax = 4;
constexpr std::uint64_t kBlocksOfUnitMax = 10;  // ISO/IEC 10918-1 B.2.3.
constexpr std::uint8_t kAdobeAsItIs = 0;

Status check_process(const JpegHeader& header) {
    switch (header.start_of_frame) {
        case kStartOfFrameBaseline:
        case kStartOfFrameExtended:
        case kStartOfFrameProgressive:
            return {};
        case 0xC3:
        case 0xC7:
        case 0xCB:
        case 0xCF:
            return fail(Fault::kQuarantine, "a frame of a lossy JPEG syntax is a lossless one");
        case 0xC5:
        case 0xC6:
            return fail(Fault::kQuarantine, "hierarchical JPEG is not decoded");
        default:
            return fail(Fault::kQuarantine, "JPEG with arithmetic coding is not decoded");
    }
}

bool sampling_known(const JpegHeader& header) {
    std::uint64_t blocks = 0;
    for (std::size_t i = 0; i < header.components; ++i) {
        const std::uint64_t across = header.across[i];
        const std::uint64_t down = header.down[i];
        if (across == 0 || down == 0 || across > kSamplingMax || down > kSamplingMax || across == 3 ||
            down == 3) {
            return false;
        }
        blocks += across * down;
    }
    return blocks <= kBlocksOfUnitMax;
}

tl::unexpected<Error> differ() {
    return fail(
        Fault::kQuarantine, "a compressed frame and its attributes differ in size, samples or bits",
        Where::tag(0x00280010)
    );
}

bool same_size(const JpegHeader& header, const SampleShape& shape) {
    return header.rows == shape.rows && header.columns == shape.columns &&
           header.components == shape.samples_per_pixel && !shape.is_signed;
}

Status check_scans(const JpegHeader& header, const SampleShape& shape) {
    EFFACE_TRY([[maybe_unused]] const std::uint64_t bounded, shape.frame_bytes());
    const std::uint64_t samples = shape.rows * shape.columns * shape.samples_per_pixel;
    if (header.scans > kJpegScansMax || header.scans * samples > kJpegScannedSamplesMax) {
        return fail(
            Fault::kQuarantine, "a JPEG frame has more scans than are decoded", Where::tag(0x7FE00010)
        );
    }
    return {};
}

}  // namespace

Result<JpegHeader> read_deep_dct_header(std::span<const std::byte> frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_jpeg_header(frame, false));
    EFFACE_CHECK(check_process(header));
    const bool twelve = header.precision == 12 && shape.bits_allocated == 16 && shape.bits_stored == 12 &&
                        shape.high_bit == 11;
    if (header.components != 1) {
        return fail(Fault::kQuarantine, "lossy JPEG of twelve bits is decoded in grey only");
    }
    if (!same_size(header, shape) || !twelve || !sampling_known(header)) {
        return differ();
    }
    EFFACE_CHECK(check_scans(header, shape));
    return header;
}

Result<JpegHeader> read_dct_header(std::span<const std::byte> frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_jpeg_header(frame, false));
    EFFACE_CHECK(check_process(header));
    const bool eight =
        header.precision == 8 && shape.bits_allocated == 8 && shape.bits_stored == 8 && shape.high_bit == 7;
    if (!same_size(header, shape) || (header.components != 1 && header.components != 3) || !eight ||
        !sampling_known(header)) {
        return differ();
    }
    EFFACE_CHECK(check_scans(header, shape));
    return header;
}

JpegColour jpeg_colour(const JpegHeader& header, std::string_view photometric) {
    if (header.components == 1) {
        return JpegColour::kGrey;
    }
    if (header.jfif) {
        return JpegColour::kYbr;
    }
    if (header.adobe_transform) {
        return *header.adobe_transform == kAdobeAsItIs ? JpegColour::kRgb : JpegColour::kYbr;
    }
    return photometric == "RGB" ? JpegColour::kRgb : JpegColour::kYbr;
}

JpegUnit jpeg_unit(const JpegHeader& header) {
    if (header.components == 1) {
        return {};  // A scan of one component has units of one block, whatever its factors (A.2.2).
    }
    JpegUnit unit;
    for (std::size_t i = 0; i < header.components; ++i) {
        unit.columns = std::max<std::size_t>(unit.columns, 8U * header.across[i]);
        unit.rows = std::max<std::size_t>(unit.rows, 8U * header.down[i]);
    }
    return unit;
}

}  // namespace efface::pipeline
