#include "config/result.h"

#include <array>
#include <cstdio>

namespace efface {

std::string_view fault_name(Fault fault) {
    switch (fault) {
        case Fault::kRetry:
            return "retry";
        case Fault::kRefuse:
            return "refuse";
        case Fault::kQuarantine:
            return "quarantine";
        case Fault::kHalt:
            return "halt";
    }
    return "halt";
}

std::string Error::message() const {
    std::string out{text.view()};
    std::array<char, 32> place{};
    if (where.kind == Where::Kind::kTag) {
        std::snprintf(
            place.data(), place.size(), " (%04X,%04X)", static_cast<unsigned>((where.value >> 16) & 0xFFFF),
            static_cast<unsigned>(where.value & 0xFFFF)
        );
    } else if (where.kind == Where::Kind::kNumber) {
        std::snprintf(place.data(), place.size(), " (%lld)", static_cast<long long>(where.value));
    }
    return out + place.data();
}

}  // namespace efface
