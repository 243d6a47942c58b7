// Json by name, for headers that only declare what takes or gives it: to include all of it costs a second a
// file. Whoever makes or reads one includes config/json.h.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace efface {

using Json = nlohmann::ordered_json;

}  // namespace efface
