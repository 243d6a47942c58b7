// Markers: the letters by which radiographs and mammograms say which side and view they show. They may stay
// in the pixels where a rule allows them by name. Capitals alone: no entry holds a digit, since digits are
// dates, times and ages, and no unit, since its number stands beside it. PS3.3 C.7.3.1.1.1 (Laterality
// (0020,0060): L, R), C.8.1.2 (View Position (0018,5101)), PS3.16 CID 4014 (views of the breast, as ACR
// abbreviates them). Thread rule: constants.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <string_view>

namespace efface::rules {

struct MarkerRow {
    std::string_view text;
    /// Spared where a rule says nothing. Letters that are somebody's initials more often than a marker are
    /// not: a rule may name them.
    bool by_default;
    std::string_view meaning;
};

inline constexpr std::array kMarkers{
    MarkerRow{"L", true, "left"},
    MarkerRow{"R", true, "right"},
    MarkerRow{"LT", false, "left"},
    MarkerRow{"RT", false, "right"},
    MarkerRow{"AP", true, "View Position: anterior/posterior"},
    MarkerRow{"PA", true, "View Position: posterior/anterior"},
    MarkerRow{"LAT", true, "lateral"},
    MarkerRow{"LL", false, "View Position: left lateral"},
    MarkerRow{"RL", false, "View Position: right lateral"},
    MarkerRow{"LLD", false, "View Position: left lateral decubitus"},
    MarkerRow{"RLD", false, "View Position: right lateral decubitus"},
    MarkerRow{"LLO", false, "View Position: left lateral oblique"},
    MarkerRow{"RLO", false, "View Position: right lateral oblique"},
    MarkerRow{"CC", false, "cranio-caudal"},
    MarkerRow{"ML", false, "medio-lateral"},
    MarkerRow{"LM", false, "latero-medial"},
    MarkerRow{"MLO", true, "medio-lateral oblique"},
    MarkerRow{"XCCL", true, "cranio-caudal exaggerated laterally"},
    MarkerRow{"LCC", true, "left, cranio-caudal"},
    MarkerRow{"RCC", true, "right, cranio-caudal"},
    MarkerRow{"LMLO", true, "left, medio-lateral oblique"},
    MarkerRow{"RMLO", true, "right, medio-lateral oblique"},
    MarkerRow{"LML", false, "left, medio-lateral"},
    MarkerRow{"RML", false, "right, medio-lateral"},
};

/// By their rows in kMarkers.
using MarkerSet = std::bitset<kMarkers.size()>;

constexpr std::optional<std::size_t> marker_index(std::string_view text) {
    const auto* row = std::find_if(kMarkers.begin(), kMarkers.end(), [=](const MarkerRow& marker) {
        return marker.text == text;
    });
    if (row == kMarkers.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(row - kMarkers.begin());
}

inline MarkerSet default_markers() {
    MarkerSet markers;
    for (std::size_t i = 0; i < kMarkers.size(); ++i) {
        markers.set(i, kMarkers[i].by_default);
    }
    return markers;
}

}  // namespace efface::rules
