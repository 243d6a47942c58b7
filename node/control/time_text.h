// Points in time as people and programs read and write them (ISO 8601).
// Thread rule: pure but for the process's time zone, which local_text reads.
#pragma once

#include "config/environment.h"

#include <optional>
#include <string>
#include <string_view>

namespace efface::node {

/// "2026-01-02T03:04:05.678901Z": every digit stored, so that it reads back to the same point.
std::string iso_text(UnixMicros at);
/// "2026-01-02 04:04:05 +0100", in the process's time zone.
std::string local_text(UnixMicros at);
/// What a person types: "2026-01-02", "2026-01-02T03:04", with ":05" and ".678" and with "Z" or "+01:00";
/// without a zone it is local time. A date alone is its first moment.
std::optional<UnixMicros> parse_time(std::string_view text);
/// "3 s", "12 min", "5 h", "3 d": how long, roughly.
std::string duration_text(std::int64_t micros);

}  // namespace efface::node
