#include "pipeline/head_profile/head_profile.h"

#include "pipeline/head_profile/profile_band.h"
#include "pipeline/head_profile/profile_vote.h"

#include <cmath>
#include <numbers>

namespace efface::pipeline {

namespace {

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
        if (vote.score <= 0 || profiles.size() == kProfilesMax) {
            break;
        }
        HeadProfile profile;
        profile.band = profile_band(vote, plane.scale, pixels_a_millimetre);
        profile.score = vote.score;
        profile.air_is_dark = vote.best.air_is_dark;
        profile.looks_left = vote.best.mirrored;
        // The model looks to the right; its mirror image stands on its head.
        const std::complex<double> upright = vote.best.mirrored ? -vote.best.turn : vote.best.turn;
        profile.turn = std::arg(upright) * 180 / std::numbers::pi;
        bool known = false;
        for (const HeadProfile& other : profiles) {
            known = known || overlaps(other.band, profile.band);
        }
        if (!known) {
            profiles.push_back(std::move(profile));
        }
    }
    return profiles;
}

}  // namespace efface::pipeline
