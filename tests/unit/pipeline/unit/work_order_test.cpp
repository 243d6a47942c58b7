#include "pipeline/unit/work_order.h"

#include "config/json.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

WorkOrder some_order() {
    WorkOrder order;
    order.job_id = 0xFFFFFFFFFFFFFFFFU;
    order.project = "trial";
    order.original_digest.fill(0x11);
    order.original_bytes = 527000;
    order.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    order.sop_instance_uid = Phi<std::string>{"1.2.3.4"};
    order.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    order.calling_ae = "CT1";
    order.called_ae = "EFFACE";
    order.accepted_at = 1'790'000'000'123'456;
    order.rule_digest.fill(0x22);
    order.software_version = "0.1.0";
    order.decision = Decision::kAsNewInstance;
    order.forced_rule = "ct-head";
    order.transcode_to = "1.2.840.10008.1.2";
    return order;
}

TEST(WorkOrder, SurvivesJsonUnchanged) {
    const auto again = work_order_from_json(to_json(some_order()));

    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(dump_json(to_json(*again)), dump_json(to_json(some_order())));
    EXPECT_EQ(again->job_id, some_order().job_id);
    EXPECT_EQ(again->decision, Decision::kAsNewInstance);
    EXPECT_EQ(again->sop_instance_uid.reveal(), "1.2.3.4");
}

TEST(WorkOrder, EveryFieldIsRequiredAndTyped) {
    const Json good = to_json(some_order());
    for (const auto& [key, value] : good.items()) {
        Json without = good;
        without.erase(key);
        EXPECT_FALSE(work_order_from_json(without).has_value()) << key;
        Json mistyped = good;
        mistyped[key] = Json::array();
        EXPECT_FALSE(work_order_from_json(mistyped).has_value()) << key;
    }
}

TEST(WorkOrder, RefusesWhatItDoesNotKnow) {
    Json extra = to_json(some_order());
    extra["surprise"] = 1;
    EXPECT_FALSE(work_order_from_json(extra).has_value());

    Json decision = to_json(some_order());
    decision["decision"] = "send-anyway";
    EXPECT_FALSE(work_order_from_json(decision).has_value());

    Json digest = to_json(some_order());
    digest["original_digest"] = "00";
    EXPECT_FALSE(work_order_from_json(digest).has_value());

    Json negative = to_json(some_order());
    negative["job_id"] = -1;
    EXPECT_FALSE(work_order_from_json(negative).has_value());

    EXPECT_FALSE(work_order_from_json(Json::array()).has_value());
    EXPECT_FALSE(work_order_from_json(Json(nullptr)).has_value());
}

TEST(CleanReport, SurvivesJsonUnchanged) {
    CleanReport report;
    report.outcome = CleanReport::Outcome::kCleaned;
    report.rule = "default";
    report.destinations = {"archive", "folder"};
    report.actions[rules::Action::X] = 17;
    report.actions[rules::Action::U] = 4'000'000'000U;
    report.study_uid = Phi<std::string>{"1.2.3"};
    report.facts = {"retired overlay bits cleared"};
    report.output_bytes = 1;
    report.holes = {{{{8, 16, 24, 32}, {24, 16, 40, 32}}, {2, 3}}};
    report.fill = {
        .model_name = "small",
        .model_version = "1",
        .model_digest = "ab",
        .settings =
            {.strength = 70, .mode = rules::EnhanceMode::kStrong, .detail = false, .confidence_min = 60},
        .filled = 1,
        .refused = 2,
        .areas = {
            {.frame = 2, .box = {8, 16, 40, 32}, .filled = true, .outcome = "filled", .snr_tenths = 120},
            {.frame = 3, .box = {8, 16, 40, 32}, .outcome = "unsure", .confidence_permille = 0}}};

    const auto again = clean_report_from_json(to_json(report));

    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(dump_json(to_json(*again)), dump_json(to_json(report)));
    EXPECT_EQ(again->actions[rules::Action::U], 4'000'000'000U);
    EXPECT_EQ(again->holes, report.holes);
    EXPECT_EQ(again->fill, report.fill);
}

TEST(CleanReport, RefusesHolesAndFillsThatAreNone) {
    Json json = to_json(CleanReport{});
    json["holes"] = Json::array({Json{{"parts", Json::array()}, {"first", 0U}, {"count", 1U}}});
    EXPECT_FALSE(clean_report_from_json(json).has_value());
    json = to_json(CleanReport{});
    json["fill"]["settings"]["strength"] = 101U;
    EXPECT_FALSE(clean_report_from_json(json).has_value());
    json = to_json(CleanReport{});
    json["fill"]["settings"]["confidence_min"] = 101U;
    EXPECT_FALSE(clean_report_from_json(json).has_value());
}

TEST(CleanReport, AConfidenceThatIsNotMeasuredIsAbsentAndNotNothing) {
    CleanReport report;
    report.fill.areas = {{.box = {0, 0, 8, 8}}, {.box = {0, 0, 8, 8}, .confidence_permille = 1000}};
    Json json = to_json(report);
    EXPECT_FALSE(json["fill"]["areas"][0].contains("confidence_permille"));

    const auto again = clean_report_from_json(json);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->fill, report.fill);
    for (const Json& wrong : {Json(1001U), Json(-1), Json(0.5), Json(nullptr), Json("1")}) {
        json["fill"]["areas"][1]["confidence_permille"] = wrong;
        EXPECT_FALSE(clean_report_from_json(json).has_value()) << dump_json(wrong);
    }
}

TEST(CleanReport, RefusesCountsThatAreNotCounts) {
    Json json = to_json(CleanReport{});
    json["actions"]["X"] = 1'000'000'000'000U;
    EXPECT_FALSE(clean_report_from_json(json).has_value());
    json["actions"] = 3;
    EXPECT_FALSE(clean_report_from_json(json).has_value());
}

TEST(GateReport, SurvivesJsonUnchanged) {
    GateReport report;
    report.passed = true;
    report.output_digest.fill(0x44);
    report.output_bytes = 99;
    report.new_sop_instance_uid = "2.25.1";
    report.new_study_uid = "2.25.2";
    report.new_series_uid = "2.25.3";
    report.new_patient_id = "EFF-1";
    report.fill.model_name = "small";
    report.fill.filled = 1;
    report.fill.areas = {{.frame = 2, .box = {8, 16, 40, 32}, .filled = true, .outcome = "filled"}};

    const auto again = gate_report_from_json(to_json(report));

    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->passed);
    EXPECT_EQ(again->output_digest, report.output_digest);
    EXPECT_EQ(again->output_bytes, 99U);
    EXPECT_EQ(again->fill, report.fill);
    EXPECT_EQ(dump_json(to_json(*again)), dump_json(to_json(report)));
}

}  // namespace
}  // namespace efface::pipeline
