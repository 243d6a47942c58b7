// A kit for a blinded reading: pairs of pictures, one as it was and one filled, in an order and on sides that
// follow from a seed, and a sheet to fill in. Which is which stands in the key alone, which the reader is not
// given. Two alternatives, forced choice (2AFC): a reader who cannot tell is right in half of the pairs.
//
//     sheet = "pair,choice,structure,texture,grey" newline row{pairs}
//     row   = pair "," [a | b] "," [1-5] "," [1-5] "," [1-5] newline
//     pair  = four digits or more, as in the names of the pictures, of each pair as many
//     key   = {"key": "efface-reader-key/1", "seed": n, "pairs": [{"pair": "0001", "truth": "a" or "b",
//              "name": text, "kind": text, "occlusion": text}, ...]}
//
// choice: the picture that the reader takes for the one that was filled. structure, texture, grey: how well
// that picture holds up there, from 1 (plainly wrong) to 5 (as if nothing had been done).
// Thread rule: values and pure functions.
#pragma once

#include "config/json_forward.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kReaderPairsMax = 20'000;
inline constexpr std::size_t kReaderFileBytesMax = std::size_t{4} << 20U;

struct ReaderPair {
    std::string pair;  ///< "0001".
    char truth = 'a';  ///< The picture that nothing was done to.
    std::string name;  ///< Of the case.
    std::string kind;
    std::string occlusion;

    bool operator==(const ReaderPair&) const = default;
};

/// What the kit needs to know of a case that was filled.
struct ReaderCase {
    std::string name;
    std::string kind;
    std::string occlusion;
};

/// On which side a case's truth stands; follows from both and from nothing of its pictures.
char truth_side(std::uint64_t seed, std::string_view name);

/// Which pair each case becomes: result[i] is that of cases[i]. Places and sides follow from `seed` and
/// names.
std::vector<ReaderPair> shuffled_pairs(std::span<const ReaderCase> cases, std::uint64_t seed);

/// The empty sheet for so many pairs.
std::string reader_sheet(std::size_t pairs);
/// What a reader is told.
std::string reader_instructions(std::size_t pairs);

Json reader_key_json(std::span<const ReaderPair> pairs, std::uint64_t seed);
/// Fault::kRefuse: not such a key.
Result<std::vector<ReaderPair>> reader_pairs_from_json(const Json& json);

}  // namespace efface::pipeline
