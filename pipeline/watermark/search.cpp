#include "pipeline/watermark/search.h"

#include "config/assert.h"
#include "pipeline/watermark/evidence.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr float kMeanMin = 0.375F;
/// Of an area's mean. Around it blocks have 0 on average, but a row of few has more at times; and some blocks
/// of a mark are left without a pilot.
constexpr std::array kShares{0.7F, 0.4F};
static_assert(1 + kShares.size() == kShapes);
/// Rows^2 columns of blocks: 5000x5000 pixels. A larger area is read as it is.
constexpr std::size_t kRectangleStepsMax = std::size_t{1} << 28U;
constexpr std::size_t kReach = 2;  ///< Blocks to either side: 5x5.
constexpr std::size_t kRoom = 3;   ///< So many blocks around an area its rectangle may reach.

std::vector<BlockPlace> blocks_between(
    std::size_t left, std::size_t top, std::size_t right, std::size_t bottom
) {
    std::vector<BlockPlace> blocks;
    for (std::size_t row = top; row < bottom; ++row) {
        for (std::size_t column = left; column < right; ++column) {
            blocks.push_back({static_cast<std::uint32_t>(column), static_cast<std::uint32_t>(row)});
        }
    }
    return blocks;
}

/// Means over 5x5 blocks, of those that are there.
BlockMap smoothed(const BlockMap& map) {
    std::vector<double> sums((map.columns + 1) * (map.rows + 1));
    const auto sum = [&](std::size_t column, std::size_t row) -> double& {
        return sums[row * (map.columns + 1) + column];
    };
    for (std::size_t row = 0; row < map.rows; ++row) {
        for (std::size_t column = 0; column < map.columns; ++column) {
            sum(column + 1, row + 1) =
                map.at(column, row) + sum(column, row + 1) + sum(column + 1, row) - sum(column, row);
        }
    }
    BlockMap means{std::vector<float>(map.values.size()), map.columns, map.rows};
    for (std::size_t row = 0; row < map.rows; ++row) {
        const std::size_t top = row - std::min(row, kReach);
        const std::size_t bottom = std::min(map.rows, row + kReach + 1);
        for (std::size_t column = 0; column < map.columns; ++column) {
            const std::size_t left = column - std::min(column, kReach);
            const std::size_t right = std::min(map.columns, column + kReach + 1);
            const double all = sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top);
            means.values[row * map.columns + column] =
                static_cast<float>(all / static_cast<double>((right - left) * (bottom - top)));
        }
    }
    return means;
}

/// Blocks at or above kMeanMin that share an edge, row by row each.
std::vector<std::vector<BlockPlace>> connected_areas(const BlockMap& means, int sign) {
    std::vector<std::vector<BlockPlace>> areas;
    std::vector<bool> seen(means.values.size());
    const auto is_open = [&](std::size_t index) {
        return !seen[index] && static_cast<float>(sign) * means.values[index] >= kMeanMin;
    };
    for (std::size_t start = 0; start < means.values.size(); ++start) {
        if (!is_open(start)) {
            continue;
        }
        std::vector<std::size_t> reached{start};
        seen[start] = true;
        for (std::size_t next = 0; next < reached.size(); ++next) {
            const std::size_t index = reached[next];
            const std::size_t column = index % means.columns;
            const auto visit = [&](bool inside, std::size_t neighbour) {
                if (inside && is_open(neighbour)) {
                    seen[neighbour] = true;
                    reached.push_back(neighbour);
                }
            };
            visit(column > 0, index - 1);
            visit(column + 1 < means.columns, index + 1);
            visit(index >= means.columns, index - means.columns);
            visit(index + means.columns < means.values.size(), index + means.columns);
        }
        if (reached.size() < kBlocksMin / 2) {
            continue;
        }
        std::ranges::sort(reached);
        std::vector<BlockPlace>& area = areas.emplace_back();
        for (const std::size_t index : reached) {
            area.push_back(
                {static_cast<std::uint32_t>(index % means.columns),
                 static_cast<std::uint32_t>(index / means.columns)}
            );
        }
    }
    return areas;
}

struct Rectangle {
    double sum = 0;
    std::size_t left = 0;
    std::size_t top = 0;
    std::size_t right = 0;
    std::size_t bottom = 0;
};

