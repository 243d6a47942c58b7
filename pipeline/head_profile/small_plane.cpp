#include "pipeline/head_profile/small_plane.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {

namespace {

constexpr int kBlurs = 2;

double luma(const PictureView& picture, std::size_t x, std::size_t y) {
    x = std::min(x, picture.columns - 1);
    y = std::min(y, picture.rows - 1);
    if (picture.channels == 1) {
        return picture.at(x, y);
    }
    return 0.299 * picture.at(x, y, 0) + 0.587 * picture.at(x, y, 1) + 0.114 * picture.at(x, y, 2);
}

/// What of `count` samples in a row each of `wanted` shorter ones covers: by area, so that nothing is
/// skipped.
struct Part {
    std::size_t first = 0;
    std::vector<float> weights;
};

std::vector<Part> parts_of(std::size_t count, std::size_t wanted) {
    std::vector<Part> parts(wanted);
    const double step = static_cast<double>(count) / static_cast<double>(wanted);
    for (std::size_t i = 0; i < wanted; ++i) {
        const double low = static_cast<double>(i) * step;
        const double high = std::min(low + step, static_cast<double>(count));
        parts[i].first = static_cast<std::size_t>(low);
        for (auto at = parts[i].first; static_cast<double>(at) < high; ++at) {
            const auto edge = static_cast<double>(at);
            parts[i].weights.push_back(
                static_cast<float>((std::min(high, edge + 1) - std::max(low, edge)) / (high - low))
            );
        }
    }
    return parts;
}

SmallPlane averaged(const PictureView& picture) {
    const std::size_t longer = std::max(picture.columns, picture.rows);
    SmallPlane plane;
    plane.scale = std::max(1.0, static_cast<double>(longer) / static_cast<double>(kPlaneSideMax));
    const auto wanted = [&](std::size_t count) {
        return std::max<std::size_t>(
            1, static_cast<std::size_t>(std::lround(static_cast<double>(count) / plane.scale))
        );
    };
    const std::vector<Part> across = parts_of(picture.columns, wanted(picture.columns));
    const std::vector<Part> down = parts_of(picture.rows, wanted(picture.rows));
    plane.columns = static_cast<std::int64_t>(across.size());
    plane.rows = static_cast<std::int64_t>(down.size());
    plane.samples.assign(across.size() * down.size(), 0.0F);
    for (std::size_t y = 0; y < down.size(); ++y) {
        float* const row = plane.samples.data() + y * across.size();
        for (std::size_t j = 0; j < down[y].weights.size(); ++j) {
            for (std::size_t x = 0; x < across.size(); ++x) {
                double sum = 0;
                for (std::size_t i = 0; i < across[x].weights.size(); ++i) {
                    sum += across[x].weights[i] * luma(picture, across[x].first + i, down[y].first + j);
                }
                row[x] += static_cast<float>(sum) * down[y].weights[j];
            }
        }
    }
    return plane;
}

/// Weights 1, 2, 1 along x and y.
void blur(SmallPlane& plane) {
    const SmallPlane before = plane;
    const auto mixed = [](float a, float b, float c) { return 0.25F * a + 0.5F * b + 0.25F * c; };
    std::vector<float> along(before.samples.size());
    for (std::int64_t y = 0; y < plane.rows; ++y) {
        for (std::int64_t x = 0; x < plane.columns; ++x) {
            along[static_cast<std::size_t>(y * plane.columns + x)] = mixed(
                before.at(std::max<std::int64_t>(x - 1, 0), y), before.at(x, y),
                before.at(std::min(x + 1, plane.columns - 1), y)
            );
        }
    }
    const auto row = [&](std::int64_t y) {
        return along.data() + std::clamp<std::int64_t>(y, 0, plane.rows - 1) * plane.columns;
    };
    for (std::int64_t y = 0; y < plane.rows; ++y) {
        for (std::int64_t x = 0; x < plane.columns; ++x) {
            plane.samples[static_cast<std::size_t>(y * plane.columns + x)] =
                mixed(row(y - 1)[x], row(y)[x], row(y + 1)[x]);
        }
    }
}

}  // namespace

SmallPlane small_plane(const PictureView& picture) {
    if (picture.columns == 0 || picture.rows == 0) {
        return {};
    }
    SmallPlane plane = averaged(picture);
    for (int i = 0; i < kBlurs && !plane.samples.empty(); ++i) {
        blur(plane);
    }
    return plane;
}

}  // namespace efface::pipeline
