#include "config/settings/nearest.h"

#include <algorithm>
#include <vector>

namespace efface {

namespace {

constexpr std::size_t kWordCharactersMax = 64;

/// Optimal string alignment distance.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> row(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                row[i][j] = i + j;
                continue;
            }
            const std::size_t replaced = row[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[i][j] = std::min({row[i - 1][j] + 1, row[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[i][j] = std::min(row[i][j], row[i - 2][j - 2] + 1);
            }
        }
    }
    return row[a.size()][b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > kWordCharactersMax) {
        return {};
    }
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::string_view best;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate.substr(0, kWordCharactersMax));
        if (distance < best_distance && distance < word.size()) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string_view near = nearest_word(word, candidates);
    return near.empty() ? "" : ", did you mean '" + std::string{near} + "'?";
}

}  // namespace efface
