#include "pipeline/unit/decoded_pixels.h"

#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/native_transcoding.h"

#include <limits>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kPhotometricInterpretation{0x0028, 0x0004};
constexpr Tag kPlanarConfiguration{0x0028, 0x0006};
constexpr Tag kExtendedOffsetTable{0x7FE0, 0x0001};
constexpr Tag kExtendedOffsetTableLengths{0x7FE0, 0x0002};
constexpr std::string_view kUndoneByDecoding = "YBR_RCT";
constexpr std::string_view kUndoneWithLoss = "YBR_ICT";

// What a decoder gives back as it is, or as RGB. The irreversible transformation stands in lossy streams
// only, which are decoded where something of them is blackened.
bool survives_decoding(std::string_view photometric, bool colour, bool lossy) {
    if (colour) {
        return photometric == "RGB" || photometric == "YBR_FULL" || photometric == kUndoneByDecoding ||
               (lossy && photometric == kUndoneWithLoss);
    }
    return photometric == "MONOCHROME1" || photometric == "MONOCHROME2" || photometric == "PALETTE COLOR";
}

class FrameWriter {
public:
    FrameWriter(const Original& original, const PixelScan& scan) : original_{original}, scan_{scan} {}

    Status write_all(const std::vector<FrameRange>& ranges, OutputFile& output) const {
        std::vector<std::byte> gathered;
        for (const FrameRange& range : ranges) {
            EFFACE_TRY(
                DecodedFrame frame,
                decode_frame(
                    *original_.syntax, frame_of(scan_.element, range, gathered), sample_shape(scan_.shape)
                )
            );
            EFFACE_CHECK(check_colour(frame));
            // As in native samples: what stands beside the stored bits and is no sign is no sample.
            if (const auto clear = bits_to_clear(frame.bytes, scan_.shape, false)) {
                clear_unused_bits(frame.bytes, *clear);
            }
            EFFACE_CHECK(output.append(std::span<const std::byte>{frame.bytes}));
        }
        return {};
    }

private:
    // The stream and the attribute must tell one story. RGB in place of YBR_RCT is what many senders
    // write, and true of the samples either way.
    Status check_colour(const DecodedFrame& frame) const {
        const bool says_transformed = scan_.photometric == kUndoneByDecoding;
        const bool agree = frame.colour_transformed == says_transformed || scan_.photometric == "RGB";
        return agree ? Status{}
                     : fail(
                           Fault::kQuarantine, "Photometric Interpretation is not what the frames say",
                           Where::tag(kPhotometricInterpretation.value)
                       );
    }

    const Original& original_;
    const PixelScan& scan_;
};

}  // namespace

Status decode_header(Original& original) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    Item root = original.data_set.root();
    EFFACE_TRY(const std::string photometric, root.text(kPhotometricInterpretation));
    const bool colour = scan.shape.samples_per_pixel > 1;
    if (photometric != scan.photometric ||
        !survives_decoding(photometric, colour, original.syntax->lossy_possible)) {
        return fail(
            Fault::kQuarantine, "samples of this Photometric Interpretation are not decoded",
            Where::tag(kPhotometricInterpretation.value)
        );
    }
    if (photometric == kUndoneByDecoding || photometric == kUndoneWithLoss) {
        EFFACE_CHECK(root.put(kPhotometricInterpretation, Vr::CS, "RGB"));
    }
    if (colour) {
        if (!root.find(kPlanarConfiguration)) {
            return fail(
                Fault::kQuarantine, "Planar Configuration is absent: not decoded",
                Where::tag(kPlanarConfiguration.value)
            );
        }
        EFFACE_CHECK(root.put(kPlanarConfiguration, Vr::US, std::string_view{"\0\0", 2}));
    }
    root.remove(kExtendedOffsetTable);
    root.remove(kExtendedOffsetTableLengths);
    return {};
}

Status append_decoded_pixels(
    const Original& original, const rules::TransferSyntax& target, OutputFile& output
) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    EFFACE_TRY(const std::uint64_t frame_bytes, sample_shape(scan.shape).frame_bytes());
    // At most 2^29 bytes a frame and 10^6 frames: no overflow.
    const std::uint64_t bytes = frame_bytes * scan.shape.number_of_frames;
    const std::uint64_t padded = bytes + (bytes & 1U);
    if (padded >= std::numeric_limits<std::uint32_t>::max() || padded > output.bytes_left()) {
        return fail(
            Fault::kQuarantine, "decoded Pixel Data is larger than a worker or the standard allows",
            Where::tag(0x7FE00010)
        );
    }
    EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan, original.syntax->family));
    // Implicit VR is always OW; in explicit VR bytes are OB and words OW (PS3.5 A.1, A.2).
    const bool words = !target.explicit_vr || scan.shape.bits_allocated > 8;
    EFFACE_CHECK(output.append(pixel_element_header(target, words ? "OW" : "OB", padded)));
    EFFACE_CHECK(FrameWriter(original, scan).write_all(ranges, output));
    return padded == bytes ? Status{} : output.append(std::string_view{"\0", 1});
}

}  // namespace efface::pipeline
