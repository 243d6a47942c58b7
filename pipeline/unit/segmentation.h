// The mask as a DICOM Segmentation: BINARY, one segment, a frame for each frame of the cleaned instance in
// which something is black (PS3.3 A.51). Its only sources are the cleaned instance, which passed the gate,
// and the mask that the gate judged: no byte of the original is near.
//
//   instance UID = HMAC of the cleaned instance's UID and segmentation_content(), series UID of the cleaned
//   one's
//
// Thread rule: re-entrant.
#pragma once

#include "config/result.h"
#include "pipeline/unit/output_file.h"
#include "pipeline/unit/worker_protocol.h"
#include "rules/keys/project_key.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

/// `cleaned` is a whole Part 10 file. Fault::kQuarantine: a mask of nothing, or one that no Segmentation
/// holds.
Status write_segmentation(
    std::span<const std::byte> cleaned, const SegmentRequest& request, const rules::ProjectKey& key,
    OutputFile& output
);

}  // namespace efface::pipeline
