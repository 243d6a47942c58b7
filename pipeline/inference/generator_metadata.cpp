#include "pipeline/inference/generator_metadata.h"

#include "pipeline/inference/metadata_fields.h"
#include "pipeline/inference/self_test_noise.h"
#include "pipeline/picture/generator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::string_view kContract = "efface-generator/1";
constexpr std::string_view kWindow = "p0.5-p99.5 visible";
constexpr std::string_view kAlignment = "none";
constexpr std::string_view kPrecision = "fp32";  // What it is run in here,
constexpr std::string_view kAlsoKnown = "bf16";  // and what it may be run in besides.
constexpr std::size_t kSideMin = 32;
constexpr std::size_t kSideMultipleMax = 256;
constexpr std::size_t kSidesMax = 4;
constexpr std::size_t kSelfTestSideMax = 512;
constexpr std::size_t kProbesMin = 8;
constexpr std::size_t kProbesMax = 256;
constexpr float kToleranceMax = 0.01F;  // More, and the self-test would say nothing.
constexpr double kWeightMax = 1000;
constexpr std::size_t kRingMin = 4;
constexpr std::size_t kRingMax = 64;
constexpr std::size_t kCountMax = std::size_t{1} << 53U;  // What JSON's numbers hold exactly everywhere.

bool is_text(const Json* value, std::string_view expected) {
    std::string text;
    return take_text(value, text) && text == expected;
}

bool take_sample(const Json* value, float& out) {
    return take_number(value, out) && std::abs(out) <= 1.0F;
}

bool is_range(const Json* value) {
    std::vector<float> ends;
    return take_list(value, 2, 2, ends, take_sample) && ends[0] == -1.0F && ends[1] == 1.0F;
}

bool runs_in_our_precision(const Json* value) {
    std::vector<std::string> words;
    return take_list(value, 1, 2, words, take_text) &&
           std::ranges::all_of(
               words, [](const std::string& word) { return word == kPrecision || word == kAlsoKnown; }
           ) &&
           std::ranges::find(words, kPrecision) != words.end();
}

/// A multiple of the metadata's side_multiple, which was taken before.
bool take_side(const Json* value, std::size_t high, std::size_t side_multiple, std::size_t& out) {
    return take_count(value, std::max(kSideMin, side_multiple), high, out) && out % side_multiple == 0;
}

bool take_input(const Json& json, GeneratorMetadata& out) {
    // The noise has half of the picture's sides: they are even.
    return take_count(member(json, "channels"), 1, 3, out.channels) && out.channels != 2 &&
           is_range(member(json, "range")) &&
           take_count(member(json, "side_multiple"), 2, kSideMultipleMax, out.side_multiple) &&
           out.side_multiple % 2 == 0 &&
           take_list(
               member(json, "sizes"), 1, kSidesMax, out.sizes,
               [&](const Json* value, std::size_t& side) {
                   return take_side(value, Generator::kSideMax, out.side_multiple, side);
               }
           ) &&
           take_sample(member(json, "hole_value"), out.hole_value) &&
           is_text(member(json, "window"), kWindow) && is_text(member(json, "alignment"), kAlignment) &&
           take_flag(member(json, "uses_noise"), out.uses_noise);
}

bool take_hole(const Json* value, std::size_t side, Box& out) {
    std::vector<std::size_t> edges;
    const auto take_edge = [&](const Json* one, std::size_t& edge) { return take_count(one, 0, side, edge); };
    if (!take_list(value, 4, 4, edges, take_edge)) {
        return false;
    }
    const auto edge = [&](std::size_t i) { return static_cast<std::int64_t>(edges[i]); };
    out = {edge(0), edge(1), edge(2), edge(3)};
    return !out.empty();
}

bool take_state(const Json* value, std::uint32_t& out) {
    std::size_t state = 0;
    const bool taken = take_count(value, 0, std::numeric_limits<std::uint32_t>::max(), state);
    out = static_cast<std::uint32_t>(state);
    return taken;
}

/// Places of the answer within the hole, in any of its planes.
bool take_places(const Json* value, std::size_t channels, GeneratorMetadata::SelfTest& out) {
    const std::size_t plane = out.side * out.side;
    return take_list(value, kProbesMin, kProbesMax, out.at, [&](const Json* one, std::size_t& place) {
        if (!take_count(one, 0, channels * plane - 1, place)) {
            return false;
        }
        const auto x = static_cast<std::int64_t>(place % out.side);
        const auto y = static_cast<std::int64_t>(place % plane / out.side);
        return out.hole.holds({x, y, x + 1, y + 1});
    });
}

