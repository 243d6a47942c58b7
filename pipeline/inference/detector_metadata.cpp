#include "pipeline/inference/detector_metadata.h"

#include "pipeline/inference/metadata_fields.h"
#include "pipeline/inference/self_test_noise.h"

#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::string_view kContract = "efface-detector/1";
constexpr std::size_t kSideMax = 2048;
constexpr std::size_t kSidesMax = 4;
constexpr std::size_t kProbesMin = 8;
constexpr std::size_t kProbesMax = 256;
constexpr std::size_t kPlanes = 5;

tl::unexpected<Error> wrong(Literal text) {
    return fail(Fault::kHalt, text);
}

bool take_input(const Json* input, DetectorMetadata& out) {
    const auto take_side = [](const Json* value, std::size_t& side) {
        return take_count(value, 32, kSideMax, side);
    };
    return input != nullptr && take_count(member(*input, "channels"), 1, 3, out.channels) &&
           out.channels != 2 && take_number(member(*input, "low"), out.low) &&
           take_number(member(*input, "high"), out.high) && out.low < out.high &&
           take_count(member(*input, "side_multiple"), 1, 256, out.side_multiple) &&
           take_list(member(*input, "longer_sides"), 1, kSidesMax, out.longer_sides, take_side);
}

bool take_output(const Json* output, DetectorMetadata& out) {
    return output != nullptr && take_count(member(*output, "stride"), 1, out.side_multiple, out.stride) &&
           out.side_multiple % out.stride == 0;
}

bool take_self_test(const Json* test, DetectorMetadata& out) {
    std::string generator;
    if (test == nullptr || !take_text(member(*test, "generator"), generator) ||
        generator != kSelfTestGenerator ||
        !take_count(member(*test, "side"), out.side_multiple, 512, out.self_test_side) ||
        out.self_test_side % out.side_multiple != 0) {
        return false;
    }
    const std::size_t cells = out.self_test_side / out.stride;
    const auto take_place = [&](const Json* value, std::size_t& place) {
        return take_count(value, 0, kPlanes * cells * cells - 1, place);
    };
    const auto take_value = [](const Json* value, float& number) { return take_number(value, number); };
    return take_list(member(*test, "at"), kProbesMin, kProbesMax, out.self_test_at, take_place) &&
           take_list(
               member(*test, "values"), out.self_test_at.size(), out.self_test_at.size(),
               out.self_test_values, take_value
           );
}

}  // namespace

Result<DetectorMetadata> parse_detector_metadata(std::string_view text) {
    if (text.empty()) {
        return wrong("a detector file lacks its metadata.json; docs/training.md says how to write one");
    }
    const std::optional<Json> json = parse_metadata(text);
    if (!json) {
        return wrong("a detector file's metadata.json is no JSON");
    }
    DetectorMetadata out;
    std::string contract;
    if (!take_text(member(*json, "contract"), contract) || contract != kContract) {
        return wrong(
            "a detector file is not of contract efface-detector/1; docs/training.md says how to write one"
        );
    }
    if (!take_text(member(*json, "name"), out.name) || !take_text(member(*json, "version"), out.version) ||
        !take_text(member(*json, "licence"), out.licence) ||
        !take_text(member(*json, "trained_on"), out.trained_on)) {
        return wrong(
            "a detector file's metadata.json does not say its name, version, licence or what it was trained "
            "on"
        );
    }
    if (!take_input(member(*json, "input"), out) || !take_output(member(*json, "output"), out)) {
        return wrong("a detector file's metadata.json describes no input or output that this version can give"
        );
    }
    if (!take_number(member(*json, "threshold"), out.threshold) || out.threshold <= 0 || out.threshold >= 1) {
        return wrong("a detector file's metadata.json names no threshold between 0 and 1");
    }
    if (!take_self_test(member(*json, "self_test"), out)) {
        return wrong("a detector file's metadata.json holds no self-test");
    }
    return out;
}

}  // namespace efface::pipeline
