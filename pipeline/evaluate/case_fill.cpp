#include "pipeline/evaluate/case_fill.h"

#include "pipeline/pixel/frame_planes.h"
#include "pipeline/pixel/mask.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace efface::pipeline {
namespace {

/// What a mark says where nothing was received: 2026-01-01T00:00:00Z, so that a run gives the same twice.
constexpr UnixMicros kMarkedAt = 1'767'225'600'000'000;

double cpu_now() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// As fill_frames() fills one frame, without the mark.
Result<std::vector<FrameFill>> fill_unmarked(
    std::vector<std::byte>& samples, const CasePicture& picture, const FillContext& context
) {
    const Planes visible = planes_of(samples, picture.image, 0, picture.hidden);
    std::vector<FrameFill> fills;
    for (std::size_t k = 0; k < picture.holes.size(); ++k) {
        Planes planes = visible;
        std::vector<Hole> others = picture.holes;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
        const Hole& hole = picture.holes[k];
        EFFACE_TRY(
            FilledHole filled, fill_hole(
                                   planes, picture.hidden, hole, others,
                                   {context.generator(), context.settings(), context.seed(0, hole)}
                               )
        );
        if (filled.is_filled()) {
            put_planes(
                samples, picture.image, 0, planes,
                both(pixels_of(hole, picture.hidden.columns, picture.hidden.rows), picture.hidden)
            );
        }
        fills.push_back({0, std::move(filled), EmbedResult::kTooSmall});
    }
    return fills;
}

}  // namespace

const FrameFill* CaseFill::refused() const {
    const auto found =
        std::ranges::find_if(holes, [](const FrameFill& one) { return !one.hole.is_filled(); });
    return found == holes.end() ? nullptr : &*found;
}

Result<rules::ProjectKey> evaluation_key(std::uint64_t seed) {
    return rules::ProjectKey::from_bytes(sha256("efface evaluate/" + std::to_string(seed)));
}

Result<CaseFill> fill_case(
    const CasePicture& picture, Generator& generator, const rules::ProjectKey& key, const std::string& name,
    bool marked
) {
    std::vector<std::byte> samples = picture.truth;
    blacken(samples, picture.image, picture.mask);
    const FillContext context{generator, rules::EnhanceSettings{}, key, name, kMarkedAt};
    CaseFill out;
    const auto began = std::chrono::steady_clock::now();
    const double cpu_began = cpu_now();
    EFFACE_TRY(
        out.holes, marked ? fill_frames(samples, picture.image, picture.mask, picture.holes, context)
                          : fill_unmarked(samples, picture, context)
    );
    out.cpu_seconds = cpu_now() - cpu_began;
    out.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    out.planes = planes_of(samples, picture.image, 0, PixelSet{picture.hidden.columns, picture.hidden.rows});
    return out;
}

}  // namespace efface::pipeline
