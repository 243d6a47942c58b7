// What speaks for a profile at one place of a picture: how alike its parts are, and whether the head, the
// neck and the air around it lie where they would. Thread rule: pure functions.
#pragma once

#include "pipeline/head_profile/profile_match.h"

#include <array>
#include <vector>

namespace efface::pipeline {

/// The first two are air.
enum class HeadArea : std::uint8_t { kBefore, kBelowChin, kFace, kSkull, kNeck };

inline constexpr std::size_t kHeadAreas = 5;

struct ProfileVote {
    ProfileMatch best;
    std::array<double, kProfileParts> likeness{};  ///< The best of each part that lies there; 0: none.
    /// By HeadArea the share of its places in the picture that are what they are around a head.
    std::array<double, kHeadAreas> areas{};
    double known = 0;                       ///< Share of all places that lies in the picture.
    double score = 0;                       ///< The logarithm of odds; above 0: a profile.
    std::vector<std::vector<Place>> lines;  ///< All that agree.
};

/// By what lies together, the best first.
std::vector<ProfileVote> profile_votes(const SmallPlane& plane, const std::vector<ProfileMatch>& matches);

}  // namespace efface::pipeline
