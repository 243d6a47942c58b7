#include "pipeline/inference/features_metadata.h"

#include "pipeline/inference/metadata_fields.h"

namespace efface::pipeline {
namespace {

constexpr std::string_view kContract = "efface-features/1";
constexpr std::size_t kSideMin = 32;
constexpr std::size_t kSideMax = 512;
constexpr std::size_t kFeaturesMax = 1024;

}  // namespace

Result<FeatureNetwork::Facts> parse_features_metadata(std::string_view text) {
    const std::optional<Json> json = parse_metadata(text);
    std::string contract;
    if (!json || !take_text(member(*json, "contract"), contract) || contract != kContract) {
        return fail(
            Fault::kHalt,
            "a file of features is not of contract efface-features/1; training/gan/export_features.py writes "
            "one"
        );
    }
    FeatureNetwork::Facts out;
    if (!take_text(member(*json, "name"), out.name) || !take_text(member(*json, "version"), out.version) ||
        !take_text(member(*json, "licence"), out.licence)) {
        return fail(
            Fault::kHalt,
            "a file of features does not say its name, version or licence; export it anew with all three"
        );
    }
    if (!take_count(member(*json, "channels"), 1, 3, out.channels) || out.channels == 2 ||
        !take_count(member(*json, "side"), kSideMin, kSideMax, out.side) || out.side % kSideMin != 0 ||
        !take_count(member(*json, "features"), 1, kFeaturesMax, out.features)) {
        return fail(
            Fault::kHalt,
            "a file of features names channels, a side or a count that are out of bounds; export it anew"
        );
    }
    return out;
}

}  // namespace efface::pipeline
