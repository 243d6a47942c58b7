#include "pipeline/pixel/spared_markers.h"

#include "pipeline/picture/boxes.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

Box around(const Box& a, const Box& b) {
    return {
        std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
        std::max(a.bottom, b.bottom)};
}

/// Boxes that share a pixel are one line, seen in more than one size or turn.
std::vector<Box> lines_of(const std::vector<Detection>& found) {
    std::vector<Box> lines;
    for (const Detection& one : found) {
        Box line = one.box;
        for (auto other = lines.begin(); other != lines.end();) {
            if (!meet(*other, line)) {
                ++other;
                continue;
            }
            line = around(*other, line);
            lines.erase(other);
            other = lines.begin();  // It may meet now what it did not meet before.
        }
        lines.push_back(line);
    }
    return lines;
}

bool stands_alone(const Box& line, std::vector<Box> lines) {
    std::erase(lines, line);
    return !lies_close(line, lines);
}

}  // namespace

bool lies_close(const Box& marker, const std::vector<Box>& others) {
    return std::ranges::any_of(others, [&](const Box& other) {
        // A line that runs down the picture is as high as it is wide.
        const std::int64_t height = std::max(marker.height(), std::min(other.width(), other.height()));
        const std::int64_t reach = kMarkerDistanceHeights * height;
        const Box surround{
            marker.left - reach, marker.top - reach, marker.right + reach, marker.bottom + reach};
        return meet(surround, other);
    });
}

bool lies_close(const Box& marker, const Mask& mask) {
    return lies_close(marker, mask.boxes) || std::ranges::any_of(mask.some_frames, [&](const FrameBox& one) {
               return lies_close(marker, std::vector<Box>{one.box});
           });
}

Result<SparedText> spare_markers(
    std::vector<Detection> found, const PictureView& picture, const rules::MarkerSet& allowed,
    LineReader& reader
) {
    SparedText result{std::move(found), {}};
    if (allowed.none() || result.text.size() > kLinesReadMax) {
        return result;
    }
    const std::vector<Box> lines = lines_of(result.text);
    for (const Box& line : lines) {
        if (!stands_alone(line, lines)) {
            continue;
        }
        EFFACE_TRY(const std::string letters, reader.read(picture, line));
        const std::optional<std::size_t> marker = rules::marker_index(letters);
        if (marker && allowed.test(*marker)) {
            result.markers.push_back(line);
        }
    }
    std::erase_if(result.text, [&](const Detection& one) {
        return std::ranges::any_of(result.markers, [&](const Box& marker) { return meet(marker, one.box); });
    });
    return result;
}

}  // namespace efface::pipeline
