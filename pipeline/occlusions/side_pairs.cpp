#include "pipeline/occlusions/side_pairs.h"

namespace efface::pipeline {

namespace {

constexpr std::int64_t kBlock = 8;

}  // namespace

std::array<Pairs, 2> pairs_beside(const Plane& plane, const Box& box) {
    std::array<Pairs, 2> sides;
    for (std::int64_t y = box.top + 1; y < box.bottom - 1; ++y) {
        if (box.left >= 2) {
            sides[0].add(
                plane.at(box.left - 1, y), plane.at(box.left, y), plane.at(box.left - 2, y),
                plane.at(box.left + 2, y)
            );
        }
        if (box.right + 1 < plane.columns) {
            sides[1].add(
                plane.at(box.right, y), plane.at(box.right - 1, y), plane.at(box.right + 1, y),
                plane.at(box.right - 3, y)
            );
        }
    }
    return sides;
}

bool is_on_blocks(const Box& box) {
    int sides = 0;
    for (const std::int64_t place : {box.left, box.top, box.right, box.bottom}) {
        sides += place % kBlock == 0 ? 1 : 0;
    }
    return sides >= 2;
}

}  // namespace efface::pipeline
