// The run as a whole over a worker that does what it is told: what is written, what is reported, what is
// audited, and what must never happen (a file in IN, an overwritten file in OUT, a lost file).
#include "db/audit/audit_query.h"
#include "db/store/store.h"
#include "node/bulk/bulk_audit.h"
#include "tests/unit/node/bulk/bulk_fixture.h"

#include <sys/stat.h>

namespace efface::node {
namespace {

using namespace testing;
using Kind = FileOutcome::Kind;

const std::string kWorker = EFFACE_OBEDIENT_WORKER;

std::vector<db::AuditRow> audit_of(const BulkOptions& options) {
    auto database = db::open_store_reader(options.audit_file);
    EXPECT_TRUE(database);
    const auto verdict = db::verify_audit(*database);
    EXPECT_TRUE(verdict && verdict->intact());
    return *db::query_audit(*database, {});
}

std::size_t count(const std::vector<db::AuditRow>& rows, db::AuditEvent event) {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const db::AuditRow& row) {
        return row.entry.event == event;
    }));
}

TEST(BulkRun, CleansEveryInstanceAtEveryDepth) {
    BulkFolder folder;
    for (int i = 0; i < 40; ++i) {
        const std::string number = std::to_string(i);
        folder.put((i % 2 == 0 ? "a/b/c/" : "") + number, ct_instance("2.25.1" + number));
    }

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(summary->cleaned, 40u);
    EXPECT_TRUE(summary->all_cleaned());
    EXPECT_EQ(folder.written().size(), 40u);
    EXPECT_EQ(folder.outcomes.at("a/b/c/0").actions[rules::Action::X], 2u);
    EXPECT_EQ(read_file(folder.outcomes.at("1").out), read_file(folder.in() + "/1"));
    EXPECT_EQ(summary->actions.at('X'), 80u);
}

TEST(BulkRun, ReportsWhatIsNoInstanceAndCopiesItNever) {
    BulkFolder folder;
    folder.put("notes.txt", "Erika Mustermann, room 12");
    folder.put("empty", "");
    folder.put("one", ct_instance("2.25.1"));
    std::string directory = ct_instance("2.25.2");
    const std::string ct_class = "1.2.840.10008.5.1.4.1.1.2";
    const std::string directory_class{"1.2.840.10008.1.3.10\0\0\0\0\0", 25};
    directory.replace(directory.find(ct_class), directory_class.size(), directory_class);
    folder.put("DICOMDIR", directory);

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(folder.outcomes.at("notes.txt").reason, "not a DICOM file");
    EXPECT_TRUE(folder.outcomes.at("DICOMDIR").reason.starts_with("a DICOMDIR"));
    EXPECT_EQ(summary->not_dicom, 3u);
    EXPECT_TRUE(summary->all_cleaned());
    EXPECT_EQ(folder.written().size(), 1u);
}

TEST(BulkRun, FollowsNoLinkAndSaysSo) {
    BulkFolder folder;
    std::filesystem::create_directories(folder.path("elsewhere"));
    std::ofstream{folder.path("elsewhere/secret"), std::ios::binary} << ct_instance("2.25.1");
    std::filesystem::create_directory_symlink(folder.path("elsewhere"), folder.in() + "/folder");
    std::filesystem::create_symlink(folder.path("elsewhere/secret"), folder.in() + "/file");

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(folder.outcomes.size(), 2u);
    EXPECT_EQ(folder.outcomes.at("file").kind, Kind::kRefused);
    EXPECT_TRUE(folder.written().empty());
    EXPECT_FALSE(summary->all_cleaned());
}

TEST(BulkRun, KeepsBackWhatWorkersOrGateRefuse) {
    BulkFolder folder;
    folder.put("refused", ct_instance("2.25.1", "<refuse>"));
    folder.put("gated", ct_instance("2.25.2", "<gate-refuse>"));
    folder.put("changed", ct_instance("2.25.3", "<change-later>"));
    folder.put("good", ct_instance("2.25.4"));

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(folder.outcomes.at("refused").kind, Kind::kRefused);
    EXPECT_EQ(folder.outcomes.at("gated").reason, "gate: told to");
    EXPECT_EQ(folder.outcomes.at("changed").kind, Kind::kCleaned) << "the gate cannot write what it judges";
    EXPECT_EQ(folder.written().size(), 2u);
    EXPECT_FALSE(summary->all_cleaned());
}

