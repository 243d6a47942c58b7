// How much of what identifies the detectors were measured to find, by kind of image: "nothing found" is
// evidence only where a row stands here. Lower bounds of the worst cell of `make bench-pixels`, Wilson 95 %;
// docs/pixels.md prints this table. Thread rule: constants.
#pragma once

#include "rules/profile/identity_possible.h"

#include <optional>
#include <span>
#include <string_view>

namespace efface::rules {

struct MeasuredRecall {
    ImageKind kind;
    std::string_view name;  ///< In docs.
    /// Percent; 0: not measured.
    int text_percent;
    int face_percent;
    std::string_view measured_on;  ///< n, seed, what the cells were.
};

std::span<const MeasuredRecall> measured_recalls();

/// Whether the table lets "nothing found" count for all that `identity` calls possible.
bool is_measured(const PixelIdentity& identity, int percent_min, std::span<const MeasuredRecall> recalls);

}  // namespace efface::rules
