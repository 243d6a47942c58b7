#include "pipeline/inference/face_detector.h"

#include "pipeline/inference/self_test.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace efface::pipeline {
namespace {

constexpr double kFaceSideMin = 20;     // Of the smallest face that is looked for.
constexpr double kPyramidStep = 0.709;  // About 1 / sqrt(2): every level halves the area.
constexpr double kLevelSideMax = 768;   // A larger picture is searched for larger faces only.
constexpr std::size_t kLevelsMax = 16;
constexpr float kProposalMin = 0.6F;
constexpr float kRefinementMin = 0.7F;
constexpr float kJudgementMin = 0.7F;
constexpr std::size_t kProposalsPerLevelMax = 1024;
constexpr std::size_t kProposalsMax = 1024;
constexpr std::size_t kRefinedMax = 256;
constexpr std::size_t kBatch = 128;
constexpr float kEdgeMax = 1e6F;  // A network that says more is not believed.

void normalise(std::span<float> values) {
    for (float& value : values) {
        value = (value - 127.5F) / 128.0F;
    }
}

bool is_sane(const Window& window) {
    const auto bounded = [](float value) { return std::abs(value) < kEdgeMax; };
    return bounded(window.left) && bounded(window.top) && bounded(window.right) && bounded(window.bottom) &&
           window.width() >= 1 && window.height() >= 1;
}

Box box_of(const Window& window) {
    return {
        std::lround(window.left), std::lround(window.top), std::lround(window.right),
        std::lround(window.bottom)};
}

using Network = std::function<Result<std::vector<Verdict>>(std::span<const float>)>;

// What the network leaves of the windows, with its own score and shift. In batches, so that memory is
// bounded.
Result<std::vector<Window>> judged(
    const AreaSampler& sampler, std::vector<Window> windows, std::size_t side, float score_min,
    const Network& network
) {
    std::erase_if(windows, [](const Window& window) { return !is_sane(window) || box_of(window).empty(); });
    const std::size_t window_values = side * side * AreaSampler::kPlanes;
    std::vector<float> batch;
    std::vector<Window> kept;
    for (std::size_t from = 0; from < windows.size(); from += kBatch) {
        const std::size_t count = std::min(kBatch, windows.size() - from);
        batch.resize(count * window_values);
        for (std::size_t i = 0; i < count; ++i) {
            const std::span<float> planes = std::span{batch}.subspan(i * window_values, window_values);
            sampler.sample(box_of(windows[from + i]), side, side, planes);
        }
        normalise(batch);
        EFFACE_TRY(const std::vector<Verdict> verdicts, network(batch));
        for (std::size_t i = 0; i < count; ++i) {
            Window window = windows[from + i];
            window.score = verdicts[i].face;
            window.shift = verdicts[i].shift;
            if (window.score >= score_min) {
                kept.push_back(window);
            }
        }
    }
    return kept;
}

std::vector<Window> map(std::vector<Window> windows, Window (*change)(const Window&)) {
    std::transform(windows.begin(), windows.end(), windows.begin(), change);
    return windows;
}

}  // namespace

Result<std::unique_ptr<Detector>> MtcnnDetector::load(const std::string& path, const Digest& expected) {
    EFFACE_TRY(const std::vector<std::byte> bytes, read_model(path, expected));
    EFFACE_TRY(const TensorFile file, parse_tensor_file(bytes));
    EFFACE_TRY(MtcnnNetworks networks, MtcnnNetworks::load(file));
    EFFACE_CHECK(check_networks(networks));
    auto detector = std::make_unique<MtcnnDetector>(std::move(networks));
    EFFACE_CHECK(check_cascade(*detector));
    return detector;
}

Result<std::vector<Window>> MtcnnDetector::propose_at(const AreaSampler& sampler, double scale) const {
    const auto scaled = [&](std::size_t length) {
        return static_cast<std::size_t>(std::ceil(static_cast<double>(length) * scale));
    };
    const std::size_t columns = scaled(sampler.columns());
    const std::size_t rows = scaled(sampler.rows());
    std::vector<float> planes(columns * rows * AreaSampler::kPlanes);
    const Box whole{
        0, 0, static_cast<std::int64_t>(sampler.columns()), static_cast<std::int64_t>(sampler.rows())};
    sampler.sample(whole, columns, rows, planes);
    normalise(planes);
    EFFACE_TRY(const ProposalGrid grid, networks_.propose(planes, columns, rows));
    const float across = static_cast<float>(sampler.columns()) / static_cast<float>(columns);
    const float down = static_cast<float>(sampler.rows()) / static_cast<float>(rows);
    std::vector<Window> windows;
    for (std::size_t i = 0; i < grid.verdicts.size(); ++i) {
        const Verdict& verdict = grid.verdicts[i];
        if (verdict.face >= kProposalMin) {
            const auto x = static_cast<float>(i % grid.columns * ProposalGrid::kStride);
            const auto y = static_cast<float>(i / grid.columns * ProposalGrid::kStride);
            constexpr auto kCell = static_cast<float>(ProposalGrid::kCell);
            windows.push_back(
                {x * across, y * down, (x + kCell) * across, (y + kCell) * down, verdict.face, verdict.shift}
            );
        }
    }
    return suppress(std::move(windows), Overlap::kOfUnion, 0.5F, kProposalsPerLevelMax);
}

Result<std::vector<Window>> MtcnnDetector::propose(const AreaSampler& sampler) const {
    const auto longer = static_cast<double>(std::max(sampler.columns(), sampler.rows()));
    const auto shorter = static_cast<double>(std::min(sampler.columns(), sampler.rows()));
    constexpr auto kCell = static_cast<double>(ProposalGrid::kCell);
    double scale = std::min(kCell / kFaceSideMin, kLevelSideMax / longer);
    std::vector<Window> all;
    for (std::size_t level = 0; level < kLevelsMax && shorter * scale >= kCell; ++level) {
        EFFACE_TRY(const std::vector<Window> windows, propose_at(sampler, scale));
        all.insert(all.end(), windows.begin(), windows.end());
        scale *= kPyramidStep;
    }
    return map(map(suppress(std::move(all), Overlap::kOfUnion, 0.7F, kProposalsMax), shifted), squared);
}

Result<std::vector<Detection>> MtcnnDetector::find(const PictureView& picture) {
    doubts_.clear();
    if (picture.columns == 0 || picture.rows == 0) {
        return std::vector<Detection>{};
    }
    if (picture.rows > AreaSampler::kPixelsMax / picture.columns) {
        return fail(Fault::kQuarantine, "a picture is too large for the face detector");
    }
    const AreaSampler sampler{picture};
    EFFACE_TRY(std::vector<Window> windows, propose(sampler));
    EFFACE_TRY(
        windows, judged(
                     sampler, std::move(windows), MtcnnNetworks::kRefineSide, kRefinementMin,
                     [&](auto batch) { return networks_.refine(batch); }
                 )
    );
    windows = map(map(suppress(std::move(windows), Overlap::kOfUnion, 0.7F, kRefinedMax), shifted), squared);
    EFFACE_TRY(
        windows, judged(
                     sampler, std::move(windows), MtcnnNetworks::kJudgeSide, kJudgementMin - kDoubtMargin,
                     [&](auto batch) { return networks_.judge(batch); }
                 )
    );
    windows = suppress(map(std::move(windows), shifted), Overlap::kOfSmaller, 0.7F, kRefinedMax);
    std::vector<Detection> found;
    for (const Window& window : windows) {
        (window.score >= kJudgementMin ? found : doubts_).push_back({box_of(window), window.score});
    }
    return found;
}

}  // namespace efface::pipeline