TEST(BulkRun, PlacesNoInstanceWhoseMaskCannotBeDelivered) {
    BulkFolder folder;
    folder.put("held", ct_instance("2.25.1", "<mask><segment-refuse>"));
    folder.put("died", ct_instance("2.25.2", "<mask><segment-die>"));
    folder.put("none", ct_instance("2.25.3"));
    const std::string rules =
        std::string{kHeaderOnlyRules} + "[rule.pixels]\nblacken = [[0, 0, 4, 4]]\nmask_segmentation = true\n";
    const BulkOptions options = folder.options(kWorker, rules);

    const auto summary = folder.run(options);

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(folder.outcomes.at("held").kind, Kind::kQuarantined);
    EXPECT_EQ(folder.outcomes.at("held").reason, "the gate holds the Segmentation of the mask");
    EXPECT_EQ(folder.outcomes.at("died").kind, Kind::kQuarantined);
    EXPECT_EQ(folder.outcomes.at("none").kind, Kind::kCleaned) << "it has no mask";
    EXPECT_EQ(folder.written().size(), 1U);
    EXPECT_EQ(count(audit_of(options), db::AuditEvent::kCleaned), 1U);
    EXPECT_EQ(count(audit_of(options), db::AuditEvent::kQuarantined), 2U);
}

TEST(BulkRun, TakesNoWorkersWordForRuleAndIdentity) {
    BulkFolder folder;
    folder.put("rule", ct_instance("2.25.1", "<other-rule>"));
    folder.put("uid", ct_instance("2.25.2", "<other-uid>"));

    ASSERT_TRUE(folder.run(folder.options(kWorker)));

    EXPECT_EQ(folder.outcomes.at("rule").reason, "the cleaner names a rule that is not in force");
    EXPECT_EQ(folder.outcomes.at("uid").reason, "the cleaner reports other UIDs than stand in its file");
    EXPECT_TRUE(folder.written().empty());
}

TEST(BulkRun, GivesAFileThreeAttemptsAndTheOthersGoOn) {
    BulkFolder folder;
    folder.put("killer", ct_instance("2.25.1", "<die>"));
    for (int i = 0; i < 10; ++i) {
        folder.put("good" + std::to_string(i), ct_instance("2.25.2" + std::to_string(i)));
    }

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(summary->cleaned, 10u);
    EXPECT_EQ(folder.outcomes.at("killer").kind, Kind::kQuarantined);
    EXPECT_TRUE(folder.outcomes.at("killer").reason.starts_with("every attempt failed"));
}

TEST(BulkRun, ASecondAttemptMayStillCleanIt) {
    BulkFolder folder;
    ::setenv("OBEDIENT_MARKER", folder.path("died").c_str(), 1);
    folder.put("stumbles", ct_instance("2.25.1", "<die-once>"));

    const auto summary = folder.run(folder.options(kWorker));

    ::unsetenv("OBEDIENT_MARKER");
    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(folder.outcomes.at("stumbles").kind, Kind::kCleaned);
    EXPECT_TRUE(std::filesystem::exists(folder.path("died")));
}

TEST(BulkRun, ASecondRunOverwritesNothing) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    ASSERT_TRUE(folder.run(folder.options(kWorker)));
    const std::string path = folder.outcomes.at("one").out;

    struct stat before {};

    ASSERT_EQ(::stat(path.c_str(), &before), 0);

    const auto again = folder.run(folder.options(kWorker));

    struct stat after {};

    ASSERT_EQ(::stat(path.c_str(), &after), 0);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->already_there, 1u);
    EXPECT_EQ(before.st_ino, after.st_ino);
    EXPECT_TRUE(again->all_cleaned());
}

TEST(BulkRun, OtherBytesUnderOneNameAreKeptBack) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1", "first"));
    ASSERT_TRUE(folder.run(folder.options(kWorker)));
    const std::string path = folder.outcomes.at("one").out;
    const std::string first = read_file(path);
    folder.put("one", ct_instance("2.25.1", "second"));

    const auto again = folder.run(folder.options(kWorker));

    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(folder.outcomes.at("one").kind, Kind::kQuarantined);
    EXPECT_EQ(read_file(path), first);
}

