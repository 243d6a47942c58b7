// Walks an RLE frame (PS3.5 annex G): a header of 16 numbers and up to 15 PackBits segments. Each
// segment must give exactly the bytes of its plane, so that nothing can hide behind the last run.
#include "pipeline/codestream/codestream.h"
#include "pipeline/codestream/piece_builder.h"

#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::uint64_t kHeaderBytes = 64;
constexpr std::uint32_t kSegmentsMax = 15;

std::uint64_t little_u32(std::span<const std::byte> bytes, std::uint64_t at) {
    std::uint64_t value = 0;
    for (std::uint64_t i = 4; i > 0; --i) {
        value = (value << 8U) | static_cast<std::uint64_t>(bytes[at + i - 1]);
    }
    return value;
}

// Where the runs that give `wanted` bytes end, or nothing if they give fewer or overshoot.
std::optional<std::uint64_t> end_of_runs(
    std::span<const std::byte> frame, std::uint64_t at, std::uint64_t end, std::uint64_t wanted
) {
    std::uint64_t made = 0;
    while (made < wanted) {
        if (at >= end) {
            return std::nullopt;
        }
        const auto control = static_cast<std::uint64_t>(frame[at]);
        if (control < 128) {
            made += control + 1;
            at += control + 2;
        } else if (control > 128) {
            made += 257 - control;
            at += 2;
        } else {
            ++at;  // 128: no operation.
        }
    }
    return made == wanted && at <= end ? std::optional{at} : std::nullopt;
}

}  // namespace

Result<Cut> clean_rle(std::span<const std::byte> frame, std::uint64_t segment_bytes) {
    if (frame.size() < kHeaderBytes) {
        return fail(Fault::kQuarantine, "an RLE header is cut");
    }
    const std::uint64_t segments = little_u32(frame, 0);
    if (segments == 0 || segments > kSegmentsMax) {
        return fail(Fault::kQuarantine, "an RLE frame has no or too many segments");
    }
    for (std::uint64_t i = segments + 1; i < 16; ++i) {
        if (little_u32(frame, 4 * i) != 0) {
            return fail(Fault::kQuarantine, "an RLE header has an offset without a segment");
        }
    }
    std::uint64_t last = 0;
    std::uint64_t expected = kHeaderBytes;
    for (std::uint64_t i = 1; i <= segments; ++i) {
        const std::uint64_t begin = little_u32(frame, 4 * i);
        const std::uint64_t end = i == segments ? frame.size() : little_u32(frame, 4 * (i + 1));
        // Segments follow each other with at most one pad byte between them.
        if (begin < expected || begin - expected > 1 || end <= begin || end > frame.size()) {
            return fail(Fault::kQuarantine, "RLE segments do not follow each other");
        }
        const std::optional<std::uint64_t> runs = end_of_runs(frame, begin, end, segment_bytes);
        if (!runs) {
            return fail(Fault::kQuarantine, "an RLE segment does not give the bytes of its plane");
        }
        expected = last = *runs;
    }
    PieceBuilder pieces;
    const std::uint64_t left = frame.size() - last;
    if (left <= 1 && (frame.size() & 1U) == 0) {
        pieces.keep(0, frame.size());
    } else {
        pieces.keep(0, last);
        pieces.cut().trailing_bytes = left;
    }
    return std::move(pieces).finish(frame.size());
}

}  // namespace efface::pipeline
