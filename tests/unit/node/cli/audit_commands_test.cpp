// The audit as an operator reads it: filters, exports, verification, reports; with and without a daemon.
#include "db/audit/audit_query.h"
#include "tests/unit/node/cli/cli_fixture.h"

#include <unistd.h>

namespace efface::node {
namespace {

using namespace testing;

constexpr int kOk = 0;
constexpr int kNegative = 1;
constexpr int kInternal = 6;

std::string file_text(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(AuditQuery, FindsAStudyByEitherUidWithoutTheDaemon) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");

    const CommandOutcome by_original = efface({"audit", "query", "--study", "1.2.1", "--json"});
    const CommandOutcome by_new = efface({"audit", "query", "--study", "2.25.1000", "--json"});

    EXPECT_EQ(by_original.json_lines().size(), 3u);
    EXPECT_EQ(by_original.out, by_new.out);
    EXPECT_EQ(by_original.out.find("1.2.3.1"), std::string::npos);
}

TEST(AuditQuery, PrintsRowsForPeople) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1", "no proof");

    const CommandOutcome rows = efface({"audit", "query", "--outcome", "failure"});

    EXPECT_EQ(
        rows.out,
        "SEQ  TIME                     EVENT        OUTCOME  PEER OR OPERATOR  JOB  RULE  REASON\n"
        "  2  2023-11-14 22:13:20 UTC  quarantined  failure  ct-1                1        no proof\n"
    );
    EXPECT_EQ(efface({"audit", "query", "--event", "nonsense"}).code, 2);
}

TEST(AuditExport, WritesCsvThatNobodyElseMayReadAndNeverOverwrites) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    const std::string path = node.settings().node.state_directory + "/export.csv";

    const CommandOutcome exported = efface({"audit", "export", "--output", path});
    const CommandOutcome again = efface({"audit", "export", "--output", path});

    EXPECT_EQ(exported.code, kOk);
    EXPECT_EQ(exported.out, "");
    const std::string text = file_text(path);
    EXPECT_TRUE(text.starts_with(
        "seq,at,event,outcome,project,peer,job,instance_hash,study_hash,patient_hash,new_instance_uid,"
        "new_study_uid,rule,reason,detail,hash\r\n1,2023-11-14T22:13:20.000000Z,received,success,demo,ct-1,1,"
    ));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
    EXPECT_NE(text.find("\"{\"\"receipt\"\":\"\"efface-receipt/1\"\""), std::string::npos);

    struct stat info {};

    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(again.code, kInternal);
    EXPECT_EQ(file_text(path), text);
}

TEST(AuditExport, KeepsAReasonFromBecomingAFormula) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1", "=cmd|'/C calc'!A0");

    const CommandOutcome exported = efface({"audit", "export"});

    EXPECT_NE(exported.out.find(",'=cmd|"), std::string::npos);
}

TEST(AuditExport, IsItselfAuditedByTheDaemonWithoutTheStudysUid) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    node.serve();

    const CommandOutcome exported =
        efface({"audit", "export", "--format", "ndjson", "--study", "1.2.1", "--event", "cleaned"});

    EXPECT_EQ(exported.json_lines().size(), 1u);
    const auto noted =
        db::testing::must(db::query_audit(node.reader(), {.event = db::AuditEvent::kAuditExported}));
    ASSERT_EQ(noted.size(), 1u);
    EXPECT_EQ((*parse_json(noted[0].entry.detail))["filter"], "study, event");
    EXPECT_EQ((*parse_json(noted[0].entry.detail))["uid"], ::getuid());
}

TEST(AuditVerify, SaysWhatItFoundAndWhatItCannotFind) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");

    const CommandOutcome text = efface({"audit", "verify"});
    const CommandOutcome json = efface({"audit", "verify", "--json"});

    EXPECT_EQ(text.code, kOk);
    EXPECT_TRUE(text.out.starts_with("intact: rows 1 to 3, none changed, reordered or missing\nlast hash "));
    EXPECT_NE(text.out.find("cannot find that rows were cut off at the end"), std::string::npos);
    EXPECT_EQ(json.json_lines().at(0)["rows"], 3);
    EXPECT_EQ(json.json_lines().at(0)["last_hash"].get<std::string>().size(), 64u);
}

