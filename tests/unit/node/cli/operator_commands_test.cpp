// What an operator types, against a node with and without its daemon. Golden texts: what people and
// programs rely on.
#include "tests/support/temporary_directory.h"
#include "tests/unit/node/cli/cli_fixture.h"

namespace efface::node {
namespace {

using namespace testing;

constexpr int kOk = 0;
constexpr int kNegative = 1;
constexpr int kDaemonDown = 4;
constexpr int kRefused = 5;

TEST(StatusCommand, SaysWhatTheNodeHasToDo) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1");
    node.deliver("2");
    node.serve();

    const CommandOutcome status = efface({"status"});

    EXPECT_EQ(status.code, kOk);
    EXPECT_EQ(
        status.out,
        "Efface 0.1.0, running for 90 s, ready\n"
        "Project   demo: 1 rules (built-in, " +
            to_hex(sha256("the rules in force")).substr(0, 12) +
            "), key 0badcafe\n"
            "Workers   2, restarted 0 times; 0 units queued; 0 associations open\n"
            "Jobs      received 0, working 0, held 0, delivering 0, delivered 1, undelivered 0, quarantined "
            "1, "
            "discarded 0, purged 0\n"
            "\n"
            "DESTINATION  KIND    OPEN  FAILED  STATE\n"
            "archive      folder     0       0\n"
    );
}

TEST(StatusCommand, ReadsTheDatabaseWhenTheDaemonIsDown) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1");

    const CommandOutcome text = efface({"status"});
    const CommandOutcome json = efface({"status", "--json"});

    EXPECT_EQ(text.code, kDaemonDown);
    EXPECT_TRUE(text.out.starts_with("Efface is not running"));
    EXPECT_NE(text.out.find("quarantined 1"), std::string::npos);
    EXPECT_EQ(json.code, kDaemonDown);
    EXPECT_EQ(json.json_lines().at(0)["running"], false);
    EXPECT_EQ(json.json_lines().at(0)["status"]["jobs"]["quarantined"], 1);
}

TEST(StatusCommand, WithoutAnythingSaysSo) {
    const efface::testing::TemporaryDirectory directory;

    const CommandOutcome status =
        run_efface(system_environment(), {"--state", directory.path() + "/new", "status"});

    EXPECT_EQ(status.code, kDaemonDown);
    EXPECT_NE(status.out.find("There is no database yet."), std::string::npos);
}

TEST(QueueCommand, ShowsJobsWithBothTimes) {
    TestNode node;
    CommandLine efface{node};
    node.receive("1");

    const CommandOutcome queue = efface({"queue"});

    EXPECT_EQ(queue.code, kOk);
    EXPECT_EQ(
        queue.out,
        "JOB  STATE     ACCEPTED                 PROJECT  PEER  SOP CLASS         RULE  REASON\n"
        "  1  received  2023-11-14 22:13:20 UTC  demo     ct-1  CT Image Storage\n"
    );
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
    EXPECT_NE(efface({"queue"}).out.find("2023-11-14 23:13:20 +0100 (22:13:20Z)"), std::string::npos);
}

TEST(QueueCommand, PagesUpToItsLimit) {
    TestNode node;
    CommandLine efface{node};
    for (const char* instance : {"1", "2", "3"}) {
        node.receive(instance);
    }

    const CommandOutcome two = efface({"queue", "--limit", "2", "--json"});
    const CommandOutcome all = efface({"queue", "--limit", "0", "--json"});

    EXPECT_EQ(two.json_lines().size(), 2u);
    EXPECT_NE(two.error.find("Only the first 2"), std::string::npos);
    EXPECT_EQ(all.json_lines().size(), 3u);
}

TEST(StudyCommand, SaysIncompleteWithNumbers) {
    TestNode node;
    CommandLine efface{node};
    node.deliver("1");
    node.quarantine("2");

    const CommandOutcome by_original = efface({"study", "show", "1.2.1"});
    const CommandOutcome by_new = efface({"study", "show", "2.25.1000"});
    const CommandOutcome unknown = efface({"study", "show", "1.2.999"});

    EXPECT_EQ(by_original.code, kOk);
    EXPECT_TRUE(by_original.out.starts_with("incomplete: 1 of 2 delivered, new Study Instance UID 2.25.1000\n"
    ));
    EXPECT_NE(by_original.out.find("archive delivered"), std::string::npos);
    EXPECT_EQ(by_original.out, by_new.out);
    EXPECT_EQ(unknown.code, kNegative);
}

TEST(QuarantineCommand, ShowsWhyAndWhatCanBeDone) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1", "no rule matches");

    const CommandOutcome list = efface({"quarantine", "list"});
    const CommandOutcome show = efface({"quarantine", "show", "1"});

    EXPECT_EQ(list.code, kOk);
    EXPECT_NE(list.out.find("COUNT  REASON\n    1  no rule matches\n"), std::string::npos);
    EXPECT_NE(show.out.find("Reason            no rule matches\n"), std::string::npos);
    EXPECT_NE(show.out.find(" quarantine release 1 --rule NAME --reason 'WHY'"), std::string::npos);
    EXPECT_EQ(efface({"quarantine", "show", "1", "--json"}).json_lines().at(0)["next_steps"].empty(), false);
    EXPECT_EQ(efface({"quarantine", "show", "77"}).code, kNegative);
}

