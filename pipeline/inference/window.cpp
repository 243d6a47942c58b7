#include "pipeline/inference/window.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

float share(const Window& a, const Window& b, Overlap overlap) {
    const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const float common = width * height;
    const float area_a = a.width() * a.height();
    const float area_b = b.width() * b.height();
    return common / (overlap == Overlap::kOfUnion ? area_a + area_b - common : std::min(area_a, area_b));
}

}  // namespace

std::vector<Window> suppress(
    std::vector<Window> windows, Overlap overlap, float share_max, std::size_t count_max
) {
    // Stable: the order of equal scores, and with it the result, depends on nothing but the input.
    std::stable_sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) {
        return a.score > b.score;
    });
    std::vector<Window> kept;
    for (const Window& window : windows) {
        if (kept.size() == count_max) {
            break;
        }
        const bool known = std::any_of(kept.begin(), kept.end(), [&](const Window& better) {
            return share(window, better, overlap) > share_max;
        });
        if (!known) {
            kept.push_back(window);
        }
    }
    return kept;
}

Window shifted(const Window& window) {
    Window moved = window;
    moved.left += window.shift[0] * window.width();
    moved.top += window.shift[1] * window.height();
    moved.right += window.shift[2] * window.width();
    moved.bottom += window.shift[3] * window.height();
    return moved;
}

Window squared(const Window& window) {
    const float half = std::max(window.width(), window.height()) / 2;
    const float x = (window.left + window.right) / 2;
    const float y = (window.top + window.bottom) / 2;
    Window square = window;
    square.left = x - half;
    square.top = y - half;
    square.right = x + half;
    square.bottom = y + half;
    return square;
}

}  // namespace efface::pipeline
