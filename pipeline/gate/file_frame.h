// Judges what stands around the data set: preamble and File Meta Information must be ours to the byte
// (PS3.15 E.1.1 item 6, PS3.10 7.1).
// Thread rule: pure functions.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace efface::pipeline {

/// `frame` is the written file up to its data set.
Status judge_file_frame(
    std::span<const std::byte> frame, std::string_view sop_class_uid, std::string_view sop_instance_uid,
    std::string_view transfer_syntax_uid
);

}  // namespace efface::pipeline
