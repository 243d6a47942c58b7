#include "pipeline/head_profile/head_profile.h"

#include "pipeline/head_profile/profile_band.h"
#include "pipeline/head_profile/profile_vote.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace efface::pipeline {

namespace {

/// What overlaps a profile and is hardly less likely one: another reading of the same face, covered as well.
constexpr double kAlongside = -2;
constexpr std::size_t kSideMin = 64;  ///< A profile cannot be told in less.

bool overlaps(const std::vector<Box>& a, const std::vector<Box>& b) {
    for (const Box& one : a) {
        for (const Box& other : b) {
            if (one.left < other.right && other.left < one.right && one.top < other.bottom &&
                other.top < one.bottom) {
                return true;
            }
        }
    }
    return false;
}

HeadProfile profile_of(const ProfileVote& vote, double scale, double pixels_a_millimetre) {
    HeadProfile profile;
    profile.band = profile_band(vote, scale, pixels_a_millimetre);
    profile.score = vote.score;
    profile.air_is_dark = vote.best.air_is_dark;
    profile.looks_left = vote.best.mirrored;
    // The model looks to the right; its mirror image stands on its head.
    const std::complex<double> upright = vote.best.mirrored ? -vote.best.turn : vote.best.turn;
    profile.turn = std::arg(upright) * 180 / std::numbers::pi;
    return profile;
}

}  // namespace

Result<std::vector<HeadProfile>> find_head_profiles(const PictureView& picture, double pixels_a_millimetre) {
    if (picture.samples.size() < picture.columns * picture.rows * picture.channels) {
        return fail(Fault::kQuarantine, "a picture has fewer samples than its size asks for");
    }
    std::vector<HeadProfile> profiles;
    if (picture.columns < kSideMin || picture.rows < kSideMin) {
        return profiles;
    }
    const SmallPlane plane = small_plane(picture);
    for (const ProfileVote& vote : profile_votes(plane, match_profiles(plane))) {
        if (vote.score <= kAlongside) {
            break;
        }
        const HeadProfile profile = profile_of(vote, plane.scale, pixels_a_millimetre);
        const auto known = std::ranges::find_if(profiles, [&](const HeadProfile& other) {
            return overlaps(other.band, profile.band);
        });
        if (known != profiles.end()) {
            known->band.insert(known->band.end(), profile.band.begin(), profile.band.end());
        } else if (vote.score > 0 && profiles.size() < kProfilesMax) {
            profiles.push_back(profile);
        }
    }
    return profiles;
}

}  // namespace efface::pipeline
