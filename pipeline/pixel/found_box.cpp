#include "pipeline/pixel/found_box.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

/// Findings whose boxes lie under what the first of them becomes: nearly the same place, and so the same
/// thing, however it moves a little or is seen a little differently.
struct Place {
    Box around;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t seen = 0;  ///< Findings, one a frame and box.
};

std::size_t join(std::vector<Place>& places, const FoundBox& found, const Box& grown) {
    const auto known =
        std::ranges::find_if(places, [&](const Place& place) { return place.around.holds(found.box); });
    const auto index = static_cast<std::size_t>(known - places.begin());
    if (known == places.end()) {
        places.push_back({grown, found.frames.front(), found.frames.back(), 0});
    }
    Place& place = places[index];
    place.first = std::min(place.first, found.frames.front());
    place.last = std::max(place.last, found.frames.back());
    place.seen += found.frames.size();
    return index;
}

/// None: every frame.
std::optional<FrameSpan> frames_around(const Place& place, const FrameWindow& frames) {
    const std::uint64_t first = place.first - std::min(place.first, frames.window);
    const std::uint64_t end = std::min(place.last + frames.window + 1, frames.frame_count);
    const bool nearly_all = 3 * place.seen >= frames.searched || 3 * (end - first) >= 2 * frames.frame_count;
    return nearly_all ? std::nullopt : std::optional{FrameSpan{first, end - first}};
}

}  // namespace

void note(std::vector<FoundBox>& known, const Box& box, std::optional<std::uint64_t> frame) {
    const auto same =
        std::ranges::find_if(known, [&](const FoundBox& found) { return found.box.holds(box); });
    if (same == known.end()) {
        known.push_back({box, frame ? std::vector{*frame} : std::vector<std::uint64_t>{}});
    } else if (frame && !same->frames.empty() && same->frames.back() != *frame) {
        same->frames.push_back(*frame);
    }
}

bool is_covered(const FoundBox& found, const Mask& mask, std::size_t columns, std::size_t rows) {
    if (mask.covers(found.box, columns, rows)) {
        return true;
    }
    return !found.frames.empty() && std::ranges::all_of(found.frames, [&](std::uint64_t frame) {
        return mask.of_frame(frame).covers(found.box, columns, rows);
    });
}

void add_found(
    Mask& mask, std::span<const FoundBox> found, GrowBox grow, const FrameWindow& frames, std::size_t columns,
    std::size_t rows
) {
    std::vector<const FoundBox*> bare;
    std::vector<std::size_t> place_of;  // Of each of them that frames showed.
    std::vector<Place> places;
    for (const FoundBox& one : found) {
        if (!is_covered(one, mask, columns, rows)) {
            bare.push_back(&one);
            place_of.push_back(one.frames.empty() ? 0 : join(places, one, grow(one.box, columns, rows)));
        }
    }
    for (std::size_t i = 0; i < bare.size(); ++i) {
        const FoundBox& one = *bare[i];
        const auto some = one.frames.empty() ? std::nullopt : frames_around(places[place_of[i]], frames);
        const Box grown = grow(one.box, columns, rows);
        if (some) {
            add(mask, FrameBox{grown, *some}, columns, rows);
        } else if (!mask.covers(one.box, columns, rows)) {
            add(mask, grown, columns, rows);
        }
    }
    bound(mask, columns, rows);
}

}  // namespace efface::pipeline
