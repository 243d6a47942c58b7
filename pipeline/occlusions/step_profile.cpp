#include "pipeline/occlusions/step_profile.h"

#include <algorithm>
#include <cstdlib>

namespace efface::pipeline {

StepProfile::StepProfile(const Plane& plane)
    : columns_{plane.columns},
      bands_{plane.rows / kBandRows},
      sums_(static_cast<std::size_t>(columns_ * bands_), 0) {
    for (std::int64_t band = 0; band < bands_; ++band) {
        std::uint16_t* sums = &sums_[static_cast<std::size_t>(band * columns_)];
        for (std::int64_t y = band * kBandRows; y < (band + 1) * kBandRows; ++y) {
            const std::uint8_t* row = plane.row(y);
            for (std::int64_t x = 1; x < columns_; ++x) {
                sums[x] = static_cast<std::uint16_t>(sums[x] + std::abs(int{row[x]} - int{row[x - 1]}));
            }
        }
    }
}

double mean_step(const Plane& plane, const Box& whole) {
    const Box box =
        whole.clipped_to(static_cast<std::size_t>(plane.columns), static_cast<std::size_t>(plane.rows));
    std::int64_t sum = 0;
    std::int64_t count = 0;
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        const std::uint8_t* row = plane.row(y);
        for (std::int64_t x = std::max<std::int64_t>(1, box.left); x < box.right; ++x) {
            sum += std::abs(int{row[x]} - int{row[x - 1]});
            ++count;
        }
    }
    return count > 0 ? static_cast<double>(sum) / static_cast<double>(count) : 0;
}

}  // namespace efface::pipeline
