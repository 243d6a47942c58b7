#include "pipeline/unit/pixel_stretches.h"

#include <vector>

namespace efface::pipeline {
namespace {

/// Copied through a buffer of this size; a multiple of every sample size.
constexpr std::size_t kStretchBytes = 256U * 1024U;

std::span<const std::byte> bytes_of(const Original& original, const Piece& piece) {
    const std::span<const std::byte> source =
        piece.patched ? std::span<const std::byte>{original.pixels.patch} : original.data_set_bytes;
    return source.subspan(piece.offset, piece.length);
}

std::vector<Piece> pieces_of(const PixelDataPlan& plan) {
    if (!plan.present) {
        return {};
    }
    if (plan.identical) {
        return {Piece{.patched = false, .offset = plan.begin, .length = plan.end - plan.begin}};
    }
    return plan.pieces;
}

}  // namespace

std::uint64_t pixel_element_bytes(const Original& original) {
    const PixelDataPlan& plan = original.pixels;
    return plan.identical ? plan.end - plan.begin : plan.new_bytes;
}

Status append_pixels(const Original& original, OutputFile& output) {
    if (original.pixels.clear_bits) {
        return for_each_stretch(original, 0, [&](std::span<std::byte> bytes) {
            return output.append(std::span<const std::byte>{bytes});
        });
    }
    for (const Piece& piece : pieces_of(original.pixels)) {
        EFFACE_CHECK(output.append(bytes_of(original, piece)));
    }
    return {};
}

Status for_each_stretch(
    const Original& original, std::uint64_t skip_bytes, const std::function<Status(std::span<std::byte>)>& use
) {
    std::vector<std::byte> buffer;
    for (const Piece& piece : pieces_of(original.pixels)) {
        std::span<const std::byte> bytes = bytes_of(original, piece);
        const std::uint64_t skipped = std::min<std::uint64_t>(skip_bytes, bytes.size());
        skip_bytes -= skipped;
        bytes = bytes.subspan(skipped);
        while (!bytes.empty()) {
            const auto stretch = bytes.first(std::min(bytes.size(), kStretchBytes));
            buffer.assign(stretch.begin(), stretch.end());
            if (original.pixels.clear_bits && !piece.patched) {
                clear_unused_bits(buffer, *original.pixels.clear_bits);
            }
            EFFACE_CHECK(use(buffer));
            bytes = bytes.subspan(stretch.size());
        }
    }
    return {};
}

}  // namespace efface::pipeline
