#include "pipeline/evaluate/reader_kit.h"

#include "config/crypto/digest.h"
#include "config/json.h"
#include "pipeline/evaluate/case_list.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace efface::pipeline {
namespace {

constexpr std::string_view kKeyKind = "efface-reader-key/1";
constexpr std::size_t kPairDigits = 4;

/// As many digits for each of `count`, so that their order is that of their names.
std::string pair_name(std::size_t number, std::size_t count) {
    const std::string digits = std::to_string(number);
    const std::size_t wanted = std::max(kPairDigits, std::to_string(count).size());
    return std::string(wanted - digits.size(), '0') + digits;
}

Digest drawn(std::uint64_t seed, std::string_view purpose, std::string_view name) {
    return sha256(
        "efface reader kit/" + std::to_string(seed) + "/" + std::string{purpose} + "/" + std::string{name}
    );
}

std::string text_of_member(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

char truth_side(std::uint64_t seed, std::string_view name) {
    return (drawn(seed, "side", name).front() & 1U) != 0 ? 'a' : 'b';
}

std::vector<ReaderPair> shuffled_pairs(std::span<const ReaderCase> cases, std::uint64_t seed) {
    std::vector<std::size_t> order(cases.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return drawn(seed, "place", cases[i].name); });
    std::vector<ReaderPair> pairs(cases.size());
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::size_t i = order[place];
        pairs[i] = {
            pair_name(place + 1, cases.size()), truth_side(seed, cases[i].name), cases[i].name, cases[i].kind,
            cases[i].occlusion};
    }
    return pairs;
}

std::string reader_sheet(std::size_t pairs) {
    std::string text = "pair,choice,structure,texture,grey\n";
    for (std::size_t i = 1; i <= pairs; ++i) {
        text += pair_name(i, pairs) + ",,,,\n";
    }
    return text;
}

std::string reader_instructions(std::size_t pairs) {
    return "A blinded reading of " + std::to_string(pairs) +
           " pairs of pictures\n\n"
           "Of each pair in pairs/ one picture is as it was taken or drawn; in the other an area was "
           "destroyed "
           "and\nfilled by a program. Look at 0001-a.png and 0001-b.png, and so on, in the order of their "
           "numbers, both\nat the same size and brightness, and fill in one line of sheet.csv for each "
           "pair:\n\n"
           "  choice     a or b: the picture that you take for the FILLED one. Choose also where you are not "
           "sure.\n"
           "  structure  1 to 5: do edges and shapes go on as they should in the picture that you chose?\n"
           "  texture    1 to 5: is what is fine in it (noise, grain, trabeculae, pores) as it is around "
           "it?\n"
           "  grey       1 to 5: is its brightness right, and is there no edge where the filled area "
           "begins?\n\n"
           "1: plainly wrong. 2: wrong. 3: doubtful. 4: nearly right. 5: as if nothing had been done.\n\n"
           "Leave a field empty where you cannot say. Keep the commas and the first line; change no pair's "
           "number.\nCopy sheet.csv before you write into it: each reader needs one, and reads alone.\n\n"
           "Nothing here is for diagnosis.\n";
}

Json reader_key_json(std::span<const ReaderPair> pairs, std::uint64_t seed) {
    std::vector<ReaderPair> in_order{pairs.begin(), pairs.end()};
    std::ranges::sort(in_order, {}, &ReaderPair::pair);
    Json list = Json::array();
    for (const ReaderPair& one : in_order) {
        list.push_back(
            {{"pair", one.pair},
             {"truth", std::string(1, one.truth)},
             {"name", one.name},
             {"kind", one.kind},
             {"occlusion", one.occlusion}}
        );
    }
    return {{"key", kKeyKind}, {"seed", seed}, {"pairs", std::move(list)}};
}

Result<std::vector<ReaderPair>> reader_pairs_from_json(const Json& json) {
    const auto list = json.is_object() ? json.find("pairs") : json.end();
    if (text_of_member(json, "key") != kKeyKind || list == json.end() || !list->is_array() || list->empty() ||
        list->size() > kReaderPairsMax) {
        return fail(Fault::kRefuse, "not the key of a reader kit; give the key.json that was made with it");
    }
    std::vector<ReaderPair> pairs;
    std::set<std::string> names;
    for (const Json& item : *list) {
        const std::string truth = text_of_member(item, "truth");
        ReaderPair one{
            text_of_member(item, "pair"), truth == "b" ? 'b' : 'a', text_of_member(item, "name"),
            text_of_member(item, "kind"), text_of_member(item, "occlusion")};
        const bool is_right = (truth == "a" || truth == "b") && is_case_word(one.pair) &&
                              is_case_word(one.kind) && is_case_word(one.occlusion) &&
                              names.insert(one.pair).second;
        if (!is_right) {
            return fail(
                Fault::kRefuse,
                "a reader kit's key holds a pair that is none; take the key as it was made, pair",
                Where::number(static_cast<std::int64_t>(pairs.size() + 1))
            );
        }
        pairs.push_back(std::move(one));
    }
    return pairs;
}

}  // namespace efface::pipeline
