#include "pipeline/evaluate/reader_scores.h"

#include "config/assert.h"

#include <algorithm>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::string_view kHead = "pair,choice,structure,texture,grey";
constexpr std::size_t kFields = 5;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\"";  // Spreadsheets put quotes around what they keep as text.
    const std::size_t from = text.find_first_not_of(kBlank);
    return from == std::string_view::npos ? std::string_view{}
                                          : text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t from = 0; from <= line.size();) {
        const std::size_t to = std::min(line.find(',', from), line.size());
        fields.push_back(trimmed(line.substr(from, to - from)));
        from = to + 1;
    }
    return fields;
}

Result<SheetRow> read_row(const std::vector<std::string_view>& fields, Where line) {
    SheetRow row;
    if (fields[1] == "a" || fields[1] == "A" || fields[1] == "b" || fields[1] == "B") {
        row.choice = fields[1] == "a" || fields[1] == "A" ? 'a' : 'b';
    } else if (!fields[1].empty()) {
        return fail(Fault::kRefuse, "a choice that is neither a nor b; write one, or nothing, line", line);
    }
    for (std::size_t i = 0; i < kCriteria; ++i) {
        const std::string_view grade = fields[2 + i];
        if (grade.empty()) {
            continue;
        }
        if (grade.size() != 1 || grade[0] < '1' || grade[0] > '0' + kGradeMax) {
            return fail(Fault::kRefuse, "a grade that is none of 1 to 5; write one, or nothing, line", line);
        }
        row.grades.at(i) = grade[0] - '0';
    }
    return row;
}

/// Grades gathered before they become rates.
struct Gathered {
    std::size_t answered = 0;
    std::size_t right = 0;
    std::array<std::vector<double>, kCriteria> fills;
    std::array<std::vector<double>, kCriteria> truths;

    void add(const SheetRow& row, bool is_right) {
        ++answered;
        right += is_right ? 1 : 0;
        for (std::size_t i = 0; i < kCriteria; ++i) {
            if (row.grades.at(i) != 0) {
                (is_right ? fills : truths).at(i).push_back(row.grades.at(i));
            }
        }
    }

    GroupScore score() const {
        GroupScore out{answered, right, wilson_interval(right, answered)};
        for (std::size_t i = 0; i < kCriteria; ++i) {
            out.of_fills.at(i) = rate_of(fills.at(i), Worst::kSmallest);
            out.of_truths.at(i) = rate_of(truths.at(i), Worst::kSmallest);
        }
        return out;
    }
};

}  // namespace

Result<Sheet> read_sheet(std::string_view text, std::span<const ReaderPair> key) {
    Sheet sheet;
    std::int64_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        const std::string_view line = trimmed(text.substr(from, to - from));
        from = to + 1;
        const Where here = Where::number(++number);
        if (number == 1) {
            if (line != kHead) {
                return fail(
                    Fault::kRefuse, "a sheet whose head is not that of the kit; copy it from sheet.csv, line",
                    here
                );
            }
            continue;
        }
        if (line.empty()) {
            continue;
        }
        const std::vector<std::string_view> fields = fields_of(line);
        if (fields.size() != kFields) {
            return fail(
                Fault::kRefuse, "a row that has not five fields with commas between them; mend it, line", here
            );
        }
        const bool is_known =
            std::ranges::any_of(key, [&](const ReaderPair& pair) { return pair.pair == fields[0]; });
        if (!is_known) {
            return fail(
                Fault::kRefuse, "a pair that the key does not have; is it another kit's sheet? line", here
            );
        }
        EFFACE_TRY(const SheetRow row, read_row(fields, here));
        if (!sheet.emplace(fields[0], row).second) {
            return fail(Fault::kRefuse, "a pair that stands there twice; keep one of them, line", here);
        }
    }
    if (number == 0) {
        return fail(Fault::kRefuse, "an empty sheet; copy sheet.csv of the kit");
    }
    return sheet;
}

ReaderScore score_sheet(const Sheet& sheet, std::span<const ReaderPair> key) {
    Gathered all;
    std::map<std::string, Gathered> kinds;
    std::map<std::string, Gathered> occlusions;
    for (const ReaderPair& pair : key) {
        const auto found = sheet.find(pair.pair);
        if (found == sheet.end() || found->second.choice == 0) {
            continue;
        }
        const bool is_right = found->second.choice != pair.truth;
        for (Gathered* group : {&all, &kinds[pair.kind], &occlusions[pair.occlusion]}) {
            group->add(found->second, is_right);
        }
    }
    ReaderScore score{.all = all.score()};
    for (const auto& [name, group] : kinds) {
        score.by_kind.emplace(name, group.score());
    }
    for (const auto& [name, group] : occlusions) {
        score.by_occlusion.emplace(name, group.score());
    }
    return score;
}

double weighted_kappa(std::span<const int> first, std::span<const int> second) {
    EFFACE_ASSERT(first.size() == second.size());
    std::array<double, kGradeMax + 1> of_first{};
    std::array<double, kGradeMax + 1> of_second{};
    double observed = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const double apart = first[i] - second[i];
        observed += apart * apart;
        of_first.at(static_cast<std::size_t>(first[i])) += 1;
        of_second.at(static_cast<std::size_t>(second[i])) += 1;
    }
    double expected = 0;
    for (std::size_t i = 0; i < of_first.size(); ++i) {
        for (std::size_t j = 0; j < of_second.size(); ++j) {
            const double apart = static_cast<double>(i) - static_cast<double>(j);
            expected += apart * apart * of_first.at(i) * of_second.at(j);
        }
    }
    expected /= std::max(1.0, static_cast<double>(first.size()));
    return expected > 0 ? 1 - observed / expected : std::numeric_limits<double>::quiet_NaN();
}

std::array<Agreement, kCriteria> agreement_of(const Sheet& first, const Sheet& second) {
    std::array<Agreement, kCriteria> out{};
    for (std::size_t i = 0; i < kCriteria; ++i) {
        std::vector<int> one;
        std::vector<int> other;
        for (const auto& [pair, row] : first) {
            const auto found = second.find(pair);
            const bool is_same =
                found != second.end() && row.choice != 0 && row.choice == found->second.choice;
            if (is_same && row.grades.at(i) != 0 && found->second.grades.at(i) != 0) {
                one.push_back(row.grades.at(i));
                other.push_back(found->second.grades.at(i));
            }
        }
        out.at(i) = {one.size(), weighted_kappa(one, other)};
    }
    return out;
}

}  // namespace efface::pipeline
