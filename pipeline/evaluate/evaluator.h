// Evaluator: fills one case after another, measures the fill, what anybody could fill, and the truth; keeps
// what the sheet and the Frechet distance need until the end. Knows no path. Thread rule: one thread.
#pragma once

#include "config/result.h"
#include "pipeline/evaluate/case_fill.h"
#include "pipeline/evaluate/case_views.h"
#include "pipeline/evaluate/evaluator_protocol.h"
#include "pipeline/evaluate/frechet.h"
#include "pipeline/evaluate/peak_memory.h"
#include "pipeline/picture/feature_network.h"
#include "pipeline/picture/generator.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// Pictures of eight bits, as PNG, where they were asked for.
struct CasePngs {
    std::string fill;
    std::string truth;
};

struct JudgedCase {
    CaseResult result;
    CasePngs pngs;
};

class Evaluator {
public:
    /// `features`: null where no Frechet distance is wanted. Fault::kHalt: no such key.
    static Result<Evaluator> make(
        std::unique_ptr<Generator> generator, std::unique_ptr<FeatureNetwork> features,
        const EvaluatorConfiguration& configuration
    );

    /// `truth`, `mask`: PNGs. Fault::kRefuse: files that are no case; else as the generator's.
    Result<JudgedCase> judge(const CaseRequest& request, std::string_view truth, std::string_view mask);

    /// With the sheet as a PNG, "" where none is wanted or nothing was filled.
    Result<std::pair<EvaluationSummary, std::string>> summarize() const;

private:
    Evaluator(
        std::unique_ptr<Generator> generator, std::unique_ptr<FeatureNetwork> features, rules::ProjectKey key,
        const EvaluatorConfiguration& configuration
    )
        : generator_{std::move(generator)},
          features_{std::move(features)},
          key_{key},
          marked_{configuration.marked},
          grid_rows_{configuration.grid_rows} {}

    Status take_features(
        const std::array<Planes, kFillers>& fills, const CasePicture& picture, const ToneRange& range
    );
    void take_grid_row(
        const CaseRequest& request, const std::array<Planes, kFillers>& fills, const CasePicture& picture,
        const ToneRange& range
    );

    std::unique_ptr<Generator> generator_;
    std::unique_ptr<FeatureNetwork> features_;
    rules::ProjectKey key_;
    bool marked_;
    std::uint64_t grid_rows_;

    std::array<FeatureSet, kFillers> taken_{};
    std::map<std::string, std::uint64_t> rows_of_kind_;
    std::vector<GridRow> grid_;
    PeakMemory memory_;
};

}  // namespace efface::pipeline
