// PieceBuilder: collects the kept stretches of a frame while a walker moves forward over it.
#pragma once

#include "pipeline/codestream/codestream.h"

#include <string_view>

namespace efface::pipeline {

class PieceBuilder {
public:
    /// Keeps [begin, end) of the frame; joins with what was kept before it.
    void keep(std::uint64_t begin, std::uint64_t end);
    /// Puts bytes of ours in place of a segment.
    void patch(std::span<const std::byte> bytes);

    Cut& cut() { return cut_; }

    /// The finished cut of a frame of this length.
    Cut finish(std::uint64_t frame_bytes) &&;

private:
    Cut cut_;
};

/// Big endian, as every codestream here is.
inline std::uint32_t big_u16(std::span<const std::byte> bytes, std::uint64_t at) {
    return (static_cast<std::uint32_t>(bytes[at]) << 8U) | static_cast<std::uint32_t>(bytes[at + 1]);
}

inline std::uint32_t big_u32(std::span<const std::byte> bytes, std::uint64_t at) {
    return (big_u16(bytes, at) << 16U) | big_u16(bytes, at + 2);
}

}  // namespace efface::pipeline
