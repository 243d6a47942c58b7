// What efface evaluate prints: tables for people in Markdown, one flat object for programs.
// Thread rule: pure functions.
#pragma once

#include "config/json_forward.h"
#include "node/cli/evaluation_run.h"

#include <string>

namespace efface::node {

/// For each kind and for all: how many cases, the three tables, the time; then the Frechet distance and the
/// memory.
std::string evaluation_markdown(const EvaluationOutcome& outcome);

/// "cases", "filled", "refused", "ct.fill.psnr_mask.mean", "all.telea.ssim_mask.low" ... null: no number.
Json evaluation_json(const EvaluationOutcome& outcome);

}  // namespace efface::node
