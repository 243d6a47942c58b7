// Encodes one frame again in the lossless syntax that it came in (PS3.5 8.2, annex A.4, G): RLE by code of
// our own, JPEG process 14, JPEG-LS and JPEG 2000 by the libraries that decode them.
//
// The new stream has the depth and the sign of the one whose place it takes, so that whoever could read that
// one reads this one alike, and nothing beside the samples: no comment, no thumbnail. Nobody here believes
// that it gives the samples back: the gate decodes what was written (pipeline/gate/recoded_frames.h). Thread
// rule: pure functions. Linked by efface-worker only.
#pragma once

#include "pipeline/codec/frame_decoder.h"

namespace efface::pipeline {

struct NewFrame {
    std::span<const std::byte> samples;   ///< As DecodedFrame::bytes.
    std::string_view photometric;         ///< (0028,0004); YBR_RCT: the samples are RGB, the stream is not.
    std::span<const std::byte> replaced;  ///< The compressed frame that it was decoded from.
};

/// Whether frames of this shape are encoded in this syntax.
bool is_encodable(const rules::TransferSyntax& syntax, const SampleShape& shape);

/// The compressed frame, of even length (PS3.5 A.4). Fault::kQuarantine: not encodable, `replaced` is no
/// frame of this shape, more than encoded_bytes_max(), or more memory than a worker may use.
Result<std::vector<std::byte>> encode_frame(
    const rules::TransferSyntax& syntax, const NewFrame& frame, const SampleShape& shape
);

/// What a frame of so many bytes is at most; noise grows by some percent.
constexpr std::uint64_t encoded_bytes_max(std::uint64_t frame_bytes) {
    constexpr std::uint64_t kHeadersBytesMax = std::uint64_t{1} << 16U;
    return 2 * frame_bytes + kHeadersBytesMax;
}

}  // namespace efface::pipeline
