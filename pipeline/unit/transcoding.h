// Second outputs: which change of transfer syntax is made for a peer that refuses the one an instance
// came in. Only what loses nothing: native encodings among themselves (native_transcoding.h), and
// losslessly compressed ones to native (decoded_pixels.h). Little endian is the only target.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <string_view>

namespace efface::pipeline {

/// The row of `uid`. Fault::kQuarantine: not a native little endian one.
Result<const rules::TransferSyntax*> native_target(std::string_view uid);

/// The row of `uid`. Fault::kQuarantine: nothing here goes to it from what `original` is.
Result<const rules::TransferSyntax*> transcoding_target(const Original& original, std::string_view uid);

/// Brings the attributes of `original.data_set` to what the target's samples are.
Status transcode_header(Original& original);

/// Writes the Pixel Data element, if there is one, as `target` has it.
Status append_transcoded(const Original& original, const rules::TransferSyntax& target, OutputFile& output);

}  // namespace efface::pipeline
