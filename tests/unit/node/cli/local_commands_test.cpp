// What needs no node: keys, rules, settings, doctor; and `efface run` as the program itself, with its
// documented fields and exit codes.
#include "rules/matching/rule_set.h"
#include "tests/unit/node/bulk/bulk_fixture.h"
#include "tests/unit/node/cli/cli_fixture.h"

#include <sys/wait.h>

namespace efface::node {
namespace {

using namespace testing;
using efface::testing::TemporaryDirectory;

constexpr int kOk = 0;
constexpr int kNegative = 1;
constexpr int kConfiguration = 3;
constexpr int kRefused = 5;

CommandOutcome run(const std::vector<std::string>& arguments) {
    return run_efface(system_environment(), arguments);
}

std::string write_file(
    const TemporaryDirectory& directory, const std::string& name, const std::string& text
) {
    const std::string path = directory.path() + "/" + name;
    std::ofstream{path} << text;
    return path;
}

/// The program itself: it finds its worker beside it.
CommandOutcome run_program(const std::string& arguments) {
    CommandOutcome outcome;
    std::FILE* pipe = ::popen((std::string{EFFACE_PROGRAM} + " " + arguments).c_str(), "r");
    std::array<char, 4096> chunk{};
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        outcome.out.append(chunk.data(), got);
    }
    const int status = ::pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

TEST(RulesCommand, ImportsACtpScriptThatTheRuleFileTakes) {
    const TemporaryDirectory directory;
    const std::string script = write_file(
        directory, "pixels.script",
        "Ours\n{ Modality.equals(\"US\") } (0,0,64,8)\n{ Rows.isLessThan(\"9\") } (0,0,8,8)\n"
    );

    const CommandOutcome some = run({"rules", "import-ctp-pixels", script});
    const CommandOutcome shown = run({"rules", "import-ctp-pixels", script, "--json"});
    const std::string rules =
        write_file(directory, "rules.toml", std::string{rules::built_in_rules()} + "\n" + some.out);

    EXPECT_EQ(some.code, kNegative) << "one section was left out";
    EXPECT_NE(some.error.find("pixels.script:3: not imported: the method 'isLessThan'"), std::string::npos)
        << some.error;
    EXPECT_EQ(shown.json_lines().at(0)["devices"], 1);
    EXPECT_EQ(shown.json_lines().at(0)["not_imported"].at(0)["line"], 3);
    EXPECT_EQ(run({"rules", "check", rules}).code, kOk);
    const CommandOutcome listed = run({"rules", "list", "--rules", rules, "--json"});
    EXPECT_EQ(listed.json_lines().at(0)["devices"].at(0)["blacken"], Json::parse("[[0, 0, 64, 8]]"));
    EXPECT_EQ(run({"rules", "import-ctp-pixels", "/nonexistent"}).code, kConfiguration);
}

TEST(KeyCommand, MakesEveryConfiguredKeyOnce) {
    const TemporaryDirectory directory;
    const std::vector<std::string> state{"--state", directory.path() + "/state"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), state.begin(), state.end());
        return run(more);
    };

    const CommandOutcome made = with({"key", "new", "--json"});
    const CommandOutcome again = with({"key", "new"});
    const CommandOutcome named = with({"key", "fingerprint", "--json"});

    EXPECT_EQ(made.code, kOk);
    ASSERT_EQ(made.json_lines().size(), 2u);
    EXPECT_EQ(again.out, "");
    EXPECT_EQ(named.json_lines().at(0)["fingerprint"], made.json_lines().at(0)["fingerprint"]);
    EXPECT_EQ(with({"key", "new", directory.path() + "/state/keys/demo.key"}).code, kRefused);
}

TEST(KeyCommand, PrintsNoKey) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/one.key";

    const CommandOutcome made = run({"key", "new", path});

    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const std::string hex = text.substr(text.find(' ') + 1, 64);
    EXPECT_EQ((made.out + made.error).find(hex.substr(0, 16)), std::string::npos);
}

TEST(KeyCommand, RefusesOneThatIsOpenToOthers) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/one.key";
    ASSERT_EQ(run({"key", "new", path}).code, kOk);
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);

    EXPECT_EQ(run({"key", "fingerprint", path}).code, kConfiguration);
}

