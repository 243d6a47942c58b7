#include "pipeline/find/detections.h"

#include <algorithm>
#include <tuple>

namespace efface::pipeline {
namespace {

bool lies_within(const Box& inner, const Box& outer) {
    return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
           inner.bottom <= outer.bottom;
}

}  // namespace

std::vector<Detection> without_inner(std::vector<Detection> detections) {
    std::ranges::stable_sort(detections, [](const Detection& a, const Detection& b) {
        return a.box.area() > b.box.area();
    });
    std::vector<Detection> kept;
    for (const Detection& one : detections) {
        const auto outer = std::ranges::find_if(kept, [&](const Detection& other) {
            return lies_within(one.box, other.box);
        });
        if (outer == kept.end()) {
            kept.push_back(one);
        } else {
            outer->score = std::max(outer->score, one.score);
        }
    }
    std::ranges::sort(kept, {}, [](const Detection& one) {
        return std::tuple{one.box.top, one.box.left, one.box.bottom, one.box.right};
    });
    return kept;
}

}  // namespace efface::pipeline
