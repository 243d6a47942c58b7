// See frame_tokens.h: the choice of the walk, RLE and raw frames; the marker formats have files of their own.
#include "pipeline/gate/frame_tokens.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

// At most a zero byte that makes the length even.
bool only_padding(std::span<const std::byte> rest, std::size_t frame_bytes) {
    return rest.empty() || (rest.size() == 1 && rest[0] == std::byte{0} && (frame_bytes & 1U) == 0);
}

std::uint32_t little_u32(std::span<const std::byte> bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
    }
    return value;
}

// PackBits: how many bytes of `code` give exactly `wanted` bytes, or more than code.size() if none do.
std::size_t packed_bytes(std::span<const std::byte> code, std::uint64_t wanted) {
    std::size_t at = 0;
    while (wanted != 0 && at < code.size()) {
        const auto n = static_cast<std::uint32_t>(code[at]);
        const std::uint32_t given = n == 128 ? 0 : n < 128 ? n + 1 : 257 - n;
        at += n == 128 ? 1 : n < 128 ? n + 2 : 2;
        if (given > wanted) {
            return code.size() + 1;
        }
        wanted -= given;
    }
    return wanted == 0 ? at : code.size() + 1;
}

Result<FrameTokens> tokens_of_raw(std::span<const std::byte> frame, std::uint64_t frame_bytes) {
    if (frame.size() < frame_bytes) {
        return fail(Fault::kQuarantine, "gate: an uncompressed frame is too short");
    }
    FrameTokens found;
    found.tokens.push_back({.samples = frame.first(frame_bytes)});
    found.carriers = !only_padding(frame.subspan(frame_bytes), frame.size());
    return found;
}

}  // namespace

bool FrameToken::operator==(const FrameToken& other) const {
    return marker == other.marker && number == other.number && std::ranges::equal(fields, other.fields) &&
           std::ranges::equal(samples, other.samples);
}

Result<FrameTokens> tokens_of_rle(std::span<const std::byte> frame, std::uint64_t plane_bytes) {
    constexpr std::size_t kHeaderBytes = 64;
    if (frame.size() < kHeaderBytes) {
        return fail(Fault::kQuarantine, "gate: an RLE header is cut");
    }
    const std::uint32_t planes = little_u32(frame, 0);
    if (planes < 1 || planes > 15) {
        return fail(Fault::kQuarantine, "gate: an RLE header counts no planes");
    }
    FrameTokens found;
    found.tokens.push_back({.fields = frame.first(kHeaderBytes)});
    std::size_t behind = kHeaderBytes;
    for (std::size_t i = 1; i < 16; ++i) {
        const std::size_t begin = little_u32(frame, 4 * i);
        if (i > planes) {
            found.carriers = found.carriers || begin != 0;
            continue;
        }
        const std::size_t end = i == planes ? frame.size() : little_u32(frame, 4 * i + 4);
        if (begin < behind || begin > behind + 1 || end < begin || end > frame.size()) {
            return fail(Fault::kQuarantine, "gate: RLE planes do not follow each other");
        }
        const std::span<const std::byte> code = frame.subspan(begin, end - begin);
        const std::size_t used = packed_bytes(code, plane_bytes);
        if (used > code.size()) {
            return fail(Fault::kQuarantine, "gate: an RLE plane has not the length of its samples");
        }
        found.tokens.push_back({.samples = code.first(used)});
        behind = begin + used;
    }
    // A pad byte of a plane is part of the coded stream and may be any no-operation.
    const std::span<const std::byte> rest = frame.subspan(behind);
    found.carriers = found.carriers || rest.size() > 1 || (rest.size() == 1 && (frame.size() & 1U) != 0);
    return found;
}

Result<FrameTokens> tokens_of_frame(
    rules::SyntaxFamily family, std::span<const std::byte> frame, const FrameBytes& sizes
) {
    using enum rules::SyntaxFamily;
    switch (family) {
        case kJpeg:
            return tokens_of_jpeg(frame, false);
        case kJpegLs:
            return tokens_of_jpeg(frame, true);
        case kJpeg2000:
        case kHtj2k:
            return tokens_of_jpeg2000(frame);
        case kRle:
            return tokens_of_rle(frame, sizes.plane);
        case kEncapsulatedUncompressed:
            return tokens_of_raw(frame, sizes.frame);
        default:
            return fail(Fault::kQuarantine, "gate: frames of this transfer syntax cannot be walked");
    }
}

}  // namespace efface::pipeline
