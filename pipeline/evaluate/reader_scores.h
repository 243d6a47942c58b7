// What readers' sheets say (reader_kit.h): how often each told the filled picture from the other, how well
// the fills held up, and whether readers agree. Thread rule: values and pure functions.
#pragma once

#include "config/result.h"
#include "pipeline/evaluate/rates.h"
#include "pipeline/evaluate/reader_kit.h"

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kCriteria = 3;
inline constexpr std::array<std::string_view, kCriteria> kCriterionNames{"structure", "texture", "grey"};
inline constexpr int kGradeMax = 5;

struct SheetRow {
    char choice = 0;                      ///< 'a' or 'b'; 0: not answered.
    std::array<int, kCriteria> grades{};  ///< 1 to 5; 0: not given.
};

/// By pair.
using Sheet = std::map<std::string, SheetRow>;

/// Fault::kRefuse with the line: another head, another number of fields, a pair that the key does not have or
/// that stands there twice, a choice that is neither a nor b, a grade that is none of 1 to 5.
Result<Sheet> read_sheet(std::string_view text, std::span<const ReaderPair> key);

/// Answers of one group: a kind, an occlusion, or all.
struct GroupScore {
    std::size_t answered = 0;
    std::size_t right = 0;  ///< The filled one was taken for the filled one.
    Interval interval{};    ///< Of the share that is right; 0.5 within: nothing says that a reader can tell.
    /// Grades of fills that were told, and of truths that were taken for fills; by criterion.
    std::array<Rate, kCriteria> of_fills{};
    std::array<Rate, kCriteria> of_truths{};
};

struct ReaderScore {
    GroupScore all;
    std::map<std::string, GroupScore> by_kind;
    std::map<std::string, GroupScore> by_occlusion;
};

ReaderScore score_sheet(const Sheet& sheet, std::span<const ReaderPair> key);

struct Agreement {
    std::size_t count = 0;  ///< Pairs of which both chose and graded the same picture.
    double kappa = 0;       ///< Not a number where neither varies.
};

/// Cohen's kappa with quadratic weights (Cohen 1968) of two lists of grades of 1 to 5: 1 - sum(w o) / sum(w
/// e), w = (i - j)^2, o what both gave, e what they would give by chance.
double weighted_kappa(std::span<const int> first, std::span<const int> second);

/// By criterion.
std::array<Agreement, kCriteria> agreement_of(const Sheet& first, const Sheet& second);

}  // namespace efface::pipeline
