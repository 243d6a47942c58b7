// What operators see and decide, on a store of its own. The promises: release means new work and never
// sending (P2), every change has an audit row that says who and why, and no answer names an original.
#include "config/json.h"
#include "db/audit/audit_query.h"
#include "tests/unit/node/control/test_node.h"

namespace efface::node {
namespace {

using namespace testing;
using db::testing::must;

Json jobs(std::initializer_list<db::JobId> ids) {
    return Json(std::vector<std::uint64_t>(ids));
}

/// The last audit row.
db::AuditRow last_row(TestNode& node) {
    const auto rows = must(db::query_audit(node.reader(), {}));
    EXPECT_FALSE(rows.empty());
    return rows.back();
}

pipeline::WorkOrder order_of(TestNode& node, db::JobId job) {
    const auto found = must(db::find_job(node.reader(), job));
    return must(pipeline::work_order_from_json(*parse_json(found->received.work_order.reveal())));
}

TEST(Status, CountsJobsByStateAndDestinations) {
    TestNode node;
    node.quarantine("2");
    node.deliver("3");
    node.receive("1");

    const Json status = *node.read("status");

    EXPECT_EQ(status["jobs"]["received"], 1);
    EXPECT_EQ(status["jobs"]["quarantined"], 1);
    EXPECT_EQ(status["jobs"]["delivered"], 1);
    EXPECT_EQ(status["destinations"][0]["destination"], "archive");
    EXPECT_EQ(status["destinations"][0]["held"], false);
}

TEST(Queue, ListsInPagesAndSaysWhereItGoesOn) {
    TestNode node;
    for (const char* instance : {"1", "2", "3"}) {
        node.receive(instance);
    }

    const Json first = *node.read("queue.list", {{"count", 2}});
    const Json second = *node.read("queue.list", {{"count", 2}, {"after", first["next"]}});

    EXPECT_EQ(first["jobs"].size(), 2u);
    EXPECT_EQ(second["jobs"].size(), 1u);
    EXPECT_EQ(second["next"], 0);
}

TEST(Queue, RefusesUnknownStatesAndArguments) {
    TestNode node;

    EXPECT_EQ(node.read("queue.list", {{"state", "asleep"}}).error().code, ControlCode::kUsage);
    EXPECT_EQ(node.read("queue.list", {{"count", "two"}}).error().code, ControlCode::kUsage);
    EXPECT_EQ(node.read("queue.list", {{"color", 1}}).error().code, ControlCode::kUsage);
    EXPECT_EQ(node.read("queue.list", Json::array()).error().code, ControlCode::kUsage);
}

TEST(Study, IsFoundByItsOriginalAndByItsNewUid) {
    TestNode node;
    node.deliver("1");
    node.quarantine("2");

    const Json by_original = *node.read("study.show", {{"study", "1.2.1"}});
    const Json by_new = *node.read("study.show", {{"study", "2.25.1000"}});

    EXPECT_EQ(by_original["study"]["text"], "incomplete: 1 of 2");
    EXPECT_EQ(by_original, by_new);
    EXPECT_EQ(by_original["jobs"][0]["deliveries"][0]["state"], "delivered");
}

TEST(Study, ThatNobodySentIsNotFound) {
    TestNode node;

    const auto result = node.read("study.show", {{"study", "1.2.99"}});

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ControlCode::kNotFound);
    EXPECT_EQ(result.error().text.find("1.2.99"), std::string::npos);
}

TEST(Reads, NameNoOriginal) {
    TestNode node;
    const db::JobId job = node.deliver("77");
    node.quarantine("78");
    std::string all;

    for (const auto& [operation, arguments] : std::initializer_list<std::pair<const char*, Json>>{
             {"status", Json::object()},
             {"queue.list", Json::object()},
             {"study.show", {{"study", "1.2.1"}}},
             {"quarantine.list", Json::object()},
             {"job.show", {{"job", job}}},
             {"audit.query", Json::object()}}) {
        all += dump_json(*node.read(operation, arguments)) + "\n";
    }

    EXPECT_EQ(all.find("1.2.3.7"), std::string::npos);
    EXPECT_EQ(all.find("\"1.2.1\""), std::string::npos);
    EXPECT_NE(all.find(node.identity().instance("1.2.3.77")), std::string::npos);
}

TEST(Release, WritesANewWorkOrderUnderTheRulesInForce) {
    TestNode node;
    const db::JobId job = node.quarantine("1");

    const Json result = *node.change(
        "quarantine.release", {{"jobs", jobs({job})}, {"reason", "looked at it"}, {"rule", kRule}}
    );

    EXPECT_EQ(result["jobs"][0]["done"], "released");
    EXPECT_EQ(node.state_of(job), db::JobState::kReceived);
    const pipeline::WorkOrder order = order_of(node, job);
    EXPECT_EQ(order.decision, pipeline::Decision::kRelease);
    EXPECT_EQ(order.forced_rule, kRule);
    EXPECT_EQ(order.rule_digest, sha256("the rules in force"));
    EXPECT_EQ(order.software_version, "0.1.0");
    EXPECT_EQ(order.accepted_at, kNow);
    EXPECT_EQ(node.jobs_changed, 1);
}

TEST(Release, MakesNoDelivery) {
    TestNode node;
    const db::JobId job = node.quarantine("1");

    ASSERT_TRUE(node.change("quarantine.release", {{"jobs", jobs({job})}, {"reason", "again"}}));

    EXPECT_TRUE(must(db::find_deliveries(node.reader(), job)).empty());
}

TEST(Release, IsAuditedWithWhoAndWhyInTheSameTransaction) {
    TestNode node;
    const db::JobId job = node.quarantine("1", "no rule matched");

    ASSERT_TRUE(node.change("quarantine.release", {{"jobs", jobs({job})}, {"reason", "new rule"}}));

    const db::AuditRow row = last_row(node);
    EXPECT_EQ(row.entry.event, db::AuditEvent::kOperatorRelease);
    EXPECT_EQ(row.entry.job, job);
    EXPECT_EQ(row.entry.study_hash, node.identity().study("1.2.1"));
    const Json detail = *parse_json(row.entry.detail);
    EXPECT_EQ(detail["operator"], "tester");
    EXPECT_EQ(detail["uid"], 1000);
    EXPECT_EQ(detail["reason"], "new rule");
    EXPECT_EQ(detail["was_quarantined_because"], "no rule matched");
}

TEST(Release, NeedsAReason) {
    TestNode node;
    const db::JobId job = node.quarantine("1");

    const auto none = node.change("quarantine.release", {{"jobs", jobs({job})}});
    const auto blank = node.change("quarantine.release", {{"jobs", jobs({job})}, {"reason", "  "}});

    EXPECT_EQ(none.error().code, ControlCode::kUsage);
    EXPECT_EQ(blank.error().code, ControlCode::kUsage);
    EXPECT_EQ(node.state_of(job), db::JobState::kQuarantined);
}

TEST(Release, RefusesAReasonThatHoldsTheOriginalsUid) {
    TestNode node;
    const db::JobId job = node.quarantine("1");
    const std::uint64_t before = last_row(node).seq;

    const Json result =
        *node.change("quarantine.release", {{"jobs", jobs({job})}, {"reason", "see 1.2.3.1 again"}});

    EXPECT_EQ(result["refused"], 1);
    EXPECT_EQ(node.state_of(job), db::JobState::kQuarantined);
    EXPECT_EQ(last_row(node).seq, before);
}

TEST(Release, OneRefusedJobKeepsTheOthersNotBack) {
    TestNode node;
    const db::JobId quarantined = node.quarantine("1");
    const db::JobId delivered = node.deliver("2");

    const Json result = *node.change(
        "quarantine.release", {{"jobs", jobs({delivered, 999, quarantined})}, {"reason", "all"}}
    );

    EXPECT_EQ(result["refused"], 2);
    EXPECT_EQ(result["jobs"][0]["done"], "");
    EXPECT_EQ(result["jobs"][2]["done"], "released");
    EXPECT_EQ(node.state_of(delivered), db::JobState::kDelivered);
}

TEST(Release, RefusesARuleThatTheProjectDoesNotHave) {
    TestNode node;
    const db::JobId job = node.quarantine("1");

    const Json result =
        *node.change("quarantine.release", {{"jobs", jobs({job})}, {"reason", "x"}, {"rule", "nope"}});

    EXPECT_EQ(result["refused"], 1);
    EXPECT_EQ(node.state_of(job), db::JobState::kQuarantined);
}

TEST(Release, AConflictNeedsAWordAndOnlyAConflictTakesOne) {
    TestNode node;
    const db::JobId plain = node.quarantine("1");
    node.clear("2");
    const db::JobId second = node.receive("2", "other bytes");

    const Json without = *node.change("quarantine.release", {{"jobs", jobs({second})}, {"reason", "x"}});
    const Json needless = *node.change(
        "quarantine.release", {{"jobs", jobs({plain})}, {"reason", "x"}, {"as", "new-instance"}}
    );
    const auto unknown =
        node.change("quarantine.release", {{"jobs", jobs({second})}, {"reason", "x"}, {"as", "copy"}});

    EXPECT_EQ(without["refused"], 1);
    EXPECT_EQ(needless["refused"], 1);
    EXPECT_EQ(unknown.error().code, ControlCode::kUsage);
}

TEST(Release, AReplacementDiscardsTheFirstAndAuditsBoth) {
    TestNode node;
    const db::JobId first = node.clear("1");
    const db::JobId second = node.receive("1", "other bytes");

    const Json result = *node.change(
        "quarantine.release", {{"jobs", jobs({second})}, {"reason", "the right one"}, {"as", "replacement"}}
    );

    EXPECT_EQ(result["jobs"][0]["replaced"], jobs({first}));
    EXPECT_EQ(node.state_of(first), db::JobState::kDiscarded);
    EXPECT_EQ(order_of(node, second).decision, pipeline::Decision::kAsReplacement);
    const auto discarded =
        must(db::query_audit(node.reader(), {.event = db::AuditEvent::kOperatorDiscard, .job = first}));
    ASSERT_EQ(discarded.size(), 1u);
    EXPECT_EQ((*parse_json(discarded[0].entry.detail))["replaced_by_job"], second);
}

TEST(Release, AReplacementIsRefusedOnceTheFirstWasSent) {
    TestNode node;
    const db::JobId first = node.deliver("1");
    const db::JobId second = node.receive("1", "other bytes");

    const Json result = *node.change(
        "quarantine.release", {{"jobs", jobs({second})}, {"reason", "x"}, {"as", "replacement"}}
    );
    const Json as_new = *node.change(
        "quarantine.release", {{"jobs", jobs({second})}, {"reason", "x"}, {"as", "new-instance"}}
    );

    EXPECT_EQ(result["refused"], 1);
    EXPECT_EQ(node.state_of(first), db::JobState::kDelivered);
    EXPECT_EQ(as_new["jobs"][0]["done"], "released");
    EXPECT_EQ(order_of(node, second).decision, pipeline::Decision::kAsNewInstance);
}

TEST(Discard, NeedsAReasonAndKeepsTheFirstOfAConflict) {
    TestNode node;
    const db::JobId first = node.clear("1");
    const db::JobId second = node.receive("1", "other bytes");

    const auto without = node.change("quarantine.discard", {{"jobs", jobs({second})}});
    const Json result =
        *node.change("quarantine.discard", {{"jobs", jobs({second})}, {"reason", "sent by mistake"}});

    EXPECT_EQ(without.error().code, ControlCode::kUsage);
    EXPECT_EQ(result["jobs"][0]["done"], "discarded");
    EXPECT_EQ(node.state_of(second), db::JobState::kDiscarded);
    EXPECT_EQ(node.state_of(first), db::JobState::kDelivering);
    EXPECT_EQ(last_row(node).entry.event, db::AuditEvent::kOperatorDiscard);
}

TEST(Redeliver, SendsWhatWasClearedAgain) {
    TestNode node;
    const db::JobId job = node.deliver("1");

    const Json result =
        *node.change("delivery.again", {{"jobs", jobs({job})}, {"reason", "archive lost it"}});

    EXPECT_EQ(result["refused"], 0);
    EXPECT_EQ(must(db::find_deliveries(node.reader(), job)).at(0).state, db::DeliveryState::kPending);
    EXPECT_EQ(node.deliveries_changed, 1);
}

TEST(Redeliver, IsRefusedForWhatNeverPassedTheGate) {
    TestNode node;
    const db::JobId job = node.quarantine("1");

    const Json result = *node.change("delivery.again", {{"jobs", jobs({job})}, {"reason", "please"}});

    EXPECT_EQ(result["refused"], 1);
    EXPECT_TRUE(must(db::find_deliveries(node.reader(), job)).empty());
}

TEST(Destination, HoldAndReleaseAreAuditedOnce) {
    TestNode node;
    const Json arguments{{"destination", "archive"}, {"reason", "disk full there"}};

    EXPECT_EQ((*node.change("destination.hold", arguments))["changed"], true);
    EXPECT_EQ((*node.change("destination.hold", arguments))["changed"], false);
    EXPECT_EQ((*node.read("destination.list"))["destinations"][0]["held"], true);
    EXPECT_EQ((*node.change("destination.release", arguments))["changed"], true);

    const auto held = must(db::query_audit(node.reader(), {.event = db::AuditEvent::kDestinationHeld}));
    EXPECT_EQ(held.size(), 1u);
    EXPECT_EQ(held.at(0).entry.peer, "archive");
    EXPECT_EQ(last_row(node).entry.event, db::AuditEvent::kDestinationReleased);
}

TEST(Destination, ThatIsNotConfiguredIsNotFound) {
    TestNode node;

    const auto result = node.change("destination.hold", {{"destination", "moon"}, {"reason", "x"}});

    EXPECT_EQ(result.error().code, ControlCode::kNotFound);
}

TEST(Audit, IsQueriedByOriginalAndNewStudyUid) {
    TestNode node;
    node.deliver("1");

    const Json by_original = *node.read("audit.query", {{"study", "1.2.1"}});
    const Json by_new = *node.read("audit.query", {{"study", "2.25.1000"}});
    const Json other = *node.read("audit.query", {{"study", "1.2.9"}});

    EXPECT_EQ(by_original["rows"].size(), 3u);
    EXPECT_EQ(by_original, by_new);
    EXPECT_TRUE(other["rows"].empty());
}

TEST(Audit, FiltersByEventOutcomePeerAndTime) {
    TestNode node;
    node.deliver("1");
    node.clock().advance(1'000'000);
    node.quarantine("2");

    EXPECT_EQ((*node.read("audit.query", {{"event", "cleaned"}}))["rows"].size(), 1u);
    EXPECT_EQ((*node.read("audit.query", {{"outcome", "failure"}}))["rows"].size(), 1u);
    EXPECT_EQ((*node.read("audit.query", {{"peer", "archive"}}))["rows"].size(), 1u);
    EXPECT_EQ((*node.read("audit.query", {{"from", kNow + 1}}))["rows"].size(), 2u);
    EXPECT_EQ((*node.read("audit.query", {{"to", kNow + 1}}))["rows"].size(), 3u);
    EXPECT_EQ(node.read("audit.query", {{"event", "cleand"}}).error().code, ControlCode::kUsage);
}

TEST(Audit, VerifySaysWhatItLookedAt) {
    TestNode node;
    node.deliver("1");

    const Json verdict = *node.read("audit.verify");

    EXPECT_EQ(verdict["intact"], true);
    EXPECT_EQ(verdict["first"], 1);
    EXPECT_EQ(verdict["last"], 3);
    EXPECT_EQ(verdict["next"], 0);
}

TEST(Audit, AnExportIsNotedWithoutTheFiltersValues) {
    TestNode node;

    const auto named =
        node.change("audit.note_export", {{"rows", 3}, {"format", "csv"}, {"filter", "study"}});
    const auto leaking =
        node.change("audit.note_export", {{"rows", 3}, {"format", "csv"}, {"filter", "study=1.2.1"}});

    ASSERT_TRUE(named);
    EXPECT_EQ(last_row(node).entry.event, db::AuditEvent::kAuditExported);
    EXPECT_EQ(leaking.error().code, ControlCode::kUsage);
}

TEST(Node, ShowsTheRulesInForce) {
    TestNode node;

    const Json shown = *node.change("node.show");

    EXPECT_EQ(shown["live"]["workers"], 2);
    EXPECT_EQ(shown["projects"][0]["rules"][0], kRule);
    EXPECT_EQ(shown["operator"], "tester (1000)");
}

}  // namespace
}  // namespace efface::node