TEST(RulesCommand, ChecksAFileAndNamesTheLine) {
    const TemporaryDirectory directory;
    const std::string right = write_file(directory, "right.toml", std::string{kHeaderOnlyRules});
    const std::string wrong = write_file(
        directory, "wrong.toml", "[[rule]]\nname = \"a\"\npixel_polcy = \"x\"\ndestinations = [\"archive\"]\n"
    );

    const CommandOutcome good = run({"rules", "check", right});
    const CommandOutcome bad = run({"rules", "check", wrong});

    EXPECT_EQ(good.code, kOk);
    EXPECT_NE(
        good.out.find(": right, 1 rules, digest " + to_hex(sha256(kHeaderOnlyRules))), std::string::npos
    );
    EXPECT_EQ(bad.code, kNegative);
    EXPECT_TRUE(bad.out.starts_with(wrong + ":3:1: ")) << bad.out;
    EXPECT_EQ(run({"rules", "check", "/nonexistent.toml"}).code, kNegative);
}

TEST(RulesCommand, ItsExampleIsTheBuiltInRules) {
    const TemporaryDirectory directory;
    const CommandOutcome example = run({"rules", "example"});
    const std::string path = write_file(directory, "copy.toml", example.out);

    EXPECT_EQ(example.code, kOk);
    EXPECT_EQ(example.out, rules::built_in_rules());
    EXPECT_EQ(run({"rules", "check", path}).code, kOk);
}

TEST(RulesCommand, ListsRulesInTheirOrder) {
    const TemporaryDirectory directory;
    const std::string state = directory.path();

    const CommandOutcome built_in = run({"--state", state, "rules", "list", "--json"});

    ASSERT_EQ(built_in.code, kOk);
    const Json file = built_in.json_lines().at(0);
    EXPECT_EQ(file["project"], "demo");
    EXPECT_EQ(file["changed_since_start"], false);
    EXPECT_GT(file["rules"].size(), 1u);
}

TEST(RulesCommand, NoticesRulesThatChangedSinceTheStart) {
    TestNode node;
    CommandLine efface{node};
    node.serve();

    EXPECT_EQ(efface({"rules", "list", "--json"}).json_lines().at(0)["changed_since_start"], true);
}

TEST(ConfigCommand, ItsExampleIsRightOnceItsFilesAreThere) {
    const TemporaryDirectory directory;
    const std::string path = write_file(directory, "efface.toml", run({"config", "example"}).out);

    const CommandOutcome checked = run({"config", "check", path});

    // The example names key files that nobody made here: that, and nothing else, is wrong.
    EXPECT_EQ(checked.code, kConfiguration);
    EXPECT_NE(checked.out.find("key"), std::string::npos);
    EXPECT_EQ(run({"config", "check"}).code, 2);
}

TEST(ConfigCommand, NamesLineAndColumn) {
    const TemporaryDirectory directory;
    const std::string path = write_file(directory, "efface.toml", "[node]\nstate_directry = \"/tmp/x\"\n");

    const CommandOutcome checked = run({"config", "check", path});

    EXPECT_EQ(checked.code, kConfiguration);
    EXPECT_NE(checked.out.find(path + ":2:1: "), std::string::npos) << checked.out;
    EXPECT_EQ(run({"--config", path, "status"}).code, kConfiguration);
}

TEST(DoctorCommand, FindsWhatIsWrong) {
    TestNode node;
    CommandLine efface{node};

    const CommandOutcome found = efface({"doctor", "--json"});

    EXPECT_EQ(found.code, kNegative);  // No project key.
    std::map<std::string, std::string> health;
    const Json rows = found.json_lines().at(0);
    for (const Json& row : rows) {
        health[row["what"]] = row["health"];
    }
    EXPECT_EQ(health.at("key of demo"), "wrong");
    EXPECT_EQ(health.at("audit key"), "ok");
    EXPECT_EQ(health.at("rules of demo"), "ok");
    EXPECT_EQ(health.at("database"), "ok");
    EXPECT_EQ(health.at("audit"), "ok");
    EXPECT_EQ(health.at("state directory"), "ok");
    EXPECT_EQ(health.at("daemon"), "warning");
}

class RunProgram : public ::testing::Test {
protected:
    BulkFolder folder_;
    const std::string state_ = "--state " + folder_.path("state") + " ";

    std::string rules() const {
        std::ofstream{folder_.path("rules.toml")} << kHeaderOnlyRules;
        return " --rules " + folder_.path("rules.toml");
    }

