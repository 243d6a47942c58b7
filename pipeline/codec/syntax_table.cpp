// See syntax_table.h.
#include "pipeline/codec/syntax_table.h"

#include "pipeline/codec/frame_encoder.h"

#include <algorithm>
#include <array>

namespace efface::pipeline {
namespace {

using enum FrameReader;
using Out = MaskedOutput;

constexpr std::string_view kNoVideo = "video: no frame stands alone";
constexpr std::string_view kNoArithmetic = "arithmetic coding: no decoder";
constexpr std::string_view kNoHierarchy = "hierarchical: no decoder";
constexpr std::string_view kNoXl = "no decoder in Debian 12";
constexpr std::string_view kNoPart2 = "part 2: components depend on each other";
constexpr std::string_view kEightBits = "8 bits";
constexpr std::string_view kTwelveBits =
    "8 bits; of 12 bits, grey only, read by DCMTK's IJG 12 and written as Explicit VR Little Endian";
constexpr std::string_view kIjgSides =
    "sides of more than 65500 pixels are written as Explicit VR Little Endian";

constexpr std::array kRows{
    SyntaxRow{"1.2.840.10008.1.2", kNative, Out::kAsNative, ""},
    SyntaxRow{"1.2.840.10008.1.2.1", kNative, Out::kAsNative, ""},
    SyntaxRow{"1.2.840.10008.1.2.1.98", FrameReader::kNone, Out::kNone, "not searched in this version"},
    SyntaxRow{"1.2.840.10008.1.2.2", kNative, Out::kExplicit, "up to 16 bits"},
    SyntaxRow{"1.2.840.10008.1.2.4.100", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.100.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.101", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.101.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.102", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.102.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.103", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.103.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.104", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.104.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.105", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.105.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.106", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.106.1", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.107", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.108", FrameReader::kNone, Out::kNone, kNoVideo},
    SyntaxRow{"1.2.840.10008.1.2.4.110", FrameReader::kNone, Out::kNone, kNoXl},
    SyntaxRow{"1.2.840.10008.1.2.4.111", FrameReader::kNone, Out::kNone, kNoXl},
    SyntaxRow{"1.2.840.10008.1.2.4.112", FrameReader::kNone, Out::kNone, kNoXl},
    SyntaxRow{"1.2.840.10008.1.2.4.201", kJpeg2000, Out::kExplicit, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.202", kJpeg2000, Out::kExplicit, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.203", kJpeg2000, Out::kExplicit, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.50", kJpegDct, Out::kCoefficients, kEightBits},
    SyntaxRow{"1.2.840.10008.1.2.4.51", kJpegDct, Out::kCoefficients, kTwelveBits},
    SyntaxRow{"1.2.840.10008.1.2.4.52", FrameReader::kNone, Out::kNone, kNoArithmetic},
    SyntaxRow{"1.2.840.10008.1.2.4.53", kJpegDct, Out::kCoefficients, kTwelveBits},
    SyntaxRow{"1.2.840.10008.1.2.4.54", FrameReader::kNone, Out::kNone, kNoArithmetic},
    SyntaxRow{"1.2.840.10008.1.2.4.55", kJpegDct, Out::kCoefficients, kTwelveBits},
    SyntaxRow{"1.2.840.10008.1.2.4.56", FrameReader::kNone, Out::kNone, kNoArithmetic},
    SyntaxRow{"1.2.840.10008.1.2.4.57", kJpegLossless, Out::kRecoded, kIjgSides},
    SyntaxRow{"1.2.840.10008.1.2.4.58", FrameReader::kNone, Out::kNone, kNoArithmetic},
    SyntaxRow{"1.2.840.10008.1.2.4.59", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.60", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.61", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.62", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.63", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.64", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.65", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.66", FrameReader::kNone, Out::kNone, kNoHierarchy},
    SyntaxRow{"1.2.840.10008.1.2.4.70", kJpegLossless, Out::kRecoded, kIjgSides},
    SyntaxRow{"1.2.840.10008.1.2.4.80", kJpegLs, Out::kRecoded, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.81", kJpegLs, Out::kExplicit, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.90", kJpeg2000, Out::kRecoded, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.91", kJpeg2000, Out::kExplicit, ""},
    SyntaxRow{"1.2.840.10008.1.2.4.92", FrameReader::kNone, Out::kNone, kNoPart2},
    SyntaxRow{"1.2.840.10008.1.2.4.93", FrameReader::kNone, Out::kNone, kNoPart2},
    SyntaxRow{"1.2.840.10008.1.2.5", kRle, Out::kRecoded, ""},
};
static_assert(std::ranges::is_sorted(kRows, {}, &SyntaxRow::uid), "looked up by UID");

}  // namespace

std::span<const SyntaxRow> syntax_rows() {
    return kRows;
}

SyntaxRow syntax_row(std::string_view uid) {
    const auto* row = std::ranges::lower_bound(kRows, uid, {}, &SyntaxRow::uid);
    return row != kRows.end() && row->uid == uid ? *row : SyntaxRow{.uid = uid};
}

MaskedOutput masked_output(const rules::TransferSyntax& syntax, const SampleShape& shape) {
    const MaskedOutput output = syntax_row(syntax.uid).output;
    const bool decoded = (output == Out::kCoefficients && shape.bits_allocated > 8) ||
                         (output == Out::kRecoded && !is_encodable(syntax, shape));
    return decoded ? Out::kExplicit : output;
}

std::string_view masked_syntax(const rules::TransferSyntax& syntax, const SampleShape& shape) {
    switch (masked_output(syntax, shape)) {
        case MaskedOutput::kAsNative:
        case MaskedOutput::kRecoded:
        case MaskedOutput::kCoefficients:
            return syntax.uid;
        case MaskedOutput::kExplicit:
            return rules::kExplicitVrLittleEndian;
        case MaskedOutput::kNone:
            break;
    }
    return {};
}

std::string_view reader_text(FrameReader reader) {
    switch (reader) {
        case FrameReader::kNone:
            return "no";
        case kNative:
            return "as it stands";
        case kRle:
            return "own code";
        case kJpegLossless:
            return "DCMTK's IJG 8, 12, 16";
        case kJpegDct:
            return "libjpeg-turbo";
        case kJpegLs:
            return "CharLS";
        case kJpeg2000:
            return "OpenJPEG";
    }
    return "no";
}

std::string_view output_text(MaskedOutput output) {
    switch (output) {
        case MaskedOutput::kNone:
            return "quarantined";
        case MaskedOutput::kAsNative:
            return "the same syntax";
        case MaskedOutput::kExplicit:
            return "Explicit VR Little Endian";
        case MaskedOutput::kRecoded:
            return "the same syntax, encoded again";
        case MaskedOutput::kCoefficients:
            return "the same syntax, coefficients edited";
    }
    return "quarantined";
}

std::string_view gate_text(MaskedOutput output) {
    switch (output) {
        case MaskedOutput::kNone:
            return "";
        case MaskedOutput::kAsNative:
        case MaskedOutput::kExplicit:
        case MaskedOutput::kRecoded:
            return "stored values";
        case MaskedOutput::kCoefficients:
            return "coefficients";
    }
    return "";
}

}  // namespace efface::pipeline
