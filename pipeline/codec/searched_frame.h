// One frame of any syntax that is searched, lossy ones too, as samples that a finder is shown. What may be
// written is another question: frame_decoder.h decodes what proves itself lossless, jpeg_blackening.h edits
// coefficients. Thread rule: pure functions. Linked by efface-worker only.
#pragma once

#include "pipeline/codec/frame_decoder.h"

namespace efface::pipeline {

/// Photometric Interpretation of what decode_searched_frame() gives: colour transformations are undone.
std::string_view searched_photometric(const rules::TransferSyntax& syntax, std::string_view photometric);

/// `photometric`: (0028,0004) of the data set. Fault::kQuarantine: contradicts `shape`, broken, or not
/// decodable.
Result<DecodedFrame> decode_searched_frame(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape,
    std::string_view photometric
);

/// Whether the stream itself says that it lost nothing; never of a cosine transform. What was left out of a
/// JPEG 2000 stream after it was made shows nowhere.
bool proves_lossless(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape
);

}  // namespace efface::pipeline
