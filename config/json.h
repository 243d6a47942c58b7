// JSON as the node speaks it: receipts, --json output, the control socket, worker messages.
// The only place that includes nlohmann/json. Keys keep their order, so that equal values give
// equal bytes (a receipt is hashed).
#pragma once

#include "config/json_forward.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace efface {

/// Parses one JSON text, or nothing; never throws. Depth and size are the caller's to bound.
std::optional<Json> parse_json(std::string_view text);

/// One line, no spaces; bytes that are not UTF-8 become U+FFFD; never throws.
std::string dump_json(const Json& value);

}  // namespace efface
