// What `efface evaluate` and efface-evaluator say to each other, in the packets of pipeline/unit/
// worker_protocol.h: configure (EvaluatorConfiguration, ready), then for each case evaluate (CaseRequest,
// CaseResult) with the descriptors truth, mask and, where pictures are asked for, an empty file for them; at
// the end summarize ({}, EvaluationSummary) with one for the grid. The evaluator opens no path once it is
// configured, as a worker. Thread rule: values and pure functions.
#pragma once

#include "config/json_forward.h"
#include "config/result.h"
#include "pipeline/evaluate/quality.h"
#include "pipeline/unit/worker_protocol.h"

#include <array>
#include <cstdint>
#include <string>

namespace efface::pipeline {

struct EvaluatorConfiguration {
    SiteModel generator{};
    SiteModel features{};  ///< Of contract efface-features/1; without a path: no Frechet distance.
    WorkerLimits limits{};
    std::uint64_t seed = 1;
    bool marked = true;           ///< Fills bear the mark, as those of a node do.
    std::uint64_t grid_rows = 0;  ///< Cases of each kind on the grid; 0: there is none.
};

struct CaseRequest {
    std::string name;
    std::string kind;
    std::string occlusion;
    std::uint64_t bits = 8;
    bool pictures = false;  ///< The fill and the truth are wanted as PNGs of eight bits.
};

struct CaseResult {
    bool filled = false;  ///< Every hole; else all of it counts as refused.
    std::string reason;   ///< Of the first hole that is refused.
    std::uint64_t holes = 0;
    std::uint64_t marked = 0;  ///< Holes that bear the mark.
    double confidence = 0;     ///< Of the least sure hole; not a number where the model says none.
    double wall_seconds = 0;   ///< Of the fill alone, as the stage does it.
    double cpu_seconds = 0;
    std::array<Quality, kFillers> qualities{};  ///< By Filler; of a case that is filled.
    std::uint64_t fill_png_bytes = 0;           ///< In the third descriptor; behind them the truth's.
    std::uint64_t truth_png_bytes = 0;
};

struct EvaluationSummary {
    std::uint64_t peak_memory_bytes = 0;  ///< Of the evaluator: networks, case, measures.
    std::uint64_t feature_count = 0;      ///< Cases that features were taken of; 0: no network for them.
    /// By Filler, against the truth; not a number where there are less than kFrechetCountMin cases.
    std::array<double, kFillers> frechet{};
    std::uint64_t grid_bytes = 0;
};

Json to_json(const EvaluatorConfiguration& configuration);
Json to_json(const CaseRequest& request);
Json to_json(const CaseResult& result);
Json to_json(const EvaluationSummary& summary);
/// Strict, as worker_protocol.h.
Result<EvaluatorConfiguration> evaluator_configuration_from_json(const Json& json);
Result<CaseRequest> case_request_from_json(const Json& json);
Result<CaseResult> case_result_from_json(const Json& json);
Result<EvaluationSummary> evaluation_summary_from_json(const Json& json);

/// By Metric under their keys; null for what is no number.
Json quality_json(const Quality& quality);

}  // namespace efface::pipeline
