#include "pipeline/head_profile/profile_band.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace efface::pipeline {

namespace {

using Point = std::complex<double>;

constexpr double kSpacingTrusted = 1.6;  ///< Pixel spacings lie: of phantoms, prints, magnified views.

double pixels_of(double by_profile, double stated) {
    const bool is_near = stated > by_profile / kSpacingTrusted && stated < by_profile * kSpacingTrusted;
    return is_near ? std::max(stated, by_profile) : by_profile;
}

/// The skin as the level lines have it, and where they end as the model has it; pixels of the picture.
std::vector<Point> skin_of(const ProfileVote& vote, double scale) {
    std::vector<Point> skin;
    for (const Point& place : profile_line()) {
        skin.push_back(Point{vote.best.placed(place)} * scale);
    }
    const Point brow = skin.front();
    const Point way = skin.back() - brow;
    for (const std::vector<Place>& line : vote.lines) {
        for (const Place& place : line) {
            const Point here = Point{place} * scale;
            const double part = ((here - brow) * std::conj(way)).real() / std::norm(way);
            if (part >= 0 && part <= 1) {
                skin.push_back(here);
            }
        }
    }
    return skin;
}

struct Range {
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();

    void add(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

}  // namespace

std::vector<Box> profile_band(const ProfileVote& vote, double scale, double pixels_a_millimetre) {
    const std::vector<Point> skin = skin_of(vote, scale);
    const double pixels = pixels_of(std::abs(vote.best.turn) * scale, pixels_a_millimetre);
    const Point ahead = vote.best.turn / std::abs(vote.best.turn);
    // Upright heads are cut into rows, lying ones into columns.
    const bool upright = std::abs(ahead.real()) >= std::abs(ahead.imag());
    const bool forward = upright ? ahead.real() > 0 : ahead.imag() > 0;
    const auto along = [&](const Point& p) { return upright ? p.imag() : p.real(); };
    const auto across = [&](const Point& p) { return upright ? p.real() : p.imag(); };
    Range length;
    Range depth;
    for (const Point& place : skin) {
        length.add(along(place));
        depth.add(across(place));
    }
    // A head that leans is cut aslant: what lies 30 mm behind its skin lies further along its row.
    const double slant = upright ? std::abs(ahead.real()) : std::abs(ahead.imag());
    const double before = kBandBeforeMm * pixels;
    const double behind = kBandBehindMm * pixels / slant;
    const double beyond = kBandBeyondMm * pixels;
    std::vector<Box> boxes;
    for (int i = 0; i < kBandBoxes; ++i) {
        const double low = length.low - beyond + (length.high - length.low + 2 * beyond) * i / kBandBoxes;
        const double high =
            length.low - beyond + (length.high - length.low + 2 * beyond) * (i + 1) / kBandBoxes;
        Range here;
        for (const Point& place : skin) {
            if (along(place) >= low - beyond && along(place) <= high + beyond) {
                here.add(across(place));
            }
        }
        const double front = forward ? depth.high + before : depth.low - before;
        const double back = forward ? here.low - behind : here.high + behind;
        const double left = std::min(front, back);
        const double right = std::max(front, back);
        const auto pixel = [](double value) { return static_cast<std::int64_t>(std::floor(value)); };
        boxes.push_back(
            upright ? Box{pixel(left), pixel(low), pixel(right) + 1, pixel(high) + 1}
                    : Box{pixel(low), pixel(left), pixel(high) + 1, pixel(right) + 1}
        );
    }
    return boxes;
}

}  // namespace efface::pipeline
