// Action: the codes of PS3.15 Table E.1-1a once a compound code is resolved for one attribute.
#pragma once

#include <array>
#include <cstdint>

namespace efface::rules {

enum class Action : char { D = 'D', Z = 'Z', X = 'X', K = 'K', C = 'C', U = 'U' };

inline constexpr std::array kActions{Action::D, Action::Z, Action::X, Action::K, Action::C, Action::U};

/// How many attributes each action was applied to, at every depth.
struct ActionCounts {
    std::array<std::uint32_t, kActions.size()> counts{};

    std::uint32_t& operator[](Action action) { return counts[index(action)]; }

    std::uint32_t operator[](Action action) const { return counts[index(action)]; }

private:
    static constexpr std::size_t index(Action action) {
        for (std::size_t i = 0; i < kActions.size(); ++i) {
            if (kActions[i] == action) {
                return i;
            }
        }
        return 0;
    }
};

}  // namespace efface::rules
