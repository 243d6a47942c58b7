// RLE Lossless (PS3.5 annex G): one segment per byte of a composite pixel, the most significant byte of each
// sample first, every row packed by itself (G.3.1), every segment of even length.
#include "pipeline/codec/codecs.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kRunMax = 128;
/// A shorter run costs as much as the bytes themselves.
constexpr std::size_t kRunMin = 3;

using Bytes = std::vector<std::byte>;

std::size_t run_length(std::span<const std::byte> rest) {
    std::size_t length = 1;
    while (length < rest.size() && length < kRunMax && rest[length] == rest[0]) {
        ++length;
    }
    return length;
}

/// How many bytes stand before the next run that is worth one.
std::size_t literal_length(std::span<const std::byte> rest) {
    std::size_t length = 0;
    while (length < rest.size() && length < kRunMax && run_length(rest.subspan(length)) < kRunMin) {
        ++length;
    }
    return length;
}

void pack_row(std::span<const std::byte> row, Bytes& packed) {
    while (!row.empty()) {
        const std::size_t run = run_length(row);
        if (run >= kRunMin) {
            packed.push_back(static_cast<std::byte>(257 - run));
            packed.push_back(row[0]);
            row = row.subspan(run);
            continue;
        }
        const std::size_t literal = literal_length(row);
        packed.push_back(static_cast<std::byte>(literal - 1));
        packed.insert(packed.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(literal));
        row = row.subspan(literal);
    }
}

void put_header_number(Bytes& frame, std::size_t index, std::size_t number) {
    for (std::size_t i = 0; i < 4; ++i) {
        frame[4 * index + i] = static_cast<std::byte>(number >> (8 * i));
    }
}

}  // namespace

Result<Bytes> encode_rle(const NewFrame& frame, const SampleShape& shape) {
    const std::size_t word_bytes = shape.bits_allocated / 8;
    const std::size_t segments = shape.samples_per_pixel * word_bytes;
    Bytes encoded(kHeaderBytes);
    put_header_number(encoded, 0, segments);
    Bytes row(shape.columns);
    for (std::size_t segment = 0; segment < segments; ++segment) {
        // A frame has at most 2^29 bytes: every offset fits its 32 bits.
        put_header_number(encoded, segment + 1, encoded.size());
        const std::size_t sample = segment / word_bytes;
        const std::size_t byte = word_bytes - 1 - segment % word_bytes;
        std::size_t at = sample * word_bytes + byte;
        for (std::size_t y = 0; y < shape.rows; ++y) {
            for (std::byte& value : row) {
                value = frame.samples[at];
                at += segments;
            }
            pack_row(row, encoded);
        }
        if (encoded.size() % 2 != 0) {
            encoded.push_back(std::byte{0});
        }
    }
    return encoded;
}

}  // namespace efface::pipeline
