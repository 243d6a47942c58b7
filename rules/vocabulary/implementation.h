// How Efface names itself, to peers (PS3.7 D.3.3.2) and in File Meta Information (PS3.10 7.1).
#pragma once

#include <string_view>

namespace efface::rules {

/// One fixed UUID-derived UID (PS3.5 B.2), the same for every version of Efface.
inline constexpr std::string_view kImplementationClassUid = "2.25.121205978489579310884570317559250451745";
/// At most 16 characters.
inline constexpr std::string_view kImplementationVersionName = "EFFACE_0_1";

}  // namespace efface::rules