/// The greatest sum of sign * w - least over a rectangle within `room`: for each pair of rows the greatest
/// sum of neighbouring columns (Kadane).
Rectangle greatest(const BlockMap& map, int sign, float least, const Rectangle& room) {
    Rectangle best;
    std::vector<double> columns(room.right - room.left);
    for (std::size_t top = room.top; top < room.bottom; ++top) {
        std::ranges::fill(columns, 0.0);
        for (std::size_t row = top; row < room.bottom; ++row) {
            double run = 0;
            std::size_t from = room.left;
            for (std::size_t column = room.left; column < room.right; ++column) {
                double& below = columns[column - room.left];
                below += static_cast<float>(sign) * map.at(column, row) - least;
                if (run <= 0) {
                    run = 0;
                    from = column;
                }
                run += below;
                if (run > best.sum) {
                    best = {run, from, top, column + 1, row + 1};
                }
            }
        }
    }
    return best;
}

struct Room {
    Rectangle room;
    float mean = 0;  ///< Of the area.
};

Room room_around(const BlockMap& map, int sign, const std::vector<BlockPlace>& area) {
    Rectangle room{0, map.columns, area.front().row, 0, area.back().row};
    float sum = 0;
    for (const BlockPlace& block : area) {
        sum += static_cast<float>(sign) * map.at(block.column, block.row);
        room.left = std::min<std::size_t>(room.left, block.column);
        room.right = std::max<std::size_t>(room.right, block.column);
    }
    room.left -= std::min(room.left, kRoom);
    room.top -= std::min(room.top, kRoom);
    room.right = std::min(map.columns, room.right + 1 + kRoom);
    room.bottom = std::min(map.rows, room.bottom + 1 + kRoom);
    return {room, sum / static_cast<float>(area.size())};
}

void add_rectangles(const BlockMap& map, Candidate& candidate) {
    const Room around = room_around(map, candidate.sign, candidate.shapes[0]);
    const std::size_t rows = around.room.bottom - around.room.top;
    if (rows * rows * (around.room.right - around.room.left) > kRectangleStepsMax) {
        return;
    }
    for (std::size_t i = 0; i < kShares.size(); ++i) {
        const Rectangle best = greatest(map, candidate.sign, kShares[i] * around.mean, around.room);
        candidate.shapes[1 + i] = blocks_between(best.left, best.top, best.right, best.bottom);
    }
}

/// The clearest of the shapes of a candidate.
std::optional<Reading> read_candidate(
    const GreyPlane& plane, const WatermarkKey& key, const Candidate& candidate
) {
    std::optional<Reading> clearest;
    for (const std::vector<BlockPlace>& blocks : candidate.shapes) {
        if (blocks.size() < kBlocksMin / 2) {
            continue;
        }
        std::optional<Reading> reading = read_blocks(plane, key, blocks, {&candidate.sign, 1});
        if (reading && (!clearest || reading->correlation > clearest->correlation)) {
            clearest = std::move(reading);
        }
    }
    return clearest;
}

}  // namespace

BlockMap pilot_map(const GreyPlane& plane, const WatermarkKey& key) {
    const std::size_t columns = plane.columns / kBlockSide;
    const std::size_t rows = plane.rows / kBlockSide;
    const std::vector<BlockPlace> blocks = blocks_between(0, 0, columns, rows);
    const std::vector<BlockPilot> pilots = pilots_of(key, blocks);
    BlockMap map{std::vector<float>(blocks.size()), columns, rows};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        map.values[i] = pilot_weight(pilots[i], band_of(pixels_of(plane, blocks[i])));
    }
    return map;
}

std::vector<Candidate> candidates_of(const BlockMap& map) {
    std::vector<Candidate> candidates;
    const BlockMap means = smoothed(map);
    for (const int sign : {1, -1}) {
        for (std::vector<BlockPlace>& area : connected_areas(means, sign)) {
            candidates.push_back({sign, {std::move(area)}});
        }
    }
    std::ranges::stable_sort(candidates, std::ranges::greater{}, [](const Candidate& candidate) {
        return candidate.shapes[0].size();
    });
    candidates.resize(std::min(candidates.size(), kCandidatesMax));
    for (Candidate& candidate : candidates) {
        add_rectangles(map, candidate);
    }
    return candidates;
}

std::vector<Reading> find_marks(const GreyPlane& plane, const WatermarkKey& key) {
    EFFACE_ASSERT(plane.values.size() == plane.columns * plane.rows);
    const std::size_t blocks = (plane.columns / kBlockSide) * (plane.rows / kBlockSide);
    if (blocks < kBlocksMin || blocks > kSearchBlocksMax) {
        return {};
    }
    std::vector<Reading> found;
    for (const Candidate& candidate : candidates_of(pilot_map(plane, key))) {
        if (std::optional<Reading> reading = read_candidate(plane, key, candidate)) {
            found.push_back(std::move(*reading));
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Reading::correlation);
    return found;
}

}  // namespace efface::pipeline