    CommandOutcome run_folder(const std::string& more) const {
        return run_program(state_ + "run " + folder_.in() + " " + folder_.out() + more + " 2>/dev/null");
    }
};

TEST_F(RunProgram, PrintsOneObjectALineWithTheDocumentedFields) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));
    folder_.put("notes.txt", "x");

    const CommandOutcome outcome = run_folder(rules() + " --json");

    EXPECT_EQ(outcome.code, kOk);
    auto lines = outcome.json_lines();
    ASSERT_EQ(lines.size(), 2u);
    std::sort(lines.begin(), lines.end(), [](const Json& a, const Json& b) { return a["out"] < b["out"]; });
    std::vector<std::string> keys;
    for (const auto& [key, value] : lines[1].items()) {
        keys.push_back(key);
    }
    EXPECT_EQ(keys, (std::vector<std::string>{"in", "outcome", "out", "reason", "rule", "actions"}));
    EXPECT_EQ(lines[1]["outcome"], "cleaned");
    EXPECT_EQ(lines[1]["rule"], "everything");
    EXPECT_TRUE(std::filesystem::exists(lines[1]["out"].get<std::string>()));
    EXPECT_GT(lines[1]["actions"]["U"], 0);
    EXPECT_EQ(lines[0]["outcome"], "refused");
    EXPECT_EQ(lines[0]["out"], nullptr);
    EXPECT_EQ(lines[0]["reason"], "not a DICOM file");
}

TEST_F(RunProgram, MakesItsKeysOnFirstUseAndKeepsThem) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));
    ASSERT_EQ(run_folder(rules()).code, kOk);
    const std::string key = read_file(folder_.path("state/keys/demo.key"));
    const auto first = folder_.written();

    ASSERT_EQ(run_folder(rules()).code, kOk);

    EXPECT_EQ(read_file(folder_.path("state/keys/demo.key")), key);
    EXPECT_EQ(folder_.written(), first);
    EXPECT_TRUE(std::filesystem::exists(folder_.out() + ".audit/audit.sqlite"));
    EXPECT_EQ(
        run_program(state_ + "audit verify --database " + folder_.out() + ".audit/audit.sqlite").code, kOk
    );
}

TEST_F(RunProgram, SummarisesForPeopleAndEndsWithOneWhenSomethingWasHeld) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome outcome = run_folder("");

    EXPECT_EQ(outcome.code, kNegative);
    EXPECT_NE(outcome.out.find("quarantined  " + folder_.in() + "/one  pixels may show"), std::string::npos);
    EXPECT_NE(outcome.out.find("1  quarantined\n"), std::string::npos);
    EXPECT_TRUE(folder_.written().empty());
}

TEST_F(RunProgram, RefusesFoldersThatOverlapBeforeItMakesAnything) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome inside = run_program(
        "--state " + folder_.in() + "/state run " + folder_.in() + " " + folder_.out() + " 2>/dev/null"
    );
    const CommandOutcome same =
        run_program(state_ + "run " + folder_.in() + " " + folder_.in() + "/out 2>/dev/null");

    EXPECT_EQ(inside.code, kRefused);
    EXPECT_EQ(same.code, kRefused);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.in()}, {}), 1);
}

TEST_F(RunProgram, NeverReplacesAKeyThatWasNamed) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    EXPECT_EQ(run_folder(" --key " + folder_.path("missing.key")).code, kConfiguration);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("missing.key")));
}

TEST_F(RunProgram, ExplainsAFileWithoutItsValues) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome cleaned =
        run_program(state_ + "rules explain " + folder_.in() + "/one" + rules() + " --json");
    const CommandOutcome held = run_program(state_ + "rules explain " + folder_.in() + "/one");

    EXPECT_EQ(cleaned.code, kOk);
    EXPECT_EQ(cleaned.json_lines().at(0)["rule"], "everything");
    EXPECT_EQ(held.code, kNegative);
    EXPECT_NE(held.out.find("PatientName"), std::string::npos);
    for (const std::string& text : {cleaned.out, held.out}) {
        EXPECT_EQ(text.find("Mustermann"), std::string::npos);
        EXPECT_EQ(text.find(kPatientId), std::string::npos);
        EXPECT_EQ(text.find("1.2.3.4.5"), std::string::npos);
    }
}

}  // namespace
}  // namespace efface::node
