// OwnFill: the gate's own run of the filling stage: the original's frames, blackened here under the mask that
// the cleaner names, then filled as the rule, the work order and the model say. What the written file shows
// under the mask must be this. The code that fills (pipeline/pixel/fill_frames.h) is the cleaner's: a fill is
// a function, and what makes it a safe one (promise P8) is judged by its own tests; that nothing else stands
// there is judged here. Thread rule: the generator belongs to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/gate/gate.h"
#include "pipeline/pixel/fill_frames.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

struct OwnFill {
    std::vector<std::byte> occluded{};  ///< All frames, black under the mask. Empty: nothing is to be filled.
    std::vector<std::byte> filled{};    ///< Then filled.
    std::vector<FrameFill> fills{};
    /// Of lossy JPEG that stays compressed: the filled streams, which are compared by their coefficients.
    std::vector<std::vector<std::byte>> streams{};
    bool any = false;  ///< Something is filled, and the written file must say so.
};

/// Fault::kQuarantine: the rule forbids what the cleaner says, a hole lies outside the mask, or this process
/// has no generator.
Result<OwnFill> fill_original(
    std::span<const std::byte> original, const rules::TransferSyntax& syntax, const GateWork& work,
    std::string_view new_uid
);

}  // namespace efface::pipeline