TEST(BulkRun, WritesNothingIntoIn) {
    BulkFolder folder;
    folder.put("a/one", ct_instance("2.25.1"));
    BulkOptions inside = folder.options(kWorker);
    inside.out = folder.in() + "/cleaned";
    BulkOptions same = folder.options(kWorker);
    same.out = folder.in() + "/../in";
    BulkOptions around = folder.options(kWorker);
    around.out = folder.path("");
    BulkOptions audit = folder.options(kWorker);
    audit.audit_file = folder.in() + "/audit.sqlite";
    std::filesystem::create_directory_symlink(folder.in(), folder.path("link"));
    BulkOptions linked = folder.options(kWorker);
    linked.out = folder.path("link") + "/new/deep";

    for (const BulkOptions& options : {inside, same, around, audit, linked}) {
        EXPECT_FALSE(folder.run(options)) << options.out;
    }

    EXPECT_EQ(std::distance(std::filesystem::recursive_directory_iterator{folder.in()}, {}), 2);
}

TEST(BulkRun, LeavesNothingInScratch) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    folder.put("two", ct_instance("2.25.2", "<gate-refuse>"));

    ASSERT_TRUE(folder.run(folder.options(kWorker)));

    EXPECT_TRUE(std::filesystem::is_empty(folder.path("scratch")));
}

TEST(BulkRun, AuditsEachInstanceWithoutNamingIt) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    folder.put("two", ct_instance("2.25.2", "<gate-refuse>"));
    folder.put("MustermannErika.txt", "x");
    const BulkOptions options = folder.options(kWorker);

    ASSERT_TRUE(folder.run(options));

    const auto rows = audit_of(options);
    EXPECT_EQ(rows.front().entry.event, db::AuditEvent::kRunStarted);
    EXPECT_EQ(rows.back().entry.event, db::AuditEvent::kRunFinished);
    EXPECT_EQ(count(rows, db::AuditEvent::kCleaned), 1u);
    EXPECT_EQ(count(rows, db::AuditEvent::kDelivered), 1u);
    EXPECT_EQ(count(rows, db::AuditEvent::kGateRefused), 1u);
    for (const db::AuditRow& row : rows) {
        EXPECT_EQ(row.entry.detail.find("Mustermann"), std::string::npos);
        EXPECT_EQ(row.entry.reason.find("Mustermann"), std::string::npos);
    }
    const auto cleaned = std::find_if(rows.begin(), rows.end(), [](const db::AuditRow& row) {
        return row.entry.event == db::AuditEvent::kCleaned;
    });
    EXPECT_EQ(cleaned->entry.instance_hash, options.identity.instance("2.25.1"));
    EXPECT_EQ(cleaned->entry.study_hash, options.identity.study("1.2.3.4.5"));
    EXPECT_NE(cleaned->entry.detail.find("efface-receipt/1"), std::string::npos);
}

TEST(BulkRun, ASecondRunContinuesTheChainWithNewJobNumbers) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    const BulkOptions options = folder.options(kWorker);
    ASSERT_TRUE(folder.run(options));
    ASSERT_TRUE(folder.run(options));

    const auto rows = audit_of(options);

    std::set<std::uint64_t> jobs;
    for (const db::AuditRow& row : rows) {
        if (row.entry.event == db::AuditEvent::kCleaned) {
            EXPECT_TRUE(jobs.insert(row.entry.job).second);
        }
    }
    EXPECT_EQ(jobs.size(), 2u);
}

TEST(BulkRun, RefusesToWriteAnAuditThatAnotherRunWrites) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    const BulkOptions options = folder.options(kWorker);
    const auto other = BulkAudit::open(system_environment().files, options.audit_file);
    ASSERT_TRUE(other);

    EXPECT_FALSE(folder.run(options));
    EXPECT_TRUE(folder.written().empty());
}

TEST(BulkRun, EndsWithAnErrorWhereNoWorkerStarts) {
    BulkFolder folder;
    for (int i = 0; i < 30; ++i) {
        folder.put(std::to_string(i), ct_instance("2.25.1" + std::to_string(i)));
    }

    const auto summary = folder.run(folder.options("/nonexistent/efface-worker"));

    ASSERT_FALSE(summary);
    EXPECT_TRUE(folder.written().empty());
}

TEST(BulkRun, StopsBetweenFilesWhenAskedTo) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    folder.stop = true;

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_TRUE(summary->interrupted);
    EXPECT_FALSE(summary->all_cleaned());
    EXPECT_TRUE(folder.written().empty());
}

TEST(BulkRun, TakesASingleFile) {
    BulkFolder folder;
    folder.put("one", ct_instance("2.25.1"));
    BulkOptions options = folder.options(kWorker);
    options.in = folder.in() + "/one";

    const auto summary = folder.run(options);

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(summary->cleaned, 1u);
}

}  // namespace
}  // namespace efface::node
