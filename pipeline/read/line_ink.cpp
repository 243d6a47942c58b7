#include "pipeline/read/line_ink.h"

#include <cmath>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kExtentMin = 8;
constexpr std::int64_t kExtentMax = 640;
constexpr std::int64_t kMarginMin = 3;
/// Letters differ from their ground by this many levels at least. Fainter ones are not read but blackened.
constexpr double kContrastMin = 40.0;
/// What differs from the ground by more than this share of the letters' contrast is ink of its own.
constexpr double kResidueMax = 0.35;
/// Letters blend into the ground over this many pixels around their strokes.
constexpr std::int64_t kBlend = 2;
constexpr std::int64_t kLetterHeightMin = 7;
/// Capitals of one line are equally high, and stand on one line: a dot, a comma and a small letter do not.
constexpr double kHeightMin = 0.8;
constexpr double kWidestOfHeight = 1.6;
/// Letters of one word stand closer: "R CC" is no "RCC", since "R LD" may be a marker and somebody's
/// initials.
constexpr double kGapMax = 0.3;

/// A part of a picture, grey.
struct Region {
    std::int64_t columns = 0;
    std::int64_t rows = 0;
    std::vector<double> levels;

    double& at(std::int64_t x, std::int64_t y) { return levels[static_cast<std::size_t>(y * columns + x)]; }

    double at(std::int64_t x, std::int64_t y) const {
        return levels[static_cast<std::size_t>(y * columns + x)];
    }
};

std::optional<Region> region_of(const PictureView& picture, const Box& line) {
    if (picture.channels != 1) {
        return std::nullopt;
    }
    const std::int64_t margin = std::max(kMarginMin, std::min(line.width(), line.height()) / 4);
    const Box box =
        Box{line.left - margin, line.top - margin, line.right + margin, line.bottom + margin}.clipped_to(
            picture.columns, picture.rows
        );
    if (std::min(box.width(), box.height()) < kExtentMin ||
        std::max(box.width(), box.height()) > kExtentMax) {
        return std::nullopt;
    }
    Region region{box.width(), box.height(), {}};
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        for (std::int64_t x = box.left; x < box.right; ++x) {
            region.levels.push_back(picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y)));
        }
    }
    return region;
}

bool is_edge(const Region& region, std::int64_t x, std::int64_t y) {
    return x == 0 || y == 0 || x == region.columns - 1 || y == region.rows - 1;
}

/// Without the plane that fits the edge best: anatomy shades the ground. On an edge around the middle the
/// sums of x, of y and of x times y are zero, so each slope stands alone.
Region levelled(Region region) {
    const double middle_x = static_cast<double>(region.columns - 1) / 2.0;
    const double middle_y = static_cast<double>(region.rows - 1) / 2.0;
    double count = 0.0;
    double sum = 0.0;
    double along[2] = {0.0, 0.0};
    double squares[2] = {0.0, 0.0};
    const auto each = [&](const auto& visit) {
        for (std::int64_t y = 0; y < region.rows; ++y) {
            for (std::int64_t x = 0; x < region.columns; ++x) {
                visit(x, y, static_cast<double>(x) - middle_x, static_cast<double>(y) - middle_y);
            }
        }
    };
    each([&](std::int64_t x, std::int64_t y, double dx, double dy) {
        if (is_edge(region, x, y)) {
            count += 1.0;
            sum += region.at(x, y);
            along[0] += dx * region.at(x, y);
            along[1] += dy * region.at(x, y);
            squares[0] += dx * dx;
            squares[1] += dy * dy;
        }
    });
    each([&](std::int64_t x, std::int64_t y, double dx, double dy) {
        region.at(x, y) -= sum / count + dx * along[0] / squares[0] + dy * along[1] / squares[1];
    });
    return region;
}

/// How far letters stand off the ground, below zero where they are darker: the brightest or the darkest
/// hundredth, whichever is farther.
double extreme_of(std::vector<double> levels) {
    const auto hundredth = static_cast<std::ptrdiff_t>(levels.size() / 100);
    std::ranges::nth_element(levels, levels.begin() + hundredth);
    const double low = levels[static_cast<std::size_t>(hundredth)];
    std::ranges::nth_element(levels, levels.end() - 1 - hundredth);
    const double high = *(levels.end() - 1 - hundredth);
    return high >= -low ? high : low;
}

/// Levels from 0 (ground) to 1 (letters). Nothing where letters reach the margin's edge or are faint.
std::optional<Region> normalized(Region region) {
    region = levelled(std::move(region));
    const double half = extreme_of(region.levels) / 2.0;
    double sum = 0.0;
    double count = 0.0;
    for (std::int64_t y = 0; y < region.rows; ++y) {
        for (std::int64_t x = 0; x < region.columns; ++x) {
            const bool ink = half > 0.0 ? region.at(x, y) > half : region.at(x, y) < half;
            if (ink && is_edge(region, x, y)) {
                return std::nullopt;
            }
            sum += ink ? region.at(x, y) : 0.0;
            count += ink ? 1.0 : 0.0;
        }
    }
    const double contrast = count == 0.0 ? 0.0 : sum / count;
    if (std::abs(contrast) < kContrastMin) {
        return std::nullopt;
    }
    for (double& level : region.levels) {
        level /= contrast;
    }
    return region;
}

