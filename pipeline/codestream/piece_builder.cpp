// See piece_builder.h.
#include "pipeline/codestream/piece_builder.h"

namespace efface::pipeline {

void PieceBuilder::keep(std::uint64_t begin, std::uint64_t end) {
    if (begin == end) {
        return;
    }
    std::vector<Piece>& pieces = cut_.pieces;
    if (!pieces.empty() && !pieces.back().patched && pieces.back().offset + pieces.back().length == begin) {
        pieces.back().length += end - begin;
        return;
    }
    pieces.push_back({.patched = false, .offset = begin, .length = end - begin});
}

void PieceBuilder::patch(std::span<const std::byte> bytes) {
    cut_.pieces.push_back({.patched = true, .offset = cut_.patch.size(), .length = bytes.size()});
    cut_.patch.insert(cut_.patch.end(), bytes.begin(), bytes.end());
}

Cut PieceBuilder::finish(std::uint64_t frame_bytes) && {
    const std::vector<Piece>& pieces = cut_.pieces;
    cut_.identical = pieces.size() == 1 && !pieces[0].patched && pieces[0].length == frame_bytes;
    return std::move(cut_);
}

std::uint64_t Cut::length() const {
    std::uint64_t sum = 0;
    for (const Piece& piece : pieces) {
        sum += piece.length;
    }
    return sum;
}

}  // namespace efface::pipeline
