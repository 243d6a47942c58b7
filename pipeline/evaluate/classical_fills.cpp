#include "pipeline/evaluate/classical_fills.h"

#include "config/assert.h"

#include <opencv2/core.hpp>
#include <opencv2/photo.hpp>

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr std::size_t kRim = 6;
constexpr double kRadius = 5;
constexpr std::int64_t kAround = 16;  // Of the mask's bounds: more is not looked at.
constexpr float kWhite = 65'535;

Box bounds_around(const PixelSet& mask) {
    Box box{static_cast<std::int64_t>(mask.columns), static_cast<std::int64_t>(mask.rows), 0, 0};
    for (std::size_t i = 0; i < mask.in.size(); ++i) {
        if (mask.in[i] != 0) {
            const auto x = static_cast<std::int64_t>(i % mask.columns);
            const auto y = static_cast<std::int64_t>(i / mask.columns);
            box = {
                std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1),
                std::max(box.bottom, y + 1)};
        }
    }
    return Box{box.left - kAround, box.top - kAround, box.right + kAround, box.bottom + kAround}.clipped_to(
        mask.columns, mask.rows
    );
}

/// One channel, in place.
void inpaint_plane(
    std::span<float> plane, const PixelSet& mask, const ToneRange& range, const Box& box, int method
) {
    const cv::Size size{static_cast<int>(box.width()), static_cast<int>(box.height())};
    cv::Mat seen{size, CV_16UC1, cv::Scalar{0}};
    cv::Mat hole{size, CV_8UC1, cv::Scalar{0}};
    const auto place = [&](int x, int y) {
        return static_cast<std::size_t>(box.top + y) * mask.columns + static_cast<std::size_t>(box.left + x);
    };
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const bool is_hidden = mask.in[place(x, y)] != 0;
            hole.at<std::uint8_t>(y, x) = is_hidden ? 255 : 0;
            const float unit = (range.to_unit(plane[place(x, y)]) + 1) / 2;
            seen.at<std::uint16_t>(y, x) =
                is_hidden ? std::uint16_t{0} : static_cast<std::uint16_t>(std::lround(unit * kWhite));
        }
    }
    cv::Mat filled;
    cv::inpaint(seen, hole, filled, kRadius, method);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            if (mask.in[place(x, y)] != 0) {
                const float unit = static_cast<float>(filled.at<std::uint16_t>(y, x)) / kWhite * 2 - 1;
                plane[place(x, y)] = std::round(range.from_unit(unit));
            }
        }
    }
}

float ring_mean(std::span<const float> plane, const PixelSet& mask) {
    const PixelSet ring = both(complement(mask), grown(mask, kRim));
    double sum = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        sum += ring.in[i] != 0 ? static_cast<double>(plane[i]) : 0;
    }
    return static_cast<float>(std::round(sum / static_cast<double>(std::max<std::size_t>(1, ring.count()))));
}

}  // namespace

Planes classical_fill(Filler filler, const Planes& truth, const PixelSet& mask, const ToneRange& range) {
    EFFACE_ASSERT(filler != Filler::kGenerator && filler != Filler::kTruth);
    Planes out = truth;
    const Box box = bounds_around(mask);
    for (std::size_t channel = 0; channel < out.channels; ++channel) {
        const auto plane = out.plane(channel);
        if (filler == Filler::kTelea || filler == Filler::kNavierStokes) {
            inpaint_plane(
                plane, mask, range, box, filler == Filler::kTelea ? cv::INPAINT_TELEA : cv::INPAINT_NS
            );
            continue;
        }
        const float value =
            filler == Filler::kConstant ? std::round(range.from_unit(0)) : ring_mean(plane, mask);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = mask.in[i] != 0 ? value : plane[i];
        }
    }
    return out;
}

}  // namespace efface::pipeline
