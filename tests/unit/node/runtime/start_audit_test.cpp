// The audit says with which configuration, rules and keys a node ran, and from which start on they differ.
#include "node/runtime/start_audit.h"

#include "config/json.h"
#include "db/audit/audit_query.h"
#include "node/runtime/project_set.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

#include <fstream>

namespace efface::node {
namespace {

using db::AuditEvent;
using db::testing::must;

StartFacts facts_of_a_node() {
    return {
        .software_version = "0.1.0",
        .table_edition = "2026d",
        .table_digest = "t1",
        .configuration_digest = sha256("configuration 1"),
        .audit_key_fingerprint = "audit-key-1",
        .projects = {
            {.name = "trial",
             .key_fingerprint = "key-1",
             .rules_file_name = "built-in",
             .rule_digest = sha256("rules 1")}}};
}

class StartAudit : public ::testing::Test {
protected:
    /// The events of one more start, in order.
    std::vector<AuditEvent> start(const StartFacts& facts) {
        const auto before = must(db::query_audit(store_.database, {})).size();
        must(append_start(store_.database, audit_, facts, 1000));
        added_ = must(db::query_audit(store_.database, {.after_seq = before}));
        std::vector<AuditEvent> events;
        for (const db::AuditRow& row : added_) {
            events.push_back(row.entry.event);
        }
        return events;
    }

    db::testing::TemporaryStore store_;
    db::AuditLog audit_;
    std::vector<db::AuditRow> added_;
};

using Events = std::vector<AuditEvent>;

TEST_F(StartAudit, AFirstStartNotesItsKeysAndNoChange) {
    EXPECT_EQ(
        start(facts_of_a_node()),
        (Events{AuditEvent::kNodeStarted, AuditEvent::kKeyUsed, AuditEvent::kKeyUsed})
    );

    EXPECT_EQ(added_[1].entry.detail, R"({"key":"audit","fingerprint":"audit-key-1"})");
    EXPECT_EQ(added_[2].entry.project, "trial");
    EXPECT_EQ(added_[2].entry.detail, R"({"key":"project","fingerprint":"key-1"})");
    EXPECT_EQ(added_[2].entry.outcome, db::AuditOutcome::kSuccess);
}

TEST_F(StartAudit, TheSameAgainIsOneRow) {
    start(facts_of_a_node());

    EXPECT_EQ(start(facts_of_a_node()), Events{AuditEvent::kNodeStarted});
}

TEST_F(StartAudit, OtherSettingsAreAChangedConfiguration) {
    start(facts_of_a_node());
    StartFacts changed = facts_of_a_node();
    changed.configuration_digest = sha256("configuration 2");

    EXPECT_EQ(start(changed), (Events{AuditEvent::kNodeStarted, AuditEvent::kConfigurationChanged}));

    const auto detail = parse_json(added_[1].entry.detail);
    EXPECT_EQ(detail->at("before"), to_hex(sha256("configuration 1")));
    EXPECT_EQ(detail->at("digest"), to_hex(sha256("configuration 2")));
    EXPECT_EQ(start(changed), Events{AuditEvent::kNodeStarted}) << "told once";
}

TEST_F(StartAudit, OtherRulesAreToldOfTheirProject) {
    start(facts_of_a_node());
    StartFacts changed = facts_of_a_node();
    changed.projects[0].rules_file_name = "/etc/efface/rules.toml";
    changed.projects[0].rule_digest = sha256("rules 2");

    EXPECT_EQ(start(changed), (Events{AuditEvent::kNodeStarted, AuditEvent::kRulesChanged}));

    EXPECT_EQ(added_[1].entry.project, "trial");
    const auto detail = parse_json(added_[1].entry.detail);
    EXPECT_EQ(detail->at("before"), to_hex(sha256("rules 1")));
    EXPECT_EQ(detail->at("digest"), to_hex(sha256("rules 2")));
    EXPECT_EQ(detail->at("rules"), "/etc/efface/rules.toml");
}

TEST_F(StartAudit, AnotherKeyIsAWarning) {
    start(facts_of_a_node());
    StartFacts changed = facts_of_a_node();
    changed.projects[0].key_fingerprint = "key-2";

    EXPECT_EQ(start(changed), (Events{AuditEvent::kNodeStarted, AuditEvent::kKeyUsed}));

    EXPECT_EQ(added_[1].entry.outcome, db::AuditOutcome::kWarning);
    EXPECT_FALSE(added_[1].entry.reason.empty());
    EXPECT_EQ(added_[1].entry.detail, R"({"key":"project","fingerprint":"key-2","before":"key-1"})");
}

TEST_F(StartAudit, ANewProjectBringsItsRulesAndItsKey) {
    start(facts_of_a_node());
    StartFacts changed = facts_of_a_node();
    changed.projects.push_back({.name = "second", .key_fingerprint = "key-3", .rule_digest = sha256("r")});

    EXPECT_EQ(
        start(changed), (Events{AuditEvent::kNodeStarted, AuditEvent::kRulesChanged, AuditEvent::kKeyUsed})
    );

    EXPECT_EQ(added_[1].entry.project, "second");
    EXPECT_EQ(added_[2].entry.outcome, db::AuditOutcome::kSuccess);
}

TEST(ProjectSet, ARuleThatAsksForASegmentationIsOneOfTheNodes) {
    const efface::testing::TemporaryDirectory directory;
    Settings settings = Settings::embedded(directory.path());
    ProjectSettings& project = settings.projects.front();
    project.rules_file = directory.path() + "/rules.toml";
    settings.audit.key_file = project.key_file = directory.path() + "/a.key";
    std::ofstream{project.key_file} << "efface-key-1 " << std::string(32, '1') << std::string(32, 'a')
                                    << "\n";
    std::ofstream{project.rules_file} << "[[rule]]\nname = 'masks'\ndestinations = ['"
                                      << settings.destinations.front().name
                                      << "']\npixels.mask_segmentation = true\n";

    const auto loaded = load_projects(settings);

    ASSERT_TRUE(loaded.has_value()) << loaded.error();
    EXPECT_TRUE(loaded->projects.front().rules.rules().front().pixels.mask_segmentation);
}

}  // namespace
}  // namespace efface::node
