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

/// The longer side of a preview; larger frames are shown smaller, unless they are asked for as a whole.
inline constexpr std::size_t kPreviewSideMax = 2048;
/// Pixels of a frame that is asked for as a whole.
inline constexpr std::uint64_t kWholePixelsMax = std::uint64_t{1} << 26U;

/// `file` is a whole Part 10 file. Fault::kQuarantine: frames that cannot be shown, or too large a one;
/// Fault::kRefuse: no such frame.
Result<std::string> preview_png(std::span<const std::byte> file, const PreviewRequest& request);

}  // namespace efface::pipeline
