#include "pipeline/evaluate/evaluator.h"

#include "pipeline/enhance/resample.h"
#include "pipeline/evaluate/classical_fills.h"
#include "pipeline/picture/png.h"
#include "pipeline/pixel/frame_planes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::size_t kGridRowsMax = 128;

std::size_t index_of(Filler filler) {
    return static_cast<std::size_t>(filler);
}

Box bounds_of(const CasePicture& picture) {
    Hole all{picture.mask.boxes, {0, 1}};
    return all.bounds();
}

double least_confidence(const std::vector<FrameFill>& fills) {
    double least = std::numeric_limits<double>::quiet_NaN();
    for (const FrameFill& one : fills) {
        if (one.hole.confidence) {
            least = std::fmin(least, *one.hole.confidence);  // Of a number and none, the number.
        }
    }
    return least;
}

/// What is around the mask as a network of features sees it: on -1 to 1, as large as it takes.
std::vector<float> seen_by(
    const FeatureNetwork::Facts& facts, const Planes& planes, const Box& box, const ToneRange& range
) {
    const Planes part = part_of(planes, box);
    Planes scaled = by_area(part, PixelSet{part.columns, part.rows}, facts.side, facts.side).planes;
    for (float& value : scaled.values) {
        value = range.to_unit(value);
    }
    if (scaled.channels == facts.channels) {
        return scaled.values;
    }
    const std::vector<float> grey = mean_of_channels(scaled);
    std::vector<float> out;
    for (std::size_t channel = 0; channel < facts.channels; ++channel) {
        out.insert(out.end(), grey.begin(), grey.end());
    }
    return out;
}

/// Sampled at the middle of each cell: a network that was trained on whole pixels sees whole pixels.
std::vector<float> mask_seen_by(const FeatureNetwork::Facts& facts, const PixelSet& hidden, const Box& box) {
    const PixelSet part = part_of(hidden, box);
    std::vector<float> out(facts.side * facts.side);
    for (std::size_t y = 0; y < facts.side; ++y) {
        for (std::size_t x = 0; x < facts.side; ++x) {
            const std::size_t from_x = (2 * x + 1) * part.columns / (2 * facts.side);
            const std::size_t from_y = (2 * y + 1) * part.rows / (2 * facts.side);
            out[y * facts.side + x] = part.at(from_x, from_y) ? 1.0F : 0.0F;
        }
    }
    return out;
}

}  // namespace

Result<Evaluator> Evaluator::make(
    std::unique_ptr<Generator> generator, std::unique_ptr<FeatureNetwork> features,
    const EvaluatorConfiguration& configuration
) {
    EFFACE_TRY(const rules::ProjectKey key, evaluation_key(configuration.seed));
    return Evaluator{std::move(generator), std::move(features), key, configuration};
}

Status Evaluator::take_features(
    const std::array<Planes, kFillers>& fills, const CasePicture& picture, const ToneRange& range
) {
    if (features_ == nullptr) {
        return {};
    }
    const FeatureNetwork::Facts& facts = features_->facts();
    const Box box = surround_of(bounds_of(picture)).clipped_to(picture.hidden.columns, picture.hidden.rows);
    const std::vector<float> mask = mask_seen_by(facts, picture.hidden, box);
    for (std::size_t i = 0; i < kFillers; ++i) {
        EFFACE_TRY(
            const std::vector<float> features,
            features_->features_of(seen_by(facts, fills.at(i), box, range), mask)
        );
        FeatureSet& set = taken_.at(i);
        set.length = features.size();
        set.values.insert(set.values.end(), features.begin(), features.end());
    }
    return {};
}

void Evaluator::take_grid_row(
    const CaseRequest& request, const std::array<Planes, kFillers>& fills, const CasePicture& picture,
    const ToneRange& range
) {
    if (grid_.size() >= kGridRowsMax || rows_of_kind_[request.kind] >= grid_rows_) {
        return;
    }
    ++rows_of_kind_[request.kind];
    Planes occluded = fills.at(index_of(Filler::kTruth));
    efface::pipeline::put(occluded, picture.hidden, range.low);
    const Box bounds = bounds_of(picture);
    GridRow row{.label = request.kind + ", " + request.occlusion + ": " + request.name};
    const std::array<const Planes*, 4> columns{
        &occluded, &fills.at(index_of(Filler::kTelea)), &fills.at(index_of(Filler::kGenerator)),
        &fills.at(index_of(Filler::kTruth))};
    for (const Planes* one : columns) {
        row.columns.push_back(grid_cell(shown_picture(*one, range), bounds));
    }
    grid_.push_back(std::move(row));
}

