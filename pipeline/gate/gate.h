// Gate: the independent judge of a written file. It reads the original and the written file through
// pipeline/scan, takes nothing from the cleaner's report on trust, never edits, and shares with the
// cleaner only tables and constants (rules/), never the code that plans, applies or writes.
// One exception: compressed frames that became native are decoded by the same codec library calls
// (pipeline/codec/frame_decoder.h says what that leaves unseen).
// Answers to PS3.15 annex E and design promises P2, P7, P9.
// Thread rule: a pure function of its arguments.
#pragma once

#include "pipeline/picture/generator.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/unit/work_order.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"
#include "rules/profile/measured_recall.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

/// What the judgement rests on besides the two files.
struct GateWork {
    const WorkOrder& order;
    /// The rule that governs this instance; the caller found it by matching, not in the clean report.
    const rules::Rule& rule;
    const rules::ProjectKey& key;
    Mask mask{};        ///< What the cleaner says it blackened.
    Finders finders{};  ///< None: an instance whose pixels were to be searched does not pass.
    /// Regions that must be black whatever the finders see; within the frame. `has_declared_regions` also
    /// where all of them lie outside of it. The caller read them from the original and the rules.
    std::vector<Box> declared{};
    bool has_declared_regions = false;
    bool outside_regions_is_black = false;  ///< Of the ultrasound regions; then it is among `declared`.
    std::span<const rules::MeasuredRecall> recalls = rules::measured_recalls();
    /// What the cleaner says it filled, or could not; and what to fill it with again.
    std::vector<Hole> holes{};
    Generator* generator = nullptr;
};

/// Both files are whole Part 10 files. `passed` only if every check held; else `reason` is the first
/// check that did not, a literal with a tag at most. Digest and length are of `written`.
GateReport judge(
    std::span<const std::byte> original, std::span<const std::byte> written, const GateWork& work
);

}  // namespace efface::pipeline
