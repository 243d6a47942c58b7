// Goal: nothing that a generator file says of itself is believed unless all of it can be. Method: one good
// text, and every way of spoiling one part of it.
#include "pipeline/inference/generator_metadata.h"

#include "config/json.h"
#include "tests/unit/pipeline/inference/generator_file.h"

#include <gtest/gtest.h>

#include <functional>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::parse_generator_metadata;

/// Says what is wrong, in a word at least, and after it what to do.
void expect_refused(const std::string& text, std::string_view word = "") {
    const auto parsed = parse_generator_metadata(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().fault, Fault::kHalt);
    const std::string message = parsed.error().message();
    EXPECT_NE(message.find("; "), std::string::npos) << message;
    EXPECT_NE(message.find(word), std::string::npos) << message;
}

void expect_refused(const Json& json, std::string_view word = "") {
    expect_refused(dump_json(json), word);
}

TEST(GeneratorMetadata, IsReadWhole) {
    const auto parsed = parse_generator_metadata(dump_json(plain_generator_metadata(3)));

    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_EQ(parsed->name, "test");
    EXPECT_EQ(parsed->version, "1");
    EXPECT_EQ(parsed->licence, "none");
    EXPECT_EQ(parsed->trained_on, "nothing");
    EXPECT_EQ(parsed->channels, 3U);
    EXPECT_EQ(parsed->sizes, (std::vector<std::size_t>{64, 128}));
    EXPECT_EQ(parsed->side_multiple, 32U);
    EXPECT_EQ(parsed->hole_value, 0.0F);
    EXPECT_EQ(parsed->max_mask_fraction, 0.45);
    EXPECT_TRUE(parsed->uses_noise);
    EXPECT_EQ(parsed->self_test.side, 64U);
    EXPECT_EQ(parsed->self_test.hole, (Box{16, 16, 48, 48}));
    EXPECT_EQ(parsed->self_test.picture_state, 1U);
    EXPECT_EQ(parsed->self_test.noise_state, 2U);
    EXPECT_EQ(parsed->self_test.at.size(), 24U);
    EXPECT_EQ(parsed->self_test.values.size(), 24U);
    EXPECT_FLOAT_EQ(parsed->self_test.tolerance, 0.001F);
    EXPECT_FALSE(parsed->confidence.has_value());
}

TEST(GeneratorMetadata, ItsConfidenceIsReadWhole) {
    Json json = plain_generator_metadata();
    json["confidence"] = plain_confidence();

    const auto parsed = parse_generator_metadata(dump_json(json));

    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    const pipeline::ConfidenceModel expected{
        .intercept = -0.5,
        .weights = {3, -4, -1, 0.25, -2, 0.125, -0.75},
        .ring = 12,
        .cases = 384,
        .first_seed = 30'000'000,
        .generator = "ab12"};
    EXPECT_EQ(parsed->confidence, expected);
}

TEST(GeneratorMetadata, IsRefusedWithAConfidenceThatIsNone) {
    std::vector<Json> wrong{nullptr, 0.5, Json::array(), Json::object()};
    const auto spoil = [&](const std::function<void(Json&)>& change) {
        wrong.push_back(plain_confidence());
        change(wrong.back());
    };
    for (const char* key : {"intercept", "weights", "ring", "fitted"}) {
        spoil([&](Json& json) { json.erase(key); });
    }
    for (const std::string_view name : pipeline::kConfidenceFeatureNames) {
        spoil([&](Json& json) { json["weights"].erase(std::string{name}); });
        spoil([&](Json& json) { json["weights"][std::string{name}] = "1"; });
        spoil([&](Json& json) { json["weights"][std::string{name}] = 1001; });
    }
    spoil([](Json& json) { json["weights"]["another"] = 1; });
    spoil([](Json& json) { json["weights"] = Json::array({1, 2, 3, 4, 5, 6, 7}); });
    spoil([](Json& json) { json["intercept"] = -1001; });
    spoil([](Json& json) { json["ring"] = 3; });
    spoil([](Json& json) { json["ring"] = 65; });
    spoil([](Json& json) { json["ring"] = 12.5; });
    spoil([](Json& json) { json["fitted"]["cases"] = 0; });
    spoil([](Json& json) { json["fitted"].erase("first_seed"); });
    spoil([](Json& json) { json["fitted"]["generator"] = ""; });
    for (const Json& one : wrong) {
        Json spoilt = plain_generator_metadata();
        spoilt["confidence"] = one;
        expect_refused(spoilt, "confidence");
    }
}

