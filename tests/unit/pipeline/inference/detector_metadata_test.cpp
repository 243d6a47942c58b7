// Goal: nothing that a detector file says of itself is believed unless all of it can be. Method: one good
// text, and every way of spoiling one part of it.
#include "pipeline/inference/detector_metadata.h"

#include "config/json.h"
#include "tests/unit/pipeline/inference/detector_file.h"

#include <gtest/gtest.h>

#include <functional>

namespace efface::testing {
namespace {

using pipeline::parse_detector_metadata;

void expect_refused(const Json& json) {
    const auto parsed = parse_detector_metadata(dump_json(json));
    ASSERT_FALSE(parsed.has_value()) << dump_json(json);
    EXPECT_EQ(parsed.error().fault, Fault::kHalt);
}

TEST(DetectorMetadata, IsReadWhole) {
    const auto parsed = parse_detector_metadata(dump_json(good_metadata()));

    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_EQ(parsed->name, "test");
    EXPECT_EQ(parsed->channels, 1U);
    EXPECT_EQ(parsed->longer_sides, (std::vector<std::size_t>{128, 64}));
    EXPECT_EQ(parsed->side_multiple, 32U);
    EXPECT_EQ(parsed->stride, 8U);
    EXPECT_FLOAT_EQ(parsed->threshold, 0.9F);
    EXPECT_EQ(parsed->self_test_at.size(), parsed->self_test_values.size());
}

TEST(DetectorMetadata, IsRefusedWithoutAnyOneOfItsParts) {
    const std::function<void(const Json&, const std::function<void(Json&, const std::string&)>&)> each =
        [&](const Json& object, const auto& spoil) {
            for (const auto& [key, value] : object.items()) {
                spoil(const_cast<Json&>(object), key);
            }
        };
    for (const std::string part : {"", "input", "output", "self_test"}) {
        const Json whole = good_metadata();
        each(part.empty() ? whole : whole.at(part), [&](const Json&, const std::string& key) {
            Json spoilt = good_metadata();
            (part.empty() ? spoilt : spoilt[part]).erase(key);
            expect_refused(spoilt);
            (part.empty() ? spoilt : spoilt[part])[key] = nullptr;
            expect_refused(spoilt);
        });
    }
}

TEST(DetectorMetadata, IsRefusedWithAnotherContract) {
    Json spoilt = good_metadata();
    spoilt["contract"] = "efface-detector/2";
    expect_refused(spoilt);
}

TEST(DetectorMetadata, IsRefusedWhereItIsMissingOrNoJson) {
    for (const std::string text : {"", "no JSON", "[]", "7", "{"}) {
        EXPECT_FALSE(parse_detector_metadata(text).has_value()) << text;
    }
    EXPECT_FALSE(parse_detector_metadata(std::string(100'000, ' ') + dump_json(good_metadata())).has_value());
}

TEST(DetectorMetadata, IsRefusedWithNumbersOutOfBounds) {
    struct Case {
        const char* part;
        const char* key;
        Json value;
    };

    const std::vector<Case> cases{
        {"input", "channels", 2},
        {"input", "channels", -1},
        {"input", "channels", 4},
        {"input", "side_multiple", 0},
        {"input", "side_multiple", 4096},
        {"input", "longer_sides", Json::array()},
        {"input", "longer_sides", {16}},
        {"input", "longer_sides", {100000}},
        {"input", "longer_sides", {64, 64, 64, 64, 64}},
        {"input", "high", 0.0},
        {"output", "stride", 0},
        {"output", "stride", 7},
        {"output", "stride", 64},
        {"self_test", "side", 33},
        {"self_test", "side", 1024},
        {"self_test", "at", {1, 2}},
        {"self_test", "values", {0.5}},
        {"self_test", "generator", "dice"},
        {"self_test", "at", {0, 1, 2, 3, 4, 5, 6, 100000}}};
    for (const Case& one : cases) {
        Json spoilt = good_metadata();
        spoilt[one.part][one.key] = one.value;
        expect_refused(spoilt);
    }
    for (const double threshold : {0.0, 1.0, -0.5, 2.0}) {
        Json spoilt = good_metadata();
        spoilt["threshold"] = threshold;
        expect_refused(spoilt);
    }
}

}  // namespace
}  // namespace efface::testing
