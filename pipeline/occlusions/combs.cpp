#include "pipeline/occlusions/combs.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace efface::pipeline {

namespace {

constexpr int kFloor = 24;  ///< 1.5 levels a row.
constexpr int kLinesMin = 3;
/// Of cells this large two lines are enough: a face has no more of them.
constexpr double kLargeCell = 20;
constexpr double kBetweenMax = 0.45;
constexpr std::int64_t kNear = 48;
constexpr double kStrong = 0.3;
constexpr double kCommonShare = 0.15;
constexpr std::size_t kRegionsMax = 2048;

struct Comb {
    std::int64_t first;
    std::int64_t last;
    double gap;
    int lines;
};

/// Two bands together: sixteen rows.
std::vector<int> summed(const StepProfile& profile, std::int64_t band) {
    std::vector<int> sums(static_cast<std::size_t>(profile.columns()));
    for (std::int64_t x = 0; x < profile.columns(); ++x) {
        sums[static_cast<std::size_t>(x)] = profile.at(band, x) + profile.at(band + 1, x);
    }
    return sums;
}

/// Lines that stand alone: above what is beside them, twice what is two columns away.
std::vector<std::int64_t> lines_of(const std::vector<int>& sums) {
    std::vector<std::int64_t> lines;
    for (std::size_t x = 2; x + 2 < sums.size(); ++x) {
        const int here = sums[x];
        if (here >= kFloor && 4 * here >= 5 * std::max(sums[x - 1], sums[x + 1]) &&
            here >= sums[x - 2] + sums[x + 2]) {
            lines.push_back(static_cast<std::int64_t>(x));
        }
    }
    return lines;
}

/// Those that are not far below the largest near them: what compression rings beside a line is left out.
std::vector<std::int64_t> strong_lines(const std::vector<int>& sums, const std::vector<std::int64_t>& lines) {
    std::vector<std::int64_t> strong;
    std::size_t from = 0;
    for (const std::int64_t line : lines) {
        while (lines[from] < line - kNear) {
            ++from;
        }
        int most = 0;
        for (std::size_t at = from; at < lines.size() && lines[at] <= line + kNear; ++at) {
            most = std::max(most, sums[static_cast<std::size_t>(lines[at])]);
        }
        if (sums[static_cast<std::size_t>(line)] >= kStrong * most) {
            strong.push_back(line);
        }
    }
    return strong;
}

/// Mean of what changes between two lines, less the columns right beside them.
double between(const std::vector<int>& sums, std::int64_t from, std::int64_t to) {
    double sum = 0;
    for (std::int64_t x = from + 2; x <= to - 2; ++x) {
        sum += sums[static_cast<std::size_t>(x)];
    }
    return sum / static_cast<double>(std::max<std::int64_t>(1, to - from - 3));
}

bool is_multiple(double step, double gap) {
    const double times = std::round(step / gap);
    return times >= 1 && times <= 5 && std::abs(step - times * gap) <= 1.01;
}

/// The longest comb that starts at lines[start]; fewer than kLinesMin lines: none.
Comb comb_from(const std::vector<int>& sums, const std::vector<std::int64_t>& lines, std::size_t start) {
    Comb comb{lines[start], lines[start], 0, 1};
    double height = sums[static_cast<std::size_t>(lines[start])];
    double times = 0;
    for (std::size_t next = start + 1; next < lines.size(); ++next) {
        const auto step = static_cast<double>(lines[next] - comb.last);
        if (comb.gap == 0 ? step < kGapMin - 0.5 || step > kGapMax : !is_multiple(step, comb.gap)) {
            break;
        }
        height += sums[static_cast<std::size_t>(lines[next])];
        if (between(sums, comb.last, lines[next]) > kBetweenMax * height / (comb.lines + 1)) {
            break;
        }
        times += comb.gap == 0 ? 1 : std::round(step / comb.gap);
        comb.last = lines[next];
        comb.gap = static_cast<double>(comb.last - comb.first) / times;
        ++comb.lines;
    }
    return comb;
}

/// A region while it grows: the bands' combs one by one, since some reach beyond the mosaic by chance.
struct Growing {
    CombRegion region;
    std::vector<Comb> combs;
};

bool joins(const CombRegion& region, const Comb& comb, std::int64_t band) {
    const std::int64_t common = std::min(region.last, comb.last) - std::max(region.first, comb.first);
    const std::int64_t shorter = std::min(region.last - region.first, comb.last - comb.first);
    return band <= region.band_last + 3 && 2 * common >= shorter && std::abs(region.gap - comb.gap) <= 1.2;
}

void note(std::vector<Growing>& growing, const Comb& comb, std::int64_t band) {
    for (auto known = growing.rbegin(); known != growing.rend(); ++known) {
        CombRegion& region = known->region;
        if (joins(region, comb, band)) {
            region.first = std::min(region.first, comb.first);
            region.last = std::max(region.last, comb.last);
            region.gap = (region.gap * region.lines + comb.gap * comb.lines) / (region.lines + comb.lines);
            region.lines += comb.lines;
            region.band_last = band;
            known->combs.push_back(comb);
            return;
        }
    }
    if (growing.size() < kRegionsMax) {
        growing.push_back({{comb.first, comb.last, band, band, comb.gap, comb.lines}, {comb}});
    }
}

void note_all(
    std::vector<Growing>& growing, const std::vector<int>& sums, const std::vector<std::int64_t>& lines,
    std::int64_t band
) {
    for (std::size_t start = 0; start < lines.size();) {
        const Comb comb = comb_from(sums, lines, start);
        if (comb.lines < (comb.gap >= kLargeCell ? kLinesMin - 1 : kLinesMin)) {
            ++start;
            continue;
        }
        note(growing, comb, band);
        start += static_cast<std::size_t>(comb.lines) - 1;
    }
}

/// The columns that at least kCommonShare of the combs cover.
CombRegion settled(const Growing& growing) {
    CombRegion region = growing.region;
    const auto wanted = static_cast<std::size_t>(kCommonShare * static_cast<double>(growing.combs.size()));
    std::vector<std::int64_t> firsts;
    std::vector<std::int64_t> lasts;
    for (const Comb& comb : growing.combs) {
        firsts.push_back(comb.first);
        lasts.push_back(comb.last);
    }
    std::ranges::sort(firsts);
    std::ranges::sort(lasts, std::greater{});
    region.first = firsts[wanted];
    region.last = lasts[wanted];
    return region;
}

}  // namespace

std::vector<CombRegion> comb_regions(const StepProfile& profile) {
    std::vector<Growing> growing;
    for (std::int64_t band = 0; band + 1 < profile.bands(); ++band) {
        const std::vector<int> sums = summed(profile, band);
        const std::vector<std::int64_t> lines = lines_of(sums);
        note_all(growing, sums, lines, band);
        const std::vector<std::int64_t> strong = strong_lines(sums, lines);
        if (strong.size() < lines.size()) {
            note_all(growing, sums, strong, band);
        }
    }
    std::vector<CombRegion> regions;
    for (const Growing& one : growing) {
        regions.push_back(settled(one));
    }
    return regions;
}

}  // namespace efface::pipeline
