#include "pipeline/inference/self_test.h"

#include "pipeline/inference/area_sampler.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr float kRelativeErrorMax = 1e-3F;
constexpr float kAbsoluteErrorMax = 1e-6F;
constexpr std::size_t kDrawingSide = 160;
constexpr float kDrawnFaceScoreMin = 0.9F;

// Recorded from the weights' own package, facenet-pytorch 2.6.0 under PyTorch 2.11.0, on noise().
constexpr Verdict kProposal{0.0028732945F, {0.08852805F, 0.15550081F, -0.34691563F, -0.04101759F}};
constexpr Verdict kRefinement{0.0262294784F, {0.07218514F, 0.03089019F, -0.14775547F, 0.07310420F}};
constexpr Verdict kJudgement{0.0021592397F, {0.08670747F, 0.01433234F, -0.14582467F, 0.01147428F}};

/// A linear congruential generator (Numerical Recipes' constants), its top byte as a sample.
std::vector<float> noise(std::size_t side) {
    std::uint32_t state = 1;
    std::vector<float> planes(side * side * AreaSampler::kPlanes);
    for (float& value : planes) {
        state = state * 1664525U + 1013904223U;
        value = (static_cast<float>(state >> 24U) - 127.5F) / 128.0F;
    }
    return planes;
}

bool is_near(float got, float recorded) {
    return std::abs(got - recorded) <= kRelativeErrorMax * std::abs(recorded) + kAbsoluteErrorMax;
}

Status check(const std::vector<Verdict>& got, const Verdict& recorded) {
    bool same = got.size() == 1 && is_near(got.front().face, recorded.face);
    for (std::size_t i = 0; same && i < recorded.shift.size(); ++i) {
        same = is_near(got.front().shift[i], recorded.shift[i]);
    }
    return same ? Status{}
                : fail(Fault::kHalt, "the face detector fails its self-test: other values than recorded");
}

/// All in hundredths of the picture's side.
struct Ellipse {
    float x, y, half_width, half_height;
    std::array<float, 3> colour;
};

constexpr Ellipse kFace{50, 55, 25, 33, {224, 178, 150}};
constexpr std::array kDrawing{
    Ellipse{50, 52, 31, 40, {70, 50, 40}},      // Hair,
    Ellipse{50, 120, 40, 42, {60, 70, 110}},    // shoulders,
    Ellipse{50, 85, 13, 18, {190, 145, 120}},   // neck,
    kFace,                                      // face,
    Ellipse{39, 44, 7, 2, {80, 55, 45}},        // brows,
    Ellipse{61, 44, 7, 2, {80, 55, 45}},        //
    Ellipse{39, 50, 6, 3.2F, {245, 240, 235}},  // eyes,
    Ellipse{61, 50, 6, 3.2F, {245, 240, 235}},  //
    Ellipse{39, 50, 2.8F, 2.8F, {60, 40, 30}},  //
    Ellipse{61, 50, 2.8F, 2.8F, {60, 40, 30}},  //
    Ellipse{50, 58, 3, 7, {212, 162, 134}},     // nose,
    Ellipse{47, 65, 2, 1.4F, {150, 100, 85}},   //
    Ellipse{53, 65, 2, 1.4F, {150, 100, 85}},   //
    Ellipse{50, 74, 10, 3, {180, 85, 85}},      // mouth.
    Ellipse{50, 73.6F, 9, 0.8F, {110, 50, 50}},
};

/// 1 within the ellipse, 0 outside, a soft edge between.
float cover(const Ellipse& ellipse, float x, float y) {
    const float across = (x - ellipse.x) / ellipse.half_width;
    const float down = (y - ellipse.y) / ellipse.half_height;
    return std::clamp((1.08F - across * across - down * down) / 0.16F, 0.0F, 1.0F);
}

Picture drawing(std::size_t side, std::span<const Ellipse> ellipses) {
    Picture picture{side, side, 3};
    for (std::size_t i = 0; i < side * side; ++i) {
        const float x = (static_cast<float>(i % side) + 0.5F) * 100 / static_cast<float>(side);
        const float y = (static_cast<float>(i / side) + 0.5F) * 100 / static_cast<float>(side);
        std::array<float, 3> colour{120 + 0.4F * y, 140 + 0.3F * y, 160 + 0.2F * y};
        for (const Ellipse& ellipse : ellipses) {
            const float share = cover(ellipse, x, y);
            for (std::size_t channel = 0; channel < colour.size(); ++channel) {
                colour[channel] += share * (ellipse.colour[channel] - colour[channel]);
            }
        }
        for (std::size_t channel = 0; channel < colour.size(); ++channel) {
            picture.samples[i * 3 + channel] =
                static_cast<std::uint8_t>(std::clamp(colour[channel], 0.0F, 255.0F));
        }
    }
    return picture;
}

}  // namespace

Picture drawn_face(std::size_t side) {
    return drawing(side, kDrawing);
}

Box box_of_drawn_face(std::size_t side) {
    const auto pixel = [&](float hundredths) {
        return static_cast<std::int64_t>(std::lround(hundredths * static_cast<float>(side) / 100));
    };
    return {
        pixel(kFace.x - kFace.half_width), pixel(kFace.y - kFace.half_height),
        pixel(kFace.x + kFace.half_width), pixel(kFace.y + kFace.half_height)};
}

Status check_networks(const MtcnnNetworks& networks) {
    constexpr std::size_t kCell = ProposalGrid::kCell;
    EFFACE_TRY(const ProposalGrid grid, networks.propose(noise(kCell), kCell, kCell));
    EFFACE_CHECK(check(grid.verdicts, kProposal));
    EFFACE_TRY(const std::vector<Verdict> refined, networks.refine(noise(MtcnnNetworks::kRefineSide)));
    EFFACE_CHECK(check(refined, kRefinement));
    EFFACE_TRY(const std::vector<Verdict> judged, networks.judge(noise(MtcnnNetworks::kJudgeSide)));
    return check(judged, kJudgement);
}

Status check_cascade(Detector& detector) {
    EFFACE_TRY(const std::vector<Detection> faces, detector.find(drawn_face(kDrawingSide).view()));
    if (faces.size() != 1 || faces.front().score < kDrawnFaceScoreMin) {
        return fail(Fault::kHalt, "the face detector fails its self-test: it does not see a drawn face");
    }
    const Box drawn = box_of_drawn_face(kDrawingSide);
    const Box& seen = faces.front().box;
    const Box common{
        std::max(drawn.left, seen.left), std::max(drawn.top, seen.top), std::min(drawn.right, seen.right),
        std::min(drawn.bottom, seen.bottom)};
    if (2 * common.area() < drawn.area() || 2 * common.area() < seen.area()) {
        return fail(
            Fault::kHalt, "the face detector fails its self-test: it sees a drawn face where it is not"
        );
    }
    EFFACE_TRY(const std::vector<Detection> none, detector.find(drawing(kDrawingSide, {}).view()));
    if (!none.empty()) {
        return fail(
            Fault::kHalt, "the face detector fails its self-test: it sees a face where none is drawn"
        );
    }
    return {};
}

}  // namespace efface::pipeline
