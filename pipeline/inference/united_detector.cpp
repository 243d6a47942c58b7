#include "pipeline/inference/united_detector.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

/// Of two boxes that share more than this part of the smaller one, both show one face.
constexpr double kShared = 0.5;

bool show_one_face(const Box& a, const Box& b) {
    const Box shared{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
    const auto smaller = static_cast<double>(std::min(a.area(), b.area()));
    return !shared.empty() && static_cast<double>(shared.area()) > kShared * smaller;
}

Box around(const Box& a, const Box& b) {
    return {
        std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
        std::max(a.bottom, b.bottom)};
}

/// Adds a detection; with those of the same face it becomes one, which may reach others in turn.
void add(std::vector<Detection>& found, Detection one) {
    for (auto known = found.begin(); known != found.end();) {
        if (show_one_face(known->box, one.box)) {
            one = {around(known->box, one.box), std::max(known->score, one.score)};
            found.erase(known);
            known = found.begin();
        } else {
            ++known;
        }
    }
    found.push_back(one);
}

std::vector<Detection> joined(const std::vector<Detection>& found, const std::vector<Detection>& more) {
    std::vector<Detection> out;
    for (const std::vector<Detection>* some : {&found, &more}) {
        for (const Detection& one : *some) {
            add(out, one);
        }
    }
    return out;
}

}  // namespace

Result<std::vector<Detection>> UnitedDetector::find(const PictureView& picture) {
    EFFACE_TRY(const std::vector<Detection> found, first_.find(picture));
    EFFACE_TRY(const std::vector<Detection> more, second_.find(picture));
    return joined(found, more);
}

Result<std::vector<Detection>> UnitedDetector::find_again(const PictureView& picture) {
    EFFACE_TRY(const std::vector<Detection> found, first_.find_again(picture));
    EFFACE_TRY(const std::vector<Detection> more, second_.find_again(picture));
    return joined(found, more);
}

std::vector<Detection> UnitedDetector::doubts() const {
    return joined(first_.doubts(), second_.doubts());
}

}  // namespace efface::pipeline
