// Window: a place where a network of the face detector sees a face, on its way through the cascade; and the
// suppression of those that mean the same face.
// Thread rule: pure functions of values.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace efface::pipeline {

/// Half open, in pixels of the picture that is searched; may reach beyond its edges.
struct Window {
    float left = 0;
    float top = 0;
    float right = 0;
    float bottom = 0;
    float score = 0;
    std::array<float, 4> shift{};  ///< How far each edge is off, as a share of width or height.

    float width() const { return right - left; }

    float height() const { return bottom - top; }

    bool operator==(const Window&) const = default;
};

/// What an overlap is measured against. Of a window within another one kOfUnion sees little, kOfSmaller all.
enum class Overlap { kOfUnion, kOfSmaller };

/// The windows by falling score, without those that a better one overlaps by more than `share_max`, at most
/// `count_max`.
std::vector<Window> suppress(
    std::vector<Window> windows, Overlap overlap, float share_max, std::size_t count_max
);

/// Moves the edges by the window's shift.
Window shifted(const Window& window);

/// The square about the same centre that is as wide as the longer side.
Window squared(const Window& window);

}  // namespace efface::pipeline