TEST(GeneratorMetadata, IsReadWithSinglePrecisionAlone) {
    Json json = plain_generator_metadata();
    json["precision"] = {"fp32"};
    EXPECT_TRUE(parse_generator_metadata(dump_json(json)).has_value());
}

TEST(GeneratorMetadata, IsRefusedWithoutAnyOneOfItsParts) {
    for (const std::string part : {"", "self_test"}) {
        const Json whole = plain_generator_metadata();
        const Json& object = part.empty() ? whole : whole.at(part);
        for (const auto& [key, value] : object.items()) {
            Json spoilt = whole;
            (part.empty() ? spoilt : spoilt[part]).erase(key);
            expect_refused(spoilt);
            (part.empty() ? spoilt : spoilt[part])[key] = nullptr;
            expect_refused(spoilt);
        }
    }
}

TEST(GeneratorMetadata, IsRefusedWithAnotherContract) {
    for (const std::string contract : {"efface-generator/2", "efface-detector/1", ""}) {
        Json spoilt = plain_generator_metadata();
        spoilt["contract"] = contract;
        expect_refused(spoilt, "efface-generator/1");
    }
}

TEST(GeneratorMetadata, IsRefusedWithoutALicence) {
    Json spoilt = plain_generator_metadata();
    spoilt["licence"] = "";
    expect_refused(spoilt, "licence");
}

TEST(GeneratorMetadata, IsRefusedWhereItIsMissingOrNoJson) {
    expect_refused(std::string{}, "metadata.json");
    for (const std::string text : {"no JSON", "[]", "7", "{"}) {
        expect_refused(text);
    }
    expect_refused(std::string(100'000, ' ') + dump_json(plain_generator_metadata()));
}

TEST(GeneratorMetadata, IsRefusedWithValuesOutOfBounds) {
    struct Case {
        const char* key;
        Json value;
    };

    const std::vector<Case> cases{
        {"channels", 2},
        {"channels", 4},
        {"channels", -1},
        {"range", {0, 1}},
        {"range", {-1, 1, 1}},
        {"range", {-1}},
        {"sizes", Json::array()},
        {"sizes", {48}},
        {"sizes", {0}},
        {"sizes", {2048}},
        {"sizes", {64, 64, 64, 64, 64}},
        {"side_multiple", 0},
        {"side_multiple", 1},
        {"side_multiple", 33},
        {"side_multiple", 512},
        {"hole_value", 1.5},
        {"hole_value", "0"},
        {"window", "p1-p99 visible"},
        {"max_mask_fraction", 0.0},
        {"max_mask_fraction", 1.0},
        {"max_mask_fraction", -0.4},
        {"uses_noise", 1},
        {"alignment", "ffhq"},
        {"precision", Json::array()},
        {"precision", {"bf16"}},
        {"precision", {"fp32", "fp16"}}};
    for (const Case& one : cases) {
        Json spoilt = plain_generator_metadata();
        spoilt[one.key] = one.value;
        expect_refused(spoilt);
    }
}

TEST(GeneratorMetadata, IsRefusedWithASelfTestThatIsNone) {
    struct Case {
        const char* key;
        Json value;
    };

    const Json good = plain_generator_metadata()["self_test"];
    Json beyond_the_hole = good["at"];
    beyond_the_hole[0] = 0;
    Json beyond_the_planes = good["at"];
    beyond_the_planes[0] = good["at"][0].get<std::size_t>() + 64 * 64;
    Json too_light = good["values"];
    too_light[0] = 1.5;
    const std::vector<Case> cases{
        {"side", 33},
        {"side", 1024},
        {"hole", {16, 16, 48}},
        {"hole", {16, 16, 16, 48}},
        {"hole", {16, 16, 48, 65}},
        {"hole", {48, 16, 16, 48}},
        {"generator", "dice"},
        {"picture_state", -1},
        {"noise_state", std::uint64_t{1} << 32U},
        {"at", {1040, 1041}},
        {"at", beyond_the_hole},
        {"at", beyond_the_planes},
        {"values", {0.5}},
        {"values", too_light},
        {"tolerance", 0.0},
        {"tolerance", 0.5}};
    for (const Case& one : cases) {
        Json spoilt = plain_generator_metadata();
        spoilt["self_test"][one.key] = one.value;
        expect_refused(spoilt, "self-test");
    }
}

}  // namespace
}  // namespace efface::testing
