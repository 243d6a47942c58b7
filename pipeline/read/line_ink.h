// The strokes of one line of capitals on quiet ground, by statistics of our own: what a reader is given, and
// what it is held against. Where anything else stands there, there are none.
// Thread rule: pure.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstddef>
#include <optional>

namespace efface::pipeline {

/// More than the longest marker has.
inline constexpr std::size_t kLettersMax = 8;

struct LineInk {
    Picture letters;          ///< Grey: dark letters on white, cut to them.
    std::size_t strokes = 0;  ///< Pieces that hang together: of A to Z each letter is one.
};

/// In `line` and a margin around it: letters of one height and one level, and between and around them nothing
/// that differs from the ground. Grey pictures only.
std::optional<LineInk> line_ink(const PictureView& picture, const Box& line);

}  // namespace efface::pipeline
