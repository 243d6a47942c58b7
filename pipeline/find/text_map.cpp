#include "pipeline/find/text_map.h"

#include "pipeline/find/detections.h"

#include <opencv2/imgproc.hpp>

#include <cmath>

namespace efface::pipeline {
namespace {

/// What a pixel of a core has at least.
constexpr float kProbabilityMin = 0.3F;
/// What a core has on average at least; below, texture begins.
constexpr double kScoreMin = 0.5;
/// A smaller core is no letter.
constexpr int kCoreExtentMin = 2;
/// The paper's training shrinks a line by area / perimeter times 1 - 0.4 squared; this undoes it, and a
/// little more, since a letter that sticks out of its box stays readable.
constexpr double kGrowth = 1.8;
constexpr double kGrowthPixelsMin = 2.0;

struct Core {
    double probability_sum = 0.0;
    int pixels = 0;
};

std::vector<Core> cores_of(const cv::Mat& labels, const cv::Mat& probability, int count) {
    std::vector<Core> cores(static_cast<std::size_t>(count));
    for (int y = 0; y < labels.rows; ++y) {
        const int* label = labels.ptr<int>(y);
        const float* value = probability.ptr<float>(y);
        for (int x = 0; x < labels.cols; ++x) {
            Core& core = cores[static_cast<std::size_t>(label[x])];
            core.probability_sum += static_cast<double>(value[x]);
            ++core.pixels;
        }
    }
    return cores;
}

Box grown(const Box& core) {
    const auto width = static_cast<double>(core.width());
    const auto height = static_cast<double>(core.height());
    const double wanted = kGrowth * width * height / (2.0 * (width + height));
    const auto by = static_cast<std::int64_t>(std::ceil(std::max(kGrowthPixelsMin, wanted)));
    return {core.left - by, core.top - by, core.right + by, core.bottom + by};
}

}  // namespace

Result<std::vector<Detection>> boxes_of(const TextMap& map) {
    EFFACE_ASSERT(
        map.probability.size() == static_cast<std::size_t>(map.columns) * static_cast<std::size_t>(map.rows)
    );
    // A Mat over memory that it does not change; it has no constructor for that.
    const cv::Mat probability{map.rows, map.columns, CV_32FC1, const_cast<float*>(map.probability.data())};
    cv::Mat labels;
    cv::Mat boxes;
    cv::Mat centres;
    const int count =
        cv::connectedComponentsWithStats(probability > kProbabilityMin, labels, boxes, centres, 8);
    const std::vector<Core> cores = cores_of(labels, probability, count);
    std::vector<Detection> found;
    for (int i = 1; i < count; ++i) {  // 0 is what lies outside of all.
        const Core& core = cores[static_cast<std::size_t>(i)];
        const cv::Rect box{
            boxes.at<int>(i, cv::CC_STAT_LEFT), boxes.at<int>(i, cv::CC_STAT_TOP),
            boxes.at<int>(i, cv::CC_STAT_WIDTH), boxes.at<int>(i, cv::CC_STAT_HEIGHT)};
        const double score = core.probability_sum / core.pixels;
        if (score < kScoreMin || std::min(box.width, box.height) < kCoreExtentMin) {
            continue;
        }
        if (found.size() == kDetectionsMax) {
            return fail(Fault::kQuarantine, "a picture shows more lines of text than are handled");
        }
        found.push_back(
            {grown({box.x, box.y, box.x + box.width, box.y + box.height}), static_cast<float>(score)}
        );
    }
    return found;
}

}  // namespace efface::pipeline
