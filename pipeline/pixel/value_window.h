// ValueWindow: which values of a frame are shown as which of 256 greys in the picture that finders are given.
// Samples claim more than they use: twelve bits of sixteen; -32768 or 1e30 for "no value here"; NaN. A window
// over all of that would show everything else as one grey, and what is written in it to nobody. Thread rule:
// values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace efface::pipeline {

/// Which greys a picture has, as long as they are few.
class FewGreys {
public:
    struct Grey {
        std::uint8_t shown = 0;
        std::uint64_t count = 0;
        double least = 0;
        double most = 0;
    };

    /// False: they are more than kGreysFew.
    bool note(std::uint8_t shown, double value);

    /// The one that most samples have of those that stand for several values; null: each stands for one, or
    /// they are not few.
    const Grey* crowded() const;

private:
    static constexpr std::size_t kGreysFew = 4;

    std::vector<Grey> greys_;
};

class ValueWindow {
public:
    /// From the smallest to the largest value; where that shows few greys, from the smallest to the largest
    /// of those that the most crowded one stands for, and so on. `each` calls what it is given with every
    /// value until it says false. NaN and infinities are no values.
    template <class Each>
    static ValueWindow of(const Each& each);

    /// Anything else than a value of the window has a grey of its own, in a frame that holds such: NaN is
    /// darker than what lies below the window, and that than the window.
    std::uint8_t show(double value) const;

private:
    /// Each narrows the window to a grey of it: more than from the largest float to the smallest.
    static constexpr int kStepsMax = 48;

    bool takes(double value) const { return value >= least_ && value <= most_; }

    void settle(double least, double most, bool all_inside);

    double least_ = std::numeric_limits<double>::lowest();
    double most_ = std::numeric_limits<double>::max();
    double factor_ = 1;  ///< Keeps differences within what a double holds.
    double scale_ = 0;
    std::uint8_t darkest_ = 0;
    std::uint8_t below_ = 0;
};

template <class Each>
ValueWindow ValueWindow::of(const Each& each) {
    ValueWindow window;
    for (int step = 0;; ++step) {
        double least = std::numeric_limits<double>::max();
        double most = std::numeric_limits<double>::lowest();
        bool all_inside = true;
        each([&](double value) {
            if (window.takes(value)) {
                least = value < least ? value : least;
                most = value > most ? value : most;
            } else {
                all_inside = false;
            }
            return true;
        });
        window.settle(least, most, all_inside);
        FewGreys greys;
        each([&](double value) { return !window.takes(value) || greys.note(window.show(value), value); });
        const FewGreys::Grey* crowded = greys.crowded();
        if (crowded == nullptr || step == kStepsMax) {
            return window;
        }
        window.least_ = crowded->least;
        window.most_ = crowded->most;
    }
}

}  // namespace efface::pipeline
