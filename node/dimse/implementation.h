// How Efface names itself to peers (PS3.7 D.3.3.2) and in File Meta Information (PS3.10 7.1).
#pragma once

#include <string_view>

namespace efface::node {

/// A UUID-derived UID (PS3.5 B.2), made once for this project.
inline constexpr std::string_view kImplementationClassUid = "2.25.83156723072644156390320699924011907021";
/// At most 16 characters.
inline constexpr std::string_view kImplementationVersionName = "EFFACE_0_1";

}  // namespace efface::node
