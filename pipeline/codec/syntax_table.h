// What becomes of the frames of each transfer syntax (PS3.5 annex A): who decodes them for the search, how
// they are written where something is blackened, what the gate compares then. One row for every syntax that
// may be stored, whose Pixel Data no walker can clean among them. Cleaner, gate and docs/pixels.md read this
// table. Thread rule: pure functions.
#pragma once

#include "pipeline/codec/frame_decoder.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::pipeline {

enum class FrameReader : std::uint8_t {
    kNone,
    kNative,
    kRle,
    kJpegLossless,  ///< DCMTK's IJG libraries.
    kJpegDct,       ///< libjpeg-turbo; of twelve bits DCMTK's IJG library.
    kJpegLs,        ///< CharLS.
    kJpeg2000,      ///< OpenJPEG.
};

enum class MaskedOutput : std::uint8_t {
    kNone,
    kAsNative,      ///< The stored values in the syntax that they came in.
    kExplicit,      ///< Decoded, Explicit VR Little Endian.
    kRecoded,       ///< The same syntax, encoded again without loss. Of shapes that frame_encoder.h does not
                    ///< take: kExplicit.
    kCoefficients,  ///< The same syntax; coefficients of whole units replaced. Of more than 8 bits:
                    ///< kExplicit.
};

struct SyntaxRow {
    std::string_view uid;
    FrameReader reader = FrameReader::kNone;
    MaskedOutput output = MaskedOutput::kNone;
    std::string_view limit;  ///< What of the syntax is not taken, or why none of it is. May be empty.
};

std::span<const SyntaxRow> syntax_rows();

/// The row of a syntax; one without reader and output where it has none.
SyntaxRow syntax_row(std::string_view uid);

/// How blackened samples of this shape are written: coefficients are edited of eight bits only.
MaskedOutput masked_output(const rules::TransferSyntax& syntax, const SampleShape& shape);

/// The syntax that they are written in; empty: none.
std::string_view masked_syntax(const rules::TransferSyntax& syntax, const SampleShape& shape);

std::string_view reader_text(FrameReader reader);
std::string_view output_text(MaskedOutput output);
/// What the gate holds against each other.
std::string_view gate_text(MaskedOutput output);

}  // namespace efface::pipeline
