// Rule files for scenarios.
#pragma once

#include <string>
#include <string_view>

namespace efface::testing {

/// One rule that takes everything, with `more` as further lines of it.
inline std::string one_rule(std::string_view destinations, std::string_view more = "") {
    std::string text =
        "[[rule]]\nname = \"everything\"\nprofile = \"basic\"\npixel_policy = \"require-clean\"\n";
    text += "destinations = [";
    text += destinations;
    text += "]\n";
    text += more;
    return text;
}

}  // namespace efface::testing