bool take_self_test(const Json* test, const GeneratorMetadata& metadata, GeneratorMetadata::SelfTest& out) {
    return test != nullptr && is_text(member(*test, "generator"), kSelfTestGenerator) &&
           take_side(member(*test, "side"), kSelfTestSideMax, metadata.side_multiple, out.side) &&
           take_hole(member(*test, "hole"), out.side, out.hole) &&
           take_state(member(*test, "picture_state"), out.picture_state) &&
           take_state(member(*test, "noise_state"), out.noise_state) &&
           take_places(member(*test, "at"), metadata.channels, out) &&
           take_list(member(*test, "values"), out.at.size(), out.at.size(), out.values, take_sample) &&
           take_number(member(*test, "tolerance"), out.tolerance) && out.tolerance > 0 &&
           out.tolerance <= kToleranceMax;
}

bool take_weight(const Json* value, double& out) {
    return take_number(value, out) && std::abs(out) <= kWeightMax;
}

bool take_weights(const Json* value, ConfidenceFeatures& out) {
    for (std::size_t i = 0; value != nullptr && i < out.size(); ++i) {
        if (!take_weight(member(*value, kConfidenceFeatureNames.at(i).data()), out.at(i))) {
            return false;
        }
    }
    return value != nullptr && value->size() == out.size();
}

bool take_confidence(const Json& json, ConfidenceModel& out) {
    const Json* fitted = member(json, "fitted");
    std::size_t cases = 0;
    std::size_t first_seed = 0;
    const bool taken = fitted != nullptr && take_weight(member(json, "intercept"), out.intercept) &&
                       take_weights(member(json, "weights"), out.weights) &&
                       take_count(member(json, "ring"), kRingMin, kRingMax, out.ring) &&
                       take_count(member(*fitted, "cases"), 1, kCountMax, cases) &&
                       take_count(member(*fitted, "first_seed"), 0, kCountMax, first_seed) &&
                       take_text(member(*fitted, "generator"), out.generator);
    out.cases = cases;
    out.first_seed = first_seed;
    return taken;
}

}  // namespace

Result<GeneratorMetadata> parse_generator_metadata(std::string_view text) {
    if (text.empty()) {
        return fail(
            Fault::kHalt, "a generator file lacks its metadata.json; docs/training.md says how to write one"
        );
    }
    const std::optional<Json> json = parse_metadata(text);
    if (!json) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json is no JSON; export it anew as docs/training.md says"
        );
    }
    if (!is_text(member(*json, "contract"), kContract)) {
        return fail(
            Fault::kHalt,
            "a generator file is not of contract efface-generator/1; docs/training.md says how to write one"
        );
    }
    GeneratorMetadata out;
    if (!take_text(member(*json, "name"), out.name) || !take_text(member(*json, "version"), out.version) ||
        !take_text(member(*json, "licence"), out.licence) ||
        !take_text(member(*json, "trained_on"), out.trained_on)) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json does not say its name, version, licence or what it was "
            "trained on; export it anew with all four"
        );
    }
    if (!take_input(*json, out)) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json asks for an input that this version cannot give; export it "
            "anew within the bounds of docs/training.md"
        );
    }
    if (!take_number(member(*json, "max_mask_fraction"), out.max_mask_fraction) ||
        out.max_mask_fraction <= 0 || out.max_mask_fraction >= 1) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json names no max_mask_fraction between 0 and 1; export it anew "
            "with one"
        );
    }
    if (!runs_in_our_precision(member(*json, "precision"))) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json does not let it be run in fp32; export it anew with that "
            "precision"
        );
    }
    if (!take_self_test(member(*json, "self_test"), out, out.self_test)) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json holds no self-test; export it anew with one as "
            "docs/training.md says"
        );
    }
    if (const Json* confidence = member(*json, "confidence");
        confidence != nullptr && !take_confidence(*confidence, out.confidence.emplace())) {
        return fail(
            Fault::kHalt,
            "a generator file's metadata.json holds a confidence that is none; export it anew with one as "
            "docs/training.md says, or without"
        );
    }
    return out;
}

}  // namespace efface::pipeline
