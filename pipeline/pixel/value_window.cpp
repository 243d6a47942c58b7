#include "pipeline/pixel/value_window.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr double kWhite = 255;
/// Of a frame that holds more than the window: what lies below it, and where it begins and ends.
constexpr std::uint8_t kBelow = 32;
constexpr std::uint8_t kDarkest = 64;
constexpr double kBrightest = 223;
/// A smaller width has no inverse; so small values stay finite when they are enlarged.
constexpr double kWidthMin = 0x1p-1000;
constexpr double kEnlarged = 0x1p500;

}  // namespace

bool FewGreys::note(std::uint8_t shown, double value) {
    const auto known = std::ranges::find(greys_, shown, &Grey::shown);
    if (known != greys_.end()) {
        ++known->count;
        known->least = std::min(known->least, value);
        known->most = std::max(known->most, value);
        return true;
    }
    greys_.push_back({shown, 1, value, value});
    return greys_.size() <= kGreysFew;
}

const FewGreys::Grey* FewGreys::crowded() const {
    const Grey* most = nullptr;
    for (const Grey& grey : greys_) {
        const bool several = grey.least < grey.most;
        most = several && (most == nullptr || grey.count > most->count) ? &grey : most;
    }
    return greys_.size() <= kGreysFew ? most : nullptr;
}

void ValueWindow::settle(double least, double most, bool all_inside) {
    const bool any = least <= most;
    least_ = any ? least : 0;
    most_ = any ? most : 0;
    const double width = most_ - least_;
    factor_ = 1;
    if (std::isinf(width)) {
        factor_ = 0.5;
    } else if (width > 0 && width < kWidthMin) {
        factor_ = kEnlarged;
    }
    darkest_ = all_inside ? 0 : kDarkest;
    below_ = all_inside ? 0 : kBelow;
    const double greys = (all_inside ? kWhite : kBrightest) - darkest_;
    scale_ = most_ > least_ ? greys / (most_ * factor_ - least_ * factor_) : 0;
}

std::uint8_t ValueWindow::show(double value) const {
    if (std::isnan(value)) {
        return 0;
    }
    if (value < least_) {
        return below_;
    }
    if (value > most_) {
        return static_cast<std::uint8_t>(kWhite);
    }
    return static_cast<std::uint8_t>(darkest_ + (value * factor_ - least_ * factor_) * scale_ + 0.5);
}

}  // namespace efface::pipeline
