#include "pipeline/inference/rotating_detector.h"

#include "pipeline/inference/picture_turn.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

/// Share of the smaller of two boxes that both cover, from which on they mean the same thing.
constexpr double kSameShareMin = 0.4;

constexpr std::size_t kLightEnough = 160;
constexpr std::size_t kWhiteMin = 16;  // Below it there is noise alone to lighten.

Box common(const Box& a, const Box& b) {
    return {
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
}

bool mean_the_same(const Box& a, const Box& b) {
    const auto smaller = static_cast<double>(std::min(a.area(), b.area()));
    return static_cast<double>(common(a, b).area()) > kSameShareMin * smaller;
}

/// Scaled so that all but the lightest thousandth of the samples fit; a light picture stays as it is. A dark
/// one hides faces from a detector that people still see. A thousandth, since a lit face in a dark room may
/// be small.
void lighten(Picture& picture) {
    std::array<std::size_t, 256> count{};
    for (const std::uint8_t sample : picture.samples) {
        ++count[sample];
    }
    std::size_t left = picture.samples.size() / 1000;
    std::size_t white = 255;
    while (white > kWhiteMin && count[white] <= left) {
        left -= count[white--];
    }
    if (white >= kLightEnough) {
        return;
    }
    for (std::uint8_t& sample : picture.samples) {
        sample = static_cast<std::uint8_t>(std::min<std::size_t>(255, sample * std::size_t{255} / white));
    }
}

/// Where tiles of `side` begin along `length`: evenly, so that the last one ends at the edge.
std::vector<std::int64_t> starts(std::size_t length, std::size_t side) {
    if (length <= side) {
        return {0};
    }
    const std::size_t step = std::max<std::size_t>(1, side - side / 4);
    const std::size_t count = (length - side + step - 1) / step + 1;
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(static_cast<std::int64_t>((length - side) * i / (count - 1)));
    }
    return out;
}

std::size_t count_along(std::size_t length, std::size_t side) {
    return length <= side ? 1 : (length - side) / std::max<std::size_t>(1, side - side / 4) + 2;
}

}  // namespace

// Each edge half way between the mean and the outermost one, rounded outwards. Every turn errs by some pixels
// of its own: the means alone cut chins off, and what encloses all of them is up to twice as large as the
// face.
Box RotatingDetector::compromise(const std::vector<Sighting>& group) {
    const auto edge = [&](std::int64_t Box::*which, bool lowest) {
        double sum = 0;
        std::int64_t outermost = group.front().box.*which;
        for (const Sighting& sighting : group) {
            const std::int64_t value = sighting.box.*which;
            sum += static_cast<double>(value);
            outermost = lowest ? std::min(outermost, value) : std::max(outermost, value);
        }
        const double middle = (sum / static_cast<double>(group.size()) + static_cast<double>(outermost)) / 2;
        return static_cast<std::int64_t>(lowest ? std::floor(middle) : std::ceil(middle));
    };
    return {
        edge(&Box::left, true), edge(&Box::top, true), edge(&Box::right, false), edge(&Box::bottom, false)};
}

std::vector<Box> tiles(std::size_t columns, std::size_t rows, std::size_t side, std::size_t count_max) {
    EFFACE_ASSERT(side > 0 && count_max > 0);
    while (count_along(columns, side) * count_along(rows, side) > count_max) {
        side += side / 4 + 1;
    }
    std::vector<Box> out;
    for (const std::int64_t top : starts(rows, side)) {
        for (const std::int64_t left : starts(columns, side)) {
            const auto length = static_cast<std::int64_t>(side);
            out.push_back(Box{left, top, left + length, top + length}.clipped_to(columns, rows));
        }
    }
    return out;
}

RotatingDetector::RotatingDetector(std::unique_ptr<Detector> upright, SearchPlan plan)
    : plan_{std::move(plan)} {
    upright_.push_back(std::move(upright));
    check_plan();
}

RotatingDetector::RotatingDetector(
    std::vector<std::unique_ptr<Detector>> upright, Lanes& lanes, SearchPlan plan
)
    : upright_{std::move(upright)}, lanes_{&lanes}, plan_{std::move(plan)} {
    EFFACE_ASSERT(upright_.size() == lanes.count());
    check_plan();
}

void RotatingDetector::check_plan() const {
    EFFACE_ASSERT(plan_.side > 0 && plan_.tile_side > 0);
    EFFACE_ASSERT(std::all_of(upright_.begin(), upright_.end(), [](const auto& one) {
        return one != nullptr;
    }));
}

Result<std::vector<Detection>> RotatingDetector::find(const PictureView& picture) {
    return find_at(picture, plan_.turns);
}

Result<std::vector<Detection>> RotatingDetector::find_again(const PictureView& picture) {
    return find_at(picture, plan_.again_turns);
}

