// What needs no node: keys, rules, settings, doctor.
#include "rules/matching/rule_set.h"
#include "tests/unit/node/bulk/bulk_fixture.h"
#include "tests/unit/node/cli/cli_fixture.h"

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

TEST(ConfigCommand, TakesARuleThatAsksForASegmentation) {
    const TemporaryDirectory directory;
    const std::string key = directory.path() + "/trial.key";
    ASSERT_EQ(run({"key", "new", key}).code, kOk);
    const std::string rules = write_file(
        directory, "rules.toml",
        std::string{kHeaderOnlyRules} + "[rule.pixels]\nblacken = [[0, 0, 8, 8]]\nmask_segmentation = true\n"
    );
    const std::string settings = write_file(
        directory, "efface.toml",
        "node = { state_directory = \"" + directory.path() + "\" }\naudit = { key_file = \"" + key +
            "\" }\nproject = [{ name = \"trial\", " + "called_aes = [\"EFFACE\"], key_file = \"" + key +
            "\", rules_file = \"" + rules +
            "\" }]\npeer = [{ name = \"ct1\", calling_ae = \"CT1\", addresses = [\"10.1.0.0/16\"] "
            "}]\n[[destination]]\nname = \"archive\"\nkind = \"folder\"\npath = \"" +
            directory.path() + "/archive\"\n"
    );

    const CommandOutcome checked = run({"config", "check", settings});
    const CommandOutcome doctor = run({"--config", settings, "doctor", "--json"});

    EXPECT_EQ(checked.code, kOk) << checked.out;
    EXPECT_EQ(doctor.out.find("mask_segmentation"), std::string::npos) << doctor.out;
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

}  // namespace
}  // namespace efface::node
