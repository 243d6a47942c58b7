// The stamp of a filled region as people write it: GPEN-MED-YYYYMMDD-HHMMSS, a second of UTC. The mark holds
// the second alone, 32 bits since 1970 (until 2106-02-07 06:28:15). Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// "GPEN-MED-20261201-043000".
std::string stamp_text(std::uint32_t utc_seconds);

/// The second that a stamp names; nothing for every text that stamp_text() does not write.
std::optional<std::uint32_t> parse_stamp(std::string_view text);

}  // namespace efface::pipeline