bool is_ink(double level) {
    return level > 0.5;
}

/// The box of everything inked that hangs together with (x, y); takes it away from `left`.
Box take_stroke(std::vector<char>& left, const Region& region, std::int64_t x, std::int64_t y) {
    Box box{x, y, x + 1, y + 1};
    std::vector<std::pair<std::int64_t, std::int64_t>> open{{x, y}};
    left[static_cast<std::size_t>(y * region.columns + x)] = 0;
    while (!open.empty()) {
        const auto [cx, cy] = open.back();
        open.pop_back();
        box = {
            std::min(box.left, cx), std::min(box.top, cy), std::max(box.right, cx + 1),
            std::max(box.bottom, cy + 1)};
        for (std::int64_t ny = std::max<std::int64_t>(0, cy - 1); ny <= std::min(region.rows - 1, cy + 1);
             ++ny) {
            for (std::int64_t nx = std::max<std::int64_t>(0, cx - 1);
                 nx <= std::min(region.columns - 1, cx + 1); ++nx) {
                char& there = left[static_cast<std::size_t>(ny * region.columns + nx)];
                if (there != 0) {
                    there = 0;
                    open.emplace_back(nx, ny);
                }
            }
        }
    }
    return box;
}

/// At most kLettersMax + 1: more are too many anyway.
std::vector<Box> strokes_of(const Region& region) {
    std::vector<char> left(region.levels.size());
    std::ranges::transform(region.levels, left.begin(), [](double level) { return is_ink(level) ? 1 : 0; });
    std::vector<Box> strokes;
    for (std::int64_t y = 0; y < region.rows; ++y) {
        for (std::int64_t x = 0; x < region.columns && strokes.size() <= kLettersMax; ++x) {
            if (left[static_cast<std::size_t>(y * region.columns + x)] != 0) {
                strokes.push_back(take_stroke(left, region, x, y));
            }
        }
    }
    return strokes;
}

Box around(const std::vector<Box>& strokes) {
    Box box = strokes.front();
    for (const Box& stroke : strokes) {
        box = {
            std::min(box.left, stroke.left), std::min(box.top, stroke.top), std::max(box.right, stroke.right),
            std::max(box.bottom, stroke.bottom)};
    }
    return box;
}

bool are_one_word(std::vector<Box> strokes, double height) {
    std::ranges::sort(strokes, {}, &Box::left);
    std::int64_t reached = strokes.front().right;
    return std::ranges::all_of(strokes, [&](const Box& stroke) {
        const auto gap = static_cast<double>(stroke.left - reached);
        reached = std::max(reached, stroke.right);
        return gap <= kGapMax * height;
    });
}

/// Each as high as the line, all of one word.
bool are_capitals(const std::vector<Box>& strokes) {
    if (strokes.empty() || strokes.size() > kLettersMax) {
        return false;
    }
    const std::int64_t height = around(strokes).height();
    return height >= kLetterHeightMin && are_one_word(strokes, static_cast<double>(height)) &&
           std::ranges::all_of(strokes, [&](const Box& stroke) {
               const auto high = static_cast<double>(stroke.height());
               return high >= kHeightMin * static_cast<double>(height) &&
                      static_cast<double>(stroke.width()) <= kWidestOfHeight * static_cast<double>(height);
           });
}

bool is_quiet_beside(const Region& region, const std::vector<Box>& strokes) {
    for (std::int64_t y = 0; y < region.rows; ++y) {
        for (std::int64_t x = 0; x < region.columns; ++x) {
            const bool beside = std::ranges::none_of(strokes, [&](const Box& box) {
                return x >= box.left - kBlend && x < box.right + kBlend && y >= box.top - kBlend &&
                       y < box.bottom + kBlend;
            });
            if (beside && std::abs(region.at(x, y)) > kResidueMax) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

std::optional<LineInk> line_ink(const PictureView& picture, const Box& line) {
    std::optional<Region> region = region_of(picture, line);
    if (region) {
        region = normalized(std::move(*region));
    }
    if (!region) {
        return std::nullopt;
    }
    const std::vector<Box> strokes = strokes_of(*region);
    if (!are_capitals(strokes) || !is_quiet_beside(*region, strokes)) {
        return std::nullopt;
    }
    const Box box = around(strokes);
    LineInk ink{
        Picture{static_cast<std::size_t>(box.width()), static_cast<std::size_t>(box.height()), 1},
        strokes.size()};
    for (std::int64_t y = 0; y < box.height(); ++y) {
        for (std::int64_t x = 0; x < box.width(); ++x) {
            const double level = std::clamp(region->at(box.left + x, box.top + y), 0.0, 1.0);
            ink.letters.samples[static_cast<std::size_t>(y * box.width() + x)] =
                static_cast<std::uint8_t>(std::lround(255.0 * (1.0 - level)));
        }
    }
    return ink;
}

}  // namespace efface::pipeline
