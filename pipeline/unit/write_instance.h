// Writes a cleaned instance: our preamble and File Meta Information, the edited data set, and the
// Pixel Data as stretches of the original bytes (promise P7).
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/mask_pixels.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"

#include <string>
#include <string_view>

namespace efface::pipeline {

/// `original.data_set` is edited already; it is split where the Pixel Data stands. `transcode_to`
/// names a native syntax for a peer that refuses the original's (transcoding.h), or is empty.
/// `masked`: what to blacken, or null. Returns the transfer syntax UID written. Fault::kQuarantine for a
/// transcoding that is not known.
Result<std::string> write_instance(
    Original& original, std::string_view sop_instance_uid, std::string_view transcode_to,
    MaskedPixels* masked, OutputFile& output
);

}  // namespace efface::pipeline