Result<std::vector<Detection>> RotatingDetector::find_at(
    const PictureView& picture, const std::vector<int>& turns
) {
    doubts_.clear();
    if (picture.columns == 0 || picture.rows == 0) {
        return std::vector<Detection>{};
    }
    const std::vector<Look> looks = looks_at(picture, turns);
    std::vector<Result<Seen>> seen(looks.size());
    const auto look = [&](std::size_t job, std::size_t lane) {
        seen[job] = sightings(picture, looks[job], *upright_[lane]);
    };
    if (lanes_ != nullptr) {
        lanes_->run(looks.size(), look);
    } else {
        for (std::size_t job = 0; job < looks.size(); ++job) {
            look(job, 0);
        }
    }
    std::vector<Sighting> all;
    for (const Result<Seen>& one : seen) {
        EFFACE_CHECK(one);
        all.insert(all.end(), one->sightings.begin(), one->sightings.end());
        doubts_.insert(doubts_.end(), one->doubts.begin(), one->doubts.end());
    }
    return united(std::move(all), picture);
}

std::vector<RotatingDetector::Look> RotatingDetector::looks_at(
    const PictureView& picture, const std::vector<int>& turns
) const {
    std::vector<Look> looks;
    const auto add = [&](const Box& part, const std::vector<int>& part_turns) {
        const std::shared_ptr<const Picture> small = at_working_size(picture, part);
        for (const int turn : part_turns) {
            looks.push_back({part, small, turn});
        }
    };
    add({0, 0, static_cast<std::int64_t>(picture.columns), static_cast<std::int64_t>(picture.rows)}, turns);
    if (std::max(picture.columns, picture.rows) > plan_.tile_side && !plan_.tile_turns.empty()) {
        for (const Box& tile : tiles(picture.columns, picture.rows, plan_.tile_side, kTilesMax)) {
            add(tile, plan_.tile_turns);
        }
    }
    return looks;
}

std::shared_ptr<const Picture> RotatingDetector::at_working_size(const PictureView& picture, const Box& part)
    const {
    const double longer = static_cast<double>(std::max(part.width(), part.height()));
    const double scale = std::min(1.0, static_cast<double>(plan_.side) / longer);
    const auto scaled = [&](std::int64_t length) {
        return static_cast<std::size_t>(
            std::max<std::int64_t>(1, std::llround(static_cast<double>(length) * scale))
        );
    };
    Picture small = shrunk(picture, part, scaled(part.width()), scaled(part.height()));
    lighten(small);
    return std::make_shared<const Picture>(std::move(small));
}

Result<RotatingDetector::Seen> RotatingDetector::sightings(
    const PictureView& picture, const Look& look, Detector& upright
) {
    const Box& part = look.part;
    const Picture& small = *look.small;
    const double across = static_cast<double>(part.width()) / static_cast<double>(small.columns);
    const double down = static_cast<double>(part.height()) / static_cast<double>(small.rows);
    const PictureTurn turned{small.columns, small.rows, look.turn};
    const Picture canvas = turned.apply(small.view());
    EFFACE_TRY(const std::vector<Detection> found, upright.find(canvas.view()));
    const auto in_picture = [&](const Detection& detection) {
        const Extent extent = turned.back_ellipse(detection.box);
        const Box box{
            part.left + static_cast<std::int64_t>(std::floor(extent.left * across)),
            part.top + static_cast<std::int64_t>(std::floor(extent.top * down)),
            part.left + static_cast<std::int64_t>(std::ceil(extent.right * across)),
            part.top + static_cast<std::int64_t>(std::ceil(extent.bottom * down))};
        return box.clipped_to(picture.columns, picture.rows);
    };
    Seen seen;
    for (const Detection& detection : found) {
        const Box inside = in_picture(detection);
        if (!inside.empty()) {
            seen.sightings.push_back({inside, detection.score, look.turn});
        }
    }
    for (const Detection& doubt : upright.doubts()) {
        seen.doubts.push_back({in_picture(doubt), doubt.score});
    }
    return seen;
}

// A sighting joins the best one that it overlaps, not what grew from it: else a row of faces would become one
// box.
std::vector<Detection> RotatingDetector::united(std::vector<Sighting> seen, const PictureView& picture)
    const {
    std::stable_sort(seen.begin(), seen.end(), [](const Sighting& a, const Sighting& b) {
        return a.score > b.score;
    });
    std::vector<std::vector<Sighting>> groups;
    for (const Sighting& sighting : seen) {
        const auto known = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
            return mean_the_same(group.front().box, sighting.box);
        });
        if (known == groups.end()) {
            groups.push_back({sighting});
        } else {
            known->push_back(sighting);
        }
    }
    std::vector<Detection> out;
    for (const std::vector<Sighting>& group : groups) {
        const bool lone = std::all_of(group.begin(), group.end(), [&](const Sighting& sighting) {
            return sighting.turn == group.front().turn;
        });
        if (!lone || group.front().score >= plan_.lone_score_min) {
            out.push_back({compromise(group).clipped_to(picture.columns, picture.rows), group.front().score});
        }
    }
    return out;
}

}  // namespace efface::pipeline
