// The invisible mark of a filled region: the UTC second of the fill, readable from the picture alone by
// whoever has the key, after 8-bit conversion, re-windowing, inversion and JPEG. Crops, turns and other
// scales end it.
//
// Spread spectrum (Cox, Kilian, Leighton, Shamoon 1997, doi:10.1109/83.650120), informed: the picture's own
// part is taken off while marking (Malvar, Florencio 2003, doi:10.1109/TSP.2003.809385). In the 8x8 blocks of
// the picture's grid, twelve mid-band cosine coefficients carry keyed signs: nine the 144 code bits of a
// message of 64 bits (message_code.h), three a pilot that says where the mark is (chips.h). docs/watermark.md
// has the formulas, the rate of false reads and what was measured.
// Thread rule: pure functions of their arguments; the same arguments give the same bits.
#pragma once

#include "pipeline/picture/picture.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace efface::pipeline {

/// Grey levels of the display window, 0 to 255, row by row without gaps.
struct GreyPlane {
    std::vector<float> values;
    std::size_t columns = 0;
    std::size_t rows = 0;
};

/// Of the mark alone, derived from a project's key by the caller.
using WatermarkKey = std::array<std::uint8_t, 32>;

struct EmbedOptions {
    /// Grey levels between two stored values: 1 for eight bits, 255 / 4095 for twelve that the window shows
    /// all of. Marked values are multiples of it, and read back as such. 0: not rounded.
    double stored_step = 1.0;
    /// The mark is not made stronger than this for the sake of what may happen to the picture later.
    double psnr_min_db = 37.0;
};

enum class EmbedResult : std::uint8_t {
    kEmbedded,
    kTooSmall,     ///< Fewer than kBlocksMin whole blocks: nothing was changed.
    kNotReadable,  ///< Not even the strongest mark can be read back: nothing was changed.
};

struct EmbedOutcome {
    EmbedResult result = EmbedResult::kTooSmall;
    /// Of the marked blocks against what was given, peak 255.
    double psnr_db = 0;
    /// It was read back after harsher things than those it must survive (trial_channels.h); else only as it
    /// is, in eight bits, since more would have cost psnr_min_db.
    bool has_reserve = false;
};

struct Reading {
    std::uint32_t utc_seconds = 0;
    /// The weight of the code bits that read as they were written over that of all: 1 for an untouched mark,
    /// about 0.8 where chance is just not excluded.
    double confidence = 0;
    /// The test statistic: at least kCorrelationMin, else there is no reading.
    double correlation = 0;
    bool inverted = false;
    std::vector<Box> region;  ///< Whole blocks that it was read from.
};

/// A mark needs this many blocks, 64x64 pixels in one piece.
inline constexpr std::size_t kBlocksMin = 64;
/// No larger pictures are searched, 8192x8192 pixels; a given region may be of any size.
inline constexpr std::size_t kSearchBlocksMax = std::size_t{1} << 20U;

/// Marks the region, one or more boxes of one fill, as one. Nothing outside of it changes, nor pixels of
/// blocks that are cut by its edge.
EmbedOutcome embed(
    GreyPlane& plane, std::span<const Box> region, const WatermarkKey& key, std::uint32_t utc_seconds,
    const EmbedOptions& options = {}
);

/// The mark of a region, or of the whole picture where none is given: then the clearest of find_marks().
std::optional<Reading> read(const GreyPlane& plane, std::span<const Box> region, const WatermarkKey& key);

/// Every mark that a search finds (search.h), at most kCandidatesMax, the clearest first. Regions that touch
/// are one.
std::vector<Reading> find_marks(const GreyPlane& plane, const WatermarkKey& key);

}  // namespace efface::pipeline
