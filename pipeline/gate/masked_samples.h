// The gate on blackened samples: outside the mask of its frame every stored value is as it was (of lossy JPEG
// that stayed compressed: every coefficient, see edited_coefficients.h; of what was encoded again, see
// recoded_frames.h), inside it stands black, or the gate's own
// fill (own_fill.h), and nothing else; what the finders see in the original lies under
// the mask, and outside it they find nothing in the written frames. The mask comes from the cleaner and is
// judged, not believed: one that is too small shows. Shares with the cleaner the view that finders are given
// (pipeline/pixel/native_image.h) and the finders; not the code that grows boxes, blackens or writes. Thread
// rule: the finders belong to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/gate/own_fill.h"
#include "pipeline/pixel/found_identity.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <span>

namespace efface::pipeline {

/// A native data set as the gate sees it.
struct NativeData {
    std::span<const std::byte> data_set;
    const rules::TransferSyntax& syntax;
};

/// The mask that the cleaner names, and what the gate's own run of the filling stage makes of it.
struct Occluded {
    const Mask& mask;
    const OwnFill& fill;
};

/// Fault::kQuarantine with the first thing that is not as it must be. The mask may be empty: then nothing may
/// be found at all. Where `identity` has neither text nor face nothing is searched: the mask is judged alone.
Status judge_masked_samples(
    const NativeData& original, const NativeData& written, const Occluded& occluded,
    const rules::PixelIdentity& identity, const Finders& finders
);

}  // namespace efface::pipeline