Result<JudgedCase> Evaluator::judge(
    const CaseRequest& request, std::string_view truth, std::string_view mask
) {
    EFFACE_TRY(const PngSamples samples, decode_png_samples(truth, kCasePixelsMax));
    if (samples.bits != request.bits) {
        return fail(Fault::kRefuse, "a truth of other bits than its line says; write those of the file");
    }
    EFFACE_TRY(const PngSamples shape, decode_png_samples(mask, kCasePixelsMax));
    if (shape.channels != 1 || shape.bits != 8) {
        return fail(Fault::kRefuse, "a mask that is no grey PNG of 8 bits; save it as one");
    }
    const PictureView painted{
        {reinterpret_cast<const std::uint8_t*>(shape.samples.data()), shape.samples.size()},
        shape.columns,
        shape.rows,
        1};
    EFFACE_TRY(const CasePicture picture, make_case_picture(samples, painted));
    EFFACE_TRY(CaseFill fill, fill_case(picture, *generator_, key_, request.name, marked_));

    JudgedCase out;
    CaseResult& result = out.result;
    result.holes = fill.holes.size();
    result.wall_seconds = fill.wall_seconds;
    result.cpu_seconds = fill.cpu_seconds;
    result.marked = static_cast<std::uint64_t>(std::ranges::count_if(fill.holes, [](const FrameFill& one) {
        return one.hole.is_filled() && one.mark == EmbedResult::kEmbedded;
    }));
    result.confidence = least_confidence(fill.holes);
    if (const FrameFill* refused = fill.refused()) {
        result.reason = refusal_name(refused->hole.refusal);
        return out;
    }
    result.filled = true;
    std::array<Planes, kFillers> fills;
    Planes& true_planes = fills.at(index_of(Filler::kTruth));
    true_planes =
        planes_of(picture.truth, picture.image, 0, PixelSet{picture.hidden.columns, picture.hidden.rows});
    fills.at(index_of(Filler::kGenerator)) = std::move(fill.planes);
    const Judge judge{true_planes, picture.hidden};
    for (const Filler filler :
         {Filler::kConstant, Filler::kRingMean, Filler::kTelea, Filler::kNavierStokes}) {
        fills.at(index_of(filler)) = classical_fill(filler, true_planes, picture.hidden, judge.range());
    }
    for (std::size_t i = 0; i < kFillers; ++i) {
        result.qualities.at(i) = judge.measure(fills.at(i));
    }
    EFFACE_CHECK(take_features(fills, picture, judge.range()));
    take_grid_row(request, fills, picture, judge.range());
    if (request.pictures) {
        const auto png = [&](Filler filler) {
            return encode_png(shown_picture(fills.at(index_of(filler)), judge.range()).view());
        };
        EFFACE_TRY(out.pngs.fill, png(Filler::kGenerator));
        EFFACE_TRY(out.pngs.truth, png(Filler::kTruth));
        result.fill_png_bytes = out.pngs.fill.size();
        result.truth_png_bytes = out.pngs.truth.size();
    }
    return out;
}

Result<std::pair<EvaluationSummary, std::string>> Evaluator::summarize() const {
    EvaluationSummary summary;
    summary.feature_count = taken_.front().count();
    const FeatureSet& truth = taken_.at(index_of(Filler::kTruth));
    for (std::size_t i = 0; i < kFillers; ++i) {
        const bool is_stated = summary.feature_count >= kFrechetCountMin && i != index_of(Filler::kTruth);
        summary.frechet.at(i) =
            is_stated ? frechet_distance(taken_.at(i), truth) : std::numeric_limits<double>::quiet_NaN();
    }
    std::string grid;
    if (!grid_.empty()) {
        EFFACE_TRY(grid, grid_png({"occluded", "Telea", "fill", "truth"}, grid_));
        summary.grid_bytes = grid.size();
    }
    summary.peak_memory_bytes = memory_.bytes();
    return std::pair{summary, std::move(grid)};
}

}  // namespace efface::pipeline
