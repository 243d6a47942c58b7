// The pixel part of a `remove-found` rule: finds text and faces, and writes Pixel Data with them blackened.
// Samples outside the mask stay as they are (promise P7); without a mask nothing is touched.
// Thread rule: see DataSet; the finders belong to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/edited_jpeg.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/profile/identity_possible.h"

namespace efface::pipeline {

struct MaskedPixels {
    Samples samples;  ///< Padded to even length; blackened as they are written.
    Mask mask;
    /// Where coefficients are edited: the compressed frames as they are written; else empty.
    std::vector<CompressedFrame> frames{};
    /// What was covered before it came here.
    OcclusionCounts occlusions{};
    std::vector<StageReport> stages{};
};

/// Fault::kQuarantine: samples that are not searched, or something that cannot be taken away.
Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders, MaskPlan plan
);

/// Whether blackened Pixel Data stays compressed: then its coefficients are edited, and `target` must be its
/// syntax.
bool edits_coefficients(const Original& original);

/// Before the data set is written: edits coefficients, where that is the way, and says what the offset tables
/// of `original` have to say then. Else nothing.
Status edit_frames(Original& original, MaskedPixels& masked);

/// Writes the Pixel Data element with the mask applied, as `target` has it: native, little endian, or as it
/// was where coefficients are edited.
Status append_masked_pixels(
    const Original& original, MaskedPixels& masked, const rules::TransferSyntax& target, OutputFile& output
);

}  // namespace efface::pipeline
