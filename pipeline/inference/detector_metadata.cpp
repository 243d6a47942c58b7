#include "pipeline/inference/detector_metadata.h"

#include "config/json.h"

#include <cmath>
#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::string_view kContract = "efface-detector/1";
constexpr std::string_view kGenerator = "lcg-1664525-1013904223-top-byte";
constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kWordBytesMax = 1024;
constexpr std::size_t kSideMax = 2048;
constexpr std::size_t kSidesMax = 4;
constexpr std::size_t kProbesMin = 8;
constexpr std::size_t kProbesMax = 256;
constexpr std::size_t kPlanes = 5;

tl::unexpected<Error> wrong(Literal text) {
    return fail(Fault::kHalt, text);
}

const Json* member(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? &*found : nullptr;
}

bool take(const Json* value, std::string& out) {
    if (value == nullptr || !value->is_string()) {
        return false;
    }
    out = value->get<std::string>();
    return !out.empty() && out.size() <= kWordBytesMax;
}

bool take(const Json* value, float& out) {
    if (value == nullptr || !value->is_number()) {
        return false;
    }
    out = value->get<float>();
    return std::isfinite(out);
}

bool take(const Json* value, std::size_t low, std::size_t high, std::size_t& out) {
    if (value == nullptr || !value->is_number_unsigned()) {
        return false;
    }
    const auto given = value->get<std::uint64_t>();
    out = static_cast<std::size_t>(given);
    return given >= low && given <= high;
}

template <class T, class Take>
bool take_list(
    const Json* value, std::size_t count_min, std::size_t count_max, std::vector<T>& out, Take take_one
) {
    if (value == nullptr || !value->is_array() || value->size() < count_min || value->size() > count_max) {
        return false;
    }
    for (const Json& one : *value) {
        T taken{};
        if (!take_one(&one, taken)) {
            return false;
        }
        out.push_back(taken);
    }
    return true;
}

bool take_input(const Json* input, DetectorMetadata& out) {
    const auto take_side = [](const Json* value, std::size_t& side) {
        return take(value, 32, kSideMax, side);
    };
    return input != nullptr && take(member(*input, "channels"), 1, 3, out.channels) && out.channels != 2 &&
           take(member(*input, "low"), out.low) && take(member(*input, "high"), out.high) &&
           out.low < out.high && take(member(*input, "side_multiple"), 1, 256, out.side_multiple) &&
           take_list(member(*input, "longer_sides"), 1, kSidesMax, out.longer_sides, take_side);
}

bool take_output(const Json* output, DetectorMetadata& out) {
    return output != nullptr && take(member(*output, "stride"), 1, out.side_multiple, out.stride) &&
           out.side_multiple % out.stride == 0;
}

bool take_self_test(const Json* test, DetectorMetadata& out) {
    std::string generator;
    if (test == nullptr || !take(member(*test, "generator"), generator) || generator != kGenerator ||
        !take(member(*test, "side"), out.side_multiple, 512, out.self_test_side) ||
        out.self_test_side % out.side_multiple != 0) {
        return false;
    }
    const std::size_t cells = out.self_test_side / out.stride;
    const auto take_place = [&](const Json* value, std::size_t& place) {
        return take(value, 0, kPlanes * cells * cells - 1, place);
    };
    const auto take_value = [](const Json* value, float& number) { return take(value, number); };
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
    const std::optional<Json> json = text.size() <= kTextBytesMax ? parse_json(text) : std::nullopt;
    if (!json) {
        return wrong("a detector file's metadata.json is no JSON");
    }
    DetectorMetadata out;
    std::string contract;
    if (!take(member(*json, "contract"), contract) || contract != kContract) {
        return wrong(
            "a detector file is not of contract efface-detector/1; docs/training.md says how to write one"
        );
    }
    if (!take(member(*json, "name"), out.name) || !take(member(*json, "version"), out.version) ||
        !take(member(*json, "licence"), out.licence) || !take(member(*json, "trained_on"), out.trained_on)) {
        return wrong(
            "a detector file's metadata.json does not say its name, version, licence or what it was trained "
            "on"
        );
    }
    if (!take_input(member(*json, "input"), out) || !take_output(member(*json, "output"), out)) {
        return wrong("a detector file's metadata.json describes no input or output that this version can give"
        );
    }
    if (!take(member(*json, "threshold"), out.threshold) || out.threshold <= 0 || out.threshold >= 1) {
        return wrong("a detector file's metadata.json names no threshold between 0 and 1");
    }
    if (!take_self_test(member(*json, "self_test"), out)) {
        return wrong("a detector file's metadata.json holds no self-test");
    }
    return out;
}

}  // namespace efface::pipeline