TEST(QuarantineCommand, ShowsTheSegmentationOfTheMaskWhereThereIsOne) {
    TestNode node;
    CommandLine efface{node};
    node.clear("1");
    node.masks = true;
    node.clear("2");

    const Json without = efface({"quarantine", "show", "1", "--json"}).json_lines().at(0);
    const Json with = efface({"quarantine", "show", "2", "--json"}).json_lines().at(0);

    EXPECT_TRUE(without["mask_segmentation"].is_null());
    EXPECT_TRUE(without["deliveries"][0]["mask_segmentation"].is_null());
    for (const Json& shown : {with["mask_segmentation"], with["deliveries"][0]["mask_segmentation"]}) {
        EXPECT_EQ(shown["sop_instance_uid"], TestNode::kMaskUid);
        EXPECT_EQ(shown["digest"], to_hex(sha256(TestNode::kMaskUid)));
        EXPECT_EQ(shown["bytes"], 70);
    }
    EXPECT_EQ(efface({"quarantine", "show", "1"}).out.find("Its mask"), std::string::npos);
    EXPECT_NE(
        efface({"quarantine", "show", "2"}).out.find("Its mask          2.25.91, a Segmentation\n"),
        std::string::npos
    );
}

TEST(QuarantineCommand, TheCommandThatItShowsReleasesTheInstance) {
    TestNode node;
    CommandLine efface{node};
    node.quarantine("1", "every attempt failed, the last one: a worker process died");
    node.serve();
    const std::string shown = efface({"quarantine", "show", "1"}).out;
    const std::string directory = node.settings().node.state_directory;

    // As pasted, with WHY for a reason.
    const std::string command = "efface --state " + directory + " quarantine release 1 --reason 'WHY'";
    ASSERT_NE(shown.find("    " + command + "\n"), std::string::npos) << shown;
    const CommandOutcome released = efface({"quarantine", "release", "1", "--reason", "WHY"});

    EXPECT_EQ(released.code, kOk) << released.error;
}

TEST(QuarantineCommand, ChangesNothingWithoutTheDaemon) {
    TestNode node;
    CommandLine efface{node};
    const db::JobId job = node.quarantine("1");

    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"quarantine", "release", "1", "--reason", "x"},
          {"quarantine", "discard", "1", "--reason", "x"},
          {"redeliver", "1", "--reason", "x"},
          {"dest", "hold", "archive", "--reason", "x"},
          {"dest", "release", "archive", "--reason", "x"}}) {
        const CommandOutcome outcome = efface(arguments);
        EXPECT_EQ(outcome.code, kDaemonDown) << arguments[0] << " " << arguments[1];
        EXPECT_TRUE(outcome.error.starts_with("efface: the daemon is not running")) << outcome.error;
        EXPECT_NE(outcome.error.find("Start it with: effaced --state "), std::string::npos);
        EXPECT_EQ(outcome.out, "");
    }
    EXPECT_EQ(node.state_of(job), db::JobState::kQuarantined);
}

TEST(QuarantineCommand, ReleasesAndRefusesThroughTheDaemon) {
    TestNode node;
    CommandLine efface{node};
    const db::JobId job = node.quarantine("1");
    node.deliver("2");
    node.serve();

    const CommandOutcome released =
        efface({"quarantine", "release", "1", "--reason", "seen", "--rule", "header-only"});
    const CommandOutcome refused = efface({"quarantine", "release", "2", "1", "--reason", "seen"});
    const CommandOutcome json = efface({"quarantine", "discard", "2", "--reason", "seen", "--json"});

    EXPECT_EQ(released.code, kOk);
    EXPECT_EQ(released.out, "job 1: released\n");
    EXPECT_EQ(node.state_of(job), db::JobState::kReceived);
    EXPECT_EQ(refused.code, kRefused);
    EXPECT_TRUE(refused.out.starts_with("job 2: refused: "));
    EXPECT_EQ(json.code, kRefused);
    EXPECT_EQ(json.json_lines().at(0)["refused"], 1);
}

TEST(DestinationCommand, HoldsListsAndTests) {
    TestNode node;
    CommandLine efface{node};
    node.serve();

    EXPECT_EQ(efface({"dest", "hold", "archive", "--reason", "full"}).out, "archive is now held\n");
    EXPECT_EQ(efface({"dest", "hold", "archive", "--reason", "full"}).out, "archive was already held\n");
    EXPECT_EQ(efface({"dest", "list", "--json"}).json_lines().at(0)["held"], true);
    EXPECT_EQ(efface({"dest", "hold", "moon", "--reason", "x"}).code, kNegative);
    EXPECT_EQ(efface({"dest", "test", "archive"}).code, kOk);
    EXPECT_FALSE(std::filesystem::exists(node.settings().node.state_directory + "/archive"));
    EXPECT_EQ(efface({"dest", "test", "moon"}).code, kNegative);
}

TEST(PeerCommand, TellsWhatAPeerWouldHear) {
    TestNode node;
    CommandLine efface{node};

    const CommandOutcome accepted =
        efface({"peer", "test", "--calling", "CT1", "--called", "EFFACE", "--address", "127.0.0.1"});
    const CommandOutcome elsewhere =
        efface({"peer", "test", "--calling", "CT1", "--called", "EFFACE", "--address", "192.0.2.7"});
    const CommandOutcome unknown =
        efface({"peer", "test", "--calling", "CT1", "--called", "OTHER", "--address", "::1", "--json"});

    EXPECT_EQ(accepted.code, kOk);
    EXPECT_EQ(accepted.out, "accepted: peer \"any-local\" to project \"demo\"\n");
    EXPECT_EQ(elsewhere.code, kNegative);
    EXPECT_NE(elsewhere.out.find("reason 3"), std::string::npos);
    EXPECT_EQ(unknown.json_lines().at(0)["accepted"], false);
    EXPECT_NE(efface({"peer", "list"}).out.find("any-local"), std::string::npos);
}

}  // namespace
}  // namespace efface::node
