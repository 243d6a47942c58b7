#include "pipeline/inference/united_detector.h"

#include <algorithm>
#include <utility>

namespace efface::pipeline {
namespace {

bool lies_within(const Box& inner, const Box& outer) {
    return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
           inner.bottom <= outer.bottom;
}

/// `found`, and of `more` what lies within none of those.
std::vector<Detection> joined(std::vector<Detection> found, const std::vector<Detection>& more) {
    const std::size_t first_count = found.size();
    for (const Detection& one : more) {
        const bool known = std::any_of(
            found.begin(), found.begin() + static_cast<std::ptrdiff_t>(first_count),
            [&](const Detection& other) { return lies_within(one.box, other.box); }
        );
        if (!known) {
            found.push_back(one);
        }
    }
    return found;
}

}  // namespace

Result<std::vector<Detection>> UnitedDetector::find(const PictureView& picture) {
    EFFACE_TRY(std::vector<Detection> found, first_.find(picture));
    EFFACE_TRY(const std::vector<Detection> more, second_.find(picture));
    return joined(std::move(found), more);
}

Result<std::vector<Detection>> UnitedDetector::find_again(const PictureView& picture) {
    EFFACE_TRY(std::vector<Detection> found, first_.find_again(picture));
    EFFACE_TRY(const std::vector<Detection> more, second_.find_again(picture));
    return joined(std::move(found), more);
}

std::vector<Detection> UnitedDetector::doubts() const {
    return joined(first_.doubts(), second_.doubts());
}

}  // namespace efface::pipeline
