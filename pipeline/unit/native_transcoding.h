// Lossless change between native encodings (PS3.5 annex A.1 to A.3, 8.1.1). Little endian is the only target:
// big endian is retired, and what samples of more than 16 bits look like in it is read differently by
// different readers. Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// Header of a native Pixel Data element as `target` has it.
std::string pixel_element_header(
    const rules::TransferSyntax& target, std::string_view vr, std::uint64_t length
);

/// "OB" or "OW", as the Pixel Data element of the native `original` is written. Fault::kQuarantine where it
/// says neither.
Result<std::string_view> native_vr(const Original& original);

/// Writes the Pixel Data element of `original` as `target` has it. Fault::kQuarantine where the
/// original's VR does not say how its bytes are ordered.
Status append_transcoded_pixels(
    const Original& original, const rules::TransferSyntax& target, OutputFile& output
);

}  // namespace efface::pipeline
