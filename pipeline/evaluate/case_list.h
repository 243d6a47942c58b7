// The cases of an evaluation: pictures of which it is known what was destroyed. A folder holds cases.ndjson,
// one JSON object a line:
//
//     {"name": "ct-0001", "kind": "ct", "occlusion": "box", "truth": "ct-0001.png", "mask": "ct-0001-m.png",
//      "bits": 16}
//
// name: unlike every other one. kind, occlusion: a word of letters, digits, '-' and '_' by which results are
// put together. truth: a PNG, grey or RGB of `bits` (8 or 16). mask: a PNG of the same size whose pixels that
// are not 0 are destroyed. Both lie in the folder. Empty lines do not count. Thread rule: pure.
#pragma once

#include "config/json_forward.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kCasesMax = 20'000;
inline constexpr std::size_t kCaseLineBytesMax = 4096;
inline constexpr std::size_t kCaseListBytesMax = std::size_t{64} << 20U;
inline constexpr std::size_t kCaseKindsMax = 32;

struct EvaluationCase {
    std::string name;
    std::string kind;
    std::string occlusion;
    std::string truth;  ///< Below the folder; never leaves it by its name.
    std::string mask;
    std::uint64_t bits = 8;
    std::uint64_t line = 0;  ///< Of cases.ndjson, from 1.

    bool operator==(const EvaluationCase&) const = default;
};

/// Fault::kRefuse with the number of the line that is wrong.
Result<std::vector<EvaluationCase>> read_case_list(std::string_view text);

/// Letters, digits, '-' and '_', 1 to 32 of them.
bool is_case_word(std::string_view text);
/// Relative, without "..", without control characters.
bool is_path_within(std::string_view path);

}  // namespace efface::pipeline
