// The key of marks, derived from a project's key: whoever has it reads marks and learns no pseudonym. Its
// file bears another name in its text than a project's, so that neither is taken for the other. Thread rule:
// pure.
#pragma once

#include "pipeline/watermark/watermark.h"
#include "rules/keys/project_key.h"

#include <optional>
#include <string>
#include <string_view>

namespace efface::pipeline {

WatermarkKey watermark_key(const rules::ProjectKey& key);

/// "efface-watermark-key-1 <64 hex digits>\n".
std::string watermark_key_text(const WatermarkKey& key);

/// Nothing for every text that watermark_key_text() does not write.
std::optional<WatermarkKey> parse_watermark_key(std::string_view text);

}  // namespace efface::pipeline
