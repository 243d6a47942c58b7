// Compressed frames that were made anew, and the Pixel Data element of them: one fragment a frame, offset
// tables made anew where the original has them (PS3.5 A.4, PS3.3 C.7.6.3.1.8). Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"

#include <cstddef>
#include <vector>

namespace efface::pipeline {

using CompressedFrame = std::vector<std::byte>;

/// Calls `use` with every frame of the original in one piece, while it succeeds.
template <class Use>
Status for_each_frame(const Original& original, const PixelScan& scan, Use use) {
    EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan, original.syntax->family));
    std::vector<std::byte> gathered;
    for (const FrameRange& range : ranges) {
        EFFACE_CHECK(use(frame_of(scan.element, range, gathered)));
    }
    return {};
}

/// What (7FE0,0001) and (7FE0,0002) have to say of these frames, where the original has them.
void note_extended_offsets(Original& original, const std::vector<CompressedFrame>& frames);

/// Writes the element. Fault::kQuarantine where the Basic Offset Table cannot name the frames.
Status append_frames(
    const Original& original, const std::vector<CompressedFrame>& frames, OutputFile& output
);

}  // namespace efface::pipeline
