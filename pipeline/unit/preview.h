// One frame of an instance as a PNG for people, with the outline of what was blackened.
// Thread rule: pure.
#pragma once

#include "config/result.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

/// The longer side of a preview; larger frames are shown smaller.
inline constexpr std::size_t kPreviewSideMax = 2048;

/// `file` is a whole Part 10 file. Fault::kQuarantine: frames that cannot be shown; Fault::kRefuse: no such
/// frame.
Result<std::string> preview_png(std::span<const std::byte> file, const PreviewRequest& request);

}  // namespace efface::pipeline
