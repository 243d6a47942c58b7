// A column of values as a report states it: how many, their mean, the worst of them, and the interval in
// which the mean of all such values lies with 95 % (Student's t). Thread rule: pure functions.
#pragma once

#include "pipeline/evaluate/quality.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

struct Rate {
    std::size_t count = 0;  ///< Of values that are numbers.
    double mean = 0;        ///< This and what follows: not a number where there is none.
    double worst = 0;
    double low = 0;  ///< Not a number for less than two values.
    double high = 0;
};

/// Of the values that are numbers.
Rate rate_of(std::span<const double> values, Worst worst);

/// The 97.5th percentile of Student's t of so many degrees of freedom, 1 at least; from a table to 10, then
/// by the expansion in 1/degrees (Abramowitz and Stegun 26.7.5), whose error is below 0.0005.
double student_t(std::size_t degrees);

struct Interval {
    double low = 0;
    double high = 1;
};

/// A share of `hits` in `count` with 95 % (Wilson 1927); 0 to 1 for none.
Interval wilson_interval(std::size_t hits, std::size_t count);

}  // namespace efface::pipeline
