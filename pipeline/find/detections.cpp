#include "pipeline/find/detections.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

Box common(const Box& a, const Box& b) {
    return {
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
}

Box around(const Box& a, const Box& b) {
    return {
        std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
        std::max(a.bottom, b.bottom)};
}

bool are_one(const Box& a, const Box& b) {
    return 2 * common(a, b).area() >= std::max<std::int64_t>(1, std::min(a.area(), b.area()));
}

}  // namespace

std::vector<Detection> united(std::vector<Detection> detections) {
    std::vector<Detection> done;
    while (!detections.empty()) {
        Detection one = detections.back();
        detections.pop_back();
        const auto other = std::find_if(done.begin(), done.end(), [&](const Detection& candidate) {
            return are_one(one.box, candidate.box);
        });
        if (other == done.end()) {
            done.push_back(one);
            continue;
        }
        // The union may touch what neither did: it is looked at again. Every round leaves one box fewer.
        detections.push_back({around(one.box, other->box), std::max(one.score, other->score)});
        done.erase(other);
    }
    std::sort(done.begin(), done.end(), [](const Detection& a, const Detection& b) {
        return std::tie(a.box.top, a.box.left, a.box.bottom, a.box.right) <
               std::tie(b.box.top, b.box.left, b.box.bottom, b.box.right);
    });
    return done;
}

}  // namespace efface::pipeline
