// The pixel part of a `remove-found` rule: finds text and faces, and writes Pixel Data with them blackened.
// Samples outside the mask stay as they are (promise P7); without a mask nothing is touched.
// Thread rule: see DataSet; the finders belong to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/profile/identity_possible.h"

namespace efface::pipeline {

struct MaskedPixels {
    Samples samples;  ///< Padded to even length; blackened as they are written.
    Mask mask;
};

/// Fault::kQuarantine: samples that are not searched, or something that cannot be taken away.
Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders
);

/// What the data set must say of samples that are not the scanner's any more: Image Type DERIVED (PS3.3
/// C.7.6.1.1.2), no Smallest and Largest Image Pixel Value.
Status mark_masked(Item root);

/// Writes the Pixel Data element with the mask applied, as `target` (native, little endian) has it.
Status append_masked_pixels(
    const Original& original, MaskedPixels& masked, const rules::TransferSyntax& target, OutputFile& output
);

}  // namespace efface::pipeline
