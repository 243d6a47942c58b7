#include "pipeline/evaluate/evaluator_protocol.h"

#include "config/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

Json again(const Json& json) {
    return parse_json(dump_json(json)).value_or(Json(nullptr));
}

TEST(EvaluatorProtocol, EveryMessageComesBackAsItWas) {
    EvaluatorConfiguration configuration{
        .generator = {"g.pt", "ab"}, .features = {"f.pt", "cd"}, .seed = 9, .marked = false, .grid_rows = 3};
    configuration.limits.address_space_bytes_max = 77;
    const auto read = evaluator_configuration_from_json(again(to_json(configuration)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->generator, configuration.generator);
    EXPECT_EQ(read->features, configuration.features);
    EXPECT_EQ(read->limits.address_space_bytes_max, 77U);
    EXPECT_EQ(read->seed, 9U);
    EXPECT_FALSE(read->marked);
    EXPECT_EQ(read->grid_rows, 3U);

    CaseResult result{.filled = true, .reason = "r", .holes = 2, .marked = 1, .wall_seconds = 0.25};
    result.confidence = std::numeric_limits<double>::quiet_NaN();
    result.qualities[1][2] = 0.125;
    result.qualities[5][0] = std::numeric_limits<double>::quiet_NaN();
    result.truth_png_bytes = 12;
    const auto got = case_result_from_json(again(to_json(result)));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->qualities[1][2], 0.125);
    EXPECT_TRUE(std::isnan(got->qualities[5][0]) && std::isnan(got->confidence));
    EXPECT_EQ(got->truth_png_bytes, 12U);
    EXPECT_EQ(got->marked, 1U);

    EvaluationSummary summary{.peak_memory_bytes = 5, .feature_count = 6, .grid_bytes = 7};
    summary.frechet[3] = 1.5;
    const auto total = evaluation_summary_from_json(again(to_json(summary)));
    ASSERT_TRUE(total);
    EXPECT_EQ(total->frechet[3], 1.5);
    EXPECT_EQ(total->grid_bytes, 7U);
}

TEST(EvaluatorProtocol, AFieldLessOrMoreOrOfAnotherTypeIsRefused) {
    const Json good = to_json(CaseResult{});
    ASSERT_TRUE(case_result_from_json(good));
    for (const auto& [key, value] : good.items()) {
        Json less = good;
        less.erase(key);
        EXPECT_FALSE(case_result_from_json(less)) << key;
        Json other = good;
        other[key] = Json::object();
        EXPECT_FALSE(case_result_from_json(other)) << key;
    }
    Json more = good;
    more["more"] = 1;
    EXPECT_FALSE(case_result_from_json(more));
    Json shorter = good;
    shorter["qualities"][2].erase(0);
    EXPECT_FALSE(case_result_from_json(shorter));
}

}  // namespace
}  // namespace efface::pipeline
