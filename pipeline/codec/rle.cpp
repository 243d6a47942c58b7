// RLE Lossless (PS3.5 annex G): one PackBits segment per byte of a composite pixel, the most
// significant byte of each sample first.
#include "pipeline/codec/codecs.h"

namespace efface::pipeline {
namespace {

constexpr std::uint64_t kHeaderBytes = 64;
constexpr std::uint64_t kSegmentsMax = 15;

std::uint64_t header_number(std::span<const std::byte> frame, std::uint64_t index) {
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint64_t>(frame[4 * index + i]) << (8 * i);
    }
    return value;
}

/// Where the bytes of one plane go: every `stride`-th byte of the frame.
struct Plane {
    std::span<std::byte> frame;
    std::uint64_t first = 0;
    std::uint64_t stride = 1;
    std::uint64_t count = 0;
};

bool unpack(std::span<const std::byte> segment, const Plane& plane) {
    std::uint64_t at = 0;
    std::uint64_t made = 0;
    while (made < plane.count) {
        if (at >= segment.size()) {
            return false;
        }
        const auto control = static_cast<std::uint64_t>(segment[at++]);
        if (control == 128) {
            continue;
        }
        const bool literal = control < 128;
        const std::uint64_t length = literal ? control + 1 : 257 - control;
        const std::uint64_t taken = literal ? length : 1;
        if (length > plane.count - made || taken > segment.size() - at) {
            return false;
        }
        for (std::uint64_t i = 0; i < length; ++i, ++made) {
            plane.frame[plane.first + made * plane.stride] = segment[literal ? at + i : at];
        }
        at += taken;
    }
    return true;
}

}  // namespace

Result<DecodedFrame> decode_rle(std::span<const std::byte> frame, const SampleShape& shape) {
    EFFACE_TRY(const std::uint64_t frame_bytes, shape.frame_bytes());
    const std::uint64_t word_bytes = shape.bits_allocated / 8;
    const std::uint64_t segments = shape.samples_per_pixel * word_bytes;
    if (frame.size() < kHeaderBytes || segments > kSegmentsMax || header_number(frame, 0) != segments) {
        return fail(Fault::kQuarantine, "an RLE frame has not the segments of its samples");
    }
    DecodedFrame decoded;
    decoded.bytes.resize(frame_bytes);
    for (std::uint64_t i = 0; i < segments; ++i) {
        const std::uint64_t begin = header_number(frame, i + 1);
        const std::uint64_t end = i + 1 == segments ? frame.size() : header_number(frame, i + 2);
        if (begin < kHeaderBytes || begin > end || end > frame.size()) {
            return fail(Fault::kQuarantine, "RLE segments do not follow each other");
        }
        const std::uint64_t sample = i / word_bytes;
        const std::uint64_t byte = word_bytes - 1 - i % word_bytes;
        const Plane plane{
            .frame = decoded.bytes,
            .first = sample * word_bytes + byte,
            .stride = segments,
            .count = shape.rows * shape.columns};
        if (!unpack(frame.subspan(begin, end - begin), plane)) {
            return fail(Fault::kQuarantine, "an RLE segment does not give the bytes of its plane");
        }
    }
    return decoded;
}

}  // namespace efface::pipeline