TEST(AuditVerify, EndsWithOneForAChangedRow) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    node.write([](db::Database& database) -> Status {
        EFFACE_CHECK(database.run_script("DROP TRIGGER audit_no_update;"));
        return database.run("UPDATE audit SET reason = 'rewritten' WHERE seq = 2");
    });

    const CommandOutcome verified = efface({"audit", "verify"});

    EXPECT_EQ(verified.code, kNegative);
    EXPECT_TRUE(verified.out.starts_with("DAMAGED: row 2 is changed"));
}

TEST(AuditReport, TellsAStudysStoryWithoutThePatient) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    const db::JobId held = node.quarantine("2", "pixels may show <text>");
    ASSERT_TRUE(node.change(
        "quarantine.discard", {{"jobs", Json::array({held})}, {"reason", "a phantom & no patient"}}
    ));
    const std::string base = node.settings().node.state_directory + "/study";

    const CommandOutcome written = efface({"audit", "report", "--study", "1.2.1", "--output", base});

    ASSERT_EQ(written.code, kOk) << written.error;
    EXPECT_EQ(written.out, base + ".html\n" + base + ".json\n");
    const Json report = *parse_json(file_text(base + ".json"));
    EXPECT_EQ(report["new_study_uid"], "2.25.1000");
    EXPECT_EQ(report["summary"]["instances"], 2);
    EXPECT_EQ(report["summary"]["cleaned"], 1);
    EXPECT_EQ(report["summary"]["states"], (Json{{"delivered", 1}, {"discarded", 1}}));
    EXPECT_EQ(report["actions"]["X"], 3);
    EXPECT_EQ(report["instances"][0]["deliveries"][0]["destination"], "archive");
    EXPECT_EQ(report["decisions"][0]["operator"], "tester");
    const std::string page = file_text(base + ".html");
    EXPECT_NE(page.find("a phantom &amp; no patient"), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("http"), page.find("http-equiv"));
    for (const std::string& text : {page, file_text(base + ".json")}) {
        EXPECT_EQ(text.find("1.2.3."), std::string::npos);
        EXPECT_EQ(text.find("\"1.2.1\""), std::string::npos);
    }
}

TEST(AuditReport, NamesTheSegmentationsOfMasks) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    node.masks = true;
    node.deliver("2");
    const std::string base = node.settings().node.state_directory + "/study";

    ASSERT_EQ(efface({"audit", "report", "--study", "1.2.1", "--output", base}).code, kOk);

    const Json instances = parse_json(file_text(base + ".json"))->at("instances");
    EXPECT_EQ(instances[0]["mask_segmentation"], "");
    EXPECT_EQ(instances[0]["deliveries"][0]["mask_segmentation"], "");
    EXPECT_EQ(instances[1]["mask_segmentation"], TestNode::kMaskUid);
    EXPECT_EQ(instances[1]["deliveries"][0]["mask_segmentation"], TestNode::kMaskUid);
    EXPECT_NE(
        file_text(base + ".html").find("the mask is Segmentation <code>2.25.91</code>"), std::string::npos
    );
}

TEST(AuditReport, OfAnUnknownStudyIsNone) {
    TestNode node;
    CommandLine efface{node};

    EXPECT_EQ(efface({"audit", "report", "--study", "1.2.9"}).code, kNegative);
}

TEST(AuditReport, EscapesWhatAnOperatorTyped) {
    TestNode node;
    CommandLine efface{node};
    const db::JobId held = node.quarantine("1");
    ASSERT_TRUE(node.change(
        "quarantine.discard", {{"jobs", Json::array({held})}, {"reason", "<img src=x onerror=alert(1)>"}}
    ));
    const std::string base = node.settings().node.state_directory + "/study";

    ASSERT_EQ(efface({"audit", "report", "--study", "1.2.1", "--output", base}).code, kOk);

    EXPECT_EQ(file_text(base + ".html").find("<img"), std::string::npos);
}

}  // namespace
}  // namespace efface::node
