// What a rule says about the fill, in the words of the published workflow. docs/enhancement.md has what each
// does. Thread rule: values.
#pragma once

#include <cstdint>

namespace efface::pipeline {

enum class EnhanceMode : std::uint8_t { kNatural, kStrong };

struct EnhanceSettings {
    /// 0 to 100: how far the fill departs from a smooth surface towards the network's answer.
    int strength = 65;
    EnhanceMode mode = EnhanceMode::kNatural;  ///< kStrong: 1.3 times as far.
    int denoise = 40;                          ///< 0 to 100: 40 gives the grain of the surround, 100 none.
    int sharpen = 35;                          ///< 0 to 100.
    bool detail = true;                        ///< False: what the network drew finely is left out.
    bool skin_protection = false;              ///< Neither sharpened nor `strong`, half of the grain.

    bool operator==(const EnhanceSettings&) const = default;
};

}  // namespace efface::pipeline
