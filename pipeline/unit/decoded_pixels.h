// Losslessly compressed Pixel Data as native samples, frame by frame (PS3.5 8.1.1, 8.2), and the
// attributes that must say so (PS3.3 C.7.6.3.1.2, C.7.6.3.1.3).
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/vocabulary/transfer_syntax.h"

namespace efface::pipeline {

/// Photometric Interpretation as it is after decoding, Planar Configuration 0 for colour, no Extended
/// Offset Table. Lossy Image Compression and its kin stay: decoding undoes no loss.
Status decode_header(Original& original);

/// Fault::kQuarantine: more than `output` may take, or a frame that cannot be decoded beyond doubt.
Status append_decoded_pixels(
    const Original& original, const rules::TransferSyntax& target, OutputFile& output
);

}  // namespace efface::pipeline
