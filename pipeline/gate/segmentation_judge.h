// The gate on a Segmentation of the mask: every attribute of it is one that the cleaned instance has, or a
// constant, or computed here anew, and nothing else stands there; every bit is what the judged mask says of
// its frame. Shares with the writer the constants of pipeline/pixel/mask_segmentation.h, no code. Thread
// rule: a pure function of its arguments.
#pragma once

#include "pipeline/unit/worker_protocol.h"
#include "rules/keys/project_key.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

/// Both are whole Part 10 files; `cleaned` passed the gate with request.mask, and has the digest that the
/// gate gave then. Digest, length and identifiers of the report are of `written`.
GateReport judge_segmentation(
    std::span<const std::byte> cleaned, std::span<const std::byte> written, const SegmentRequest& request,
    const rules::ProjectKey& key
);

}  // namespace efface::pipeline
