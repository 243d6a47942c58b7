#include "pipeline/watermark/chips.h"

#include "config/assert.h"
#include "config/crypto/digest.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace efface::pipeline {
namespace {

constexpr std::size_t kTileBlocks = kTileSide * kTileSide;

struct TilePlace {
    std::uint32_t column = 0;
    std::uint32_t row = 0;
};

class KeyedStream {
public:
    KeyedStream(const WatermarkKey& key, std::string_view name, const TilePlace& tile)
        : key_{key},
          prefix_{
              "mark/1/" + std::string{name} + "/" + std::to_string(tile.column) + "/" +
              std::to_string(tile.row) + "/"} {}

    float sign() {
        if (bits_left_ == 0) {
            bits_ = byte();
            bits_left_ = 8;
        }
        const bool set = (bits_ & 1U) != 0;
        bits_ >>= 1U;
        --bits_left_;
        return set ? 1.0F : -1.0F;
    }

    /// 0 to n - 1, n at most 144. Some come up more often than others by 0.2 %, which costs nothing: only the
    /// signs must be even.
    std::size_t below(std::size_t n) {
        const std::size_t high = byte();
        return ((high * 256 + byte()) * n) >> 16U;
    }

private:
    unsigned byte() {
        if (used_ == block_.size()) {
            block_ = hmac_sha256(key_, prefix_ + std::to_string(counter_));
            ++counter_;
            used_ = 0;
        }
        return block_[used_++];
    }

    const WatermarkKey& key_;
    std::string prefix_;
    Digest block_{};
    std::size_t used_ = std::tuple_size_v<Digest>;
    std::uint32_t counter_ = 0;
    unsigned bits_ = 0;
    unsigned bits_left_ = 0;
};

/// The first `count` of a shuffled 0, 1, ... N - 1 (Fisher and Yates).
template <std::size_t N>
std::array<std::uint8_t, N> shuffled(KeyedStream& stream, std::size_t count) {
    std::array<std::uint8_t, N> order{};
    std::iota(order.begin(), order.end(), std::uint8_t{0});
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(order[i], order[i + stream.below(N - i)]);
    }
    return order;
}

using PilotTile = std::array<BlockPilot, kTileBlocks>;
using ChipTile = std::array<BlockChips, kTileBlocks>;

PilotTile pilot_tile(const WatermarkKey& key, const TilePlace& place) {
    KeyedStream stream{key, "pilot", place};
    PilotTile tile;
    for (BlockPilot& block : tile) {
        const auto order = shuffled<kBandSize>(stream, kPilotCoefficients);
        std::copy_n(order.begin(), kPilotCoefficients, block.coefficient.begin());
        std::ranges::generate(block.sign, [&] { return stream.sign(); });
    }
    return tile;
}

/// Their coefficients depend on the pilot and are filled in for each block.
ChipTile chip_tile(const WatermarkKey& key, const TilePlace& place) {
    KeyedStream order_stream{key, "order", place};
    KeyedStream chip_stream{key, "chip", place};
    const auto order = shuffled<kCodeBits>(order_stream, kCodeBits);
    ChipTile tile;
    for (std::size_t i = 0; i < kTileBlocks; ++i) {
        const auto from = order.begin() + static_cast<std::ptrdiff_t>(i * kDataCoefficients);
        std::copy_n(from, kDataCoefficients, tile[i].code_bit.begin());
        std::ranges::generate(tile[i].sign, [&] { return chip_stream.sign(); });
    }
    return tile;
}

/// For each block what its tile holds for it. Blocks stand row by row, so the tiles of one row of tiles are
/// kept until the next begins.
template <class Tile, class MakeTile>
std::vector<typename Tile::value_type> by_tiles(std::span<const BlockPlace> blocks, const MakeTile& make) {
    std::vector<typename Tile::value_type> out;
    out.reserve(blocks.size());
    std::vector<std::optional<Tile>> tiles;
    std::optional<std::uint32_t> tile_row;
    for (const BlockPlace& block : blocks) {
        const TilePlace place{
            block.column / static_cast<std::uint32_t>(kTileSide),
            block.row / static_cast<std::uint32_t>(kTileSide)};
        if (tile_row != place.row) {
            tiles.clear();
            tile_row = place.row;
        }
        if (tiles.size() <= place.column) {
            tiles.resize(place.column + std::size_t{1});
        }
        std::optional<Tile>& tile = tiles[place.column];
        if (!tile) {
            tile = make(place);
        }
        out.push_back((*tile)[(block.row % kTileSide) * kTileSide + block.column % kTileSide]);
    }
    return out;
}

}  // namespace

std::vector<BlockPilot> pilots_of(const WatermarkKey& key, std::span<const BlockPlace> blocks) {
    return by_tiles<PilotTile>(blocks, [&](const TilePlace& place) { return pilot_tile(key, place); });
}

std::vector<BlockChips> chips_of(
    const WatermarkKey& key, std::span<const BlockPlace> blocks, std::span<const BlockPilot> pilots
) {
    EFFACE_ASSERT(blocks.size() == pilots.size());
    auto chips = by_tiles<ChipTile>(blocks, [&](const TilePlace& place) { return chip_tile(key, place); });
    for (std::size_t i = 0; i < chips.size(); ++i) {
        std::size_t next = 0;
        for (std::uint8_t coefficient = 0; coefficient < kBandSize; ++coefficient) {
            if (std::ranges::find(pilots[i].coefficient, coefficient) == pilots[i].coefficient.end()) {
                chips[i].coefficient[next++] = coefficient;
            }
        }
    }
    return chips;
}

}  // namespace efface::pipeline
