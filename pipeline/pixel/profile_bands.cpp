#include "pipeline/pixel/profile_bands.h"

#include "pipeline/head_profile/head_profile.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

/// Odds that a picture must show where nobody says that it is a head, or where it is said to be from the
/// front: in drawn chests most false ones lie below.
constexpr double kScoreUnexpected = 1.2;

tl::unexpected<Error> not_found(rules::StatedView stated) {
    constexpr Where kAtPixelData = Where::tag(0x7FE00010);
    return stated == rules::StatedView::kLateral
               ? fail(
                     Fault::kQuarantine,
                     "a lateral view of the head whose profile was not found: somebody must look at it",
                     kAtPixelData
                 )
               : fail(
                     Fault::kQuarantine,
                     "a view of the head that is not said to be frontal, and no profile was found: somebody "
                     "must "
                     "look at it",
                     kAtPixelData
                 );
}

}  // namespace

bool is_searched_for_profiles(const rules::PixelIdentity& identity) {
    return identity.face && identity.head_view.is_searched;
}

Result<std::vector<Box>> find_profile_bands(
    std::span<const std::byte> samples, const NativeImage& image, const rules::PixelIdentity& identity
) {
    std::vector<Box> bands;
    if (!is_searched_for_profiles(identity)) {
        return bands;
    }
    const double least = identity.head_view.must_show_profile() ? 0 : kScoreUnexpected;
    const std::uint64_t looked_at = std::min(image.frame_count(), kProfileFramesMax);
    for (std::uint64_t i = 0; i < looked_at; ++i) {
        const std::uint64_t frame = i * image.frame_count() / looked_at;
        const Picture picture = image.picture(samples, frame, samples);
        EFFACE_TRY(
            const std::vector<HeadProfile> found,
            find_head_profiles(picture.view(), identity.head_view.pixels_a_millimetre)
        );
        for (const HeadProfile& profile : found) {
            if (profile.score > least) {
                bands.insert(bands.end(), profile.band.begin(), profile.band.end());
            }
        }
    }
    if (bands.empty() && identity.head_view.must_show_profile()) {
        return not_found(identity.head_view.stated);
    }
    return bands;
}

}  // namespace efface::pipeline
