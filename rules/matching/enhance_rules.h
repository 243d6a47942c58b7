// What a rule's [rule.enhance] says about the generative fill of what was destroyed. The parameters bear the
// names of the published workflow; docs/enhancement.md has the formula of each. Thread rule: values and
// constants.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace efface::rules {

enum class FillPolicy : std::uint8_t {
    kAuto,     ///< Earlier occlusions, where the sender says YES in Patient Identity Removed (0012,0062).
    kRequire,  ///< Every face that is blackened and every earlier occlusion.
    kForbid,   ///< Nothing: what is destroyed stays black.
};

inline constexpr std::array<std::string_view, 3> kFillPolicies{"auto", "require", "forbid"};

/// What becomes of an instance with a hole that is not filled, for whatever reason.
enum class UnfilledPolicy : std::uint8_t { kDeliver, kQuarantine };

inline constexpr std::array<std::string_view, 2> kUnfilledPolicies{"deliver", "quarantine"};

enum class EnhanceMode : std::uint8_t { kNatural, kStrong };

inline constexpr std::array<std::string_view, 2> kEnhanceModes{"natural", "strong"};

/// Of Image Comments (0020,4000) of a filled instance, ISO 639-1.
enum class FillLanguage : std::uint8_t { kEnglish, kChinese, kGerman, kFrench, kSpanish, kJapanese };

inline constexpr std::array<std::string_view, 6> kFillLanguages{"en", "zh", "de", "fr", "es", "ja"};

struct EnhanceSettings {
    /// 0 to 100: how far the fill departs from a smooth surface towards the network's answer.
    int strength = 65;
    EnhanceMode mode = EnhanceMode::kNatural;  ///< kStrong: 1.3 times as far.
    int denoise = 40;                          ///< 0 to 100: 40 gives the grain of the surround, 100 none.
    int sharpen = 35;                          ///< 0 to 100.
    bool detail = true;                        ///< False: what the network drew finely is left out.
    bool skin_protection = false;              ///< Neither sharpened nor `strong`, half of the grain.
    int confidence_min = 0;  ///< Percent: a fill whose confidence is below stays black. 0: none is asked for.

    bool operator==(const EnhanceSettings&) const = default;
};

struct EnhanceRules {
    FillPolicy fill = FillPolicy::kAuto;
    UnfilledPolicy unfilled = UnfilledPolicy::kDeliver;
    bool regions = false;  ///< The rule's own regions (`blacken` of [rule.pixels]) are filled too.
    EnhanceSettings settings{};
    /// Where the character set holds it; else English.
    FillLanguage language = FillLanguage::kEnglish;

    bool operator==(const EnhanceRules&) const = default;
};

}  // namespace efface::rules
