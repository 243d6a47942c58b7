// EvaluationRun: the cases of a folder through an efface-evaluator, one after another; what is to be written
// of them while it runs. Thread rule: as the command line.
#pragma once

#include "node/cli/command.h"
#include "pipeline/evaluate/case_list.h"
#include "pipeline/evaluate/evaluator_protocol.h"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace efface::node {

struct EvaluatedCase {
    pipeline::EvaluationCase facts;
    pipeline::CaseResult result;
};

struct EvaluationPlan {
    std::string folder;
    pipeline::EvaluatorConfiguration configuration;
    std::string grid;        ///< A file to make; empty: none.
    std::string cases_json;  ///< Likewise.
    std::string kit;         ///< A folder to make; empty: none.
};

struct EvaluationOutcome {
    std::vector<EvaluatedCase> cases;
    pipeline::EvaluationSummary summary;
};

/// Errors are printed: Exit::kUsage where the folder holds what is no case, kConfiguration where a network is
/// refused, kRefused where something stands in the way of what is to be written, kInternal else.
tl::expected<EvaluationOutcome, Exit> run_evaluation(CommandContext& context, const EvaluationPlan& plan);

/// One object of the file of --cases-json.
Json case_json(const EvaluatedCase& one);

}  // namespace efface::node
