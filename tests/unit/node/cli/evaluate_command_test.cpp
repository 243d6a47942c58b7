// `efface evaluate` where no network is needed: what is wrong is said before anything is filled, and readers'
// sheets are scored.
#include "pipeline/evaluate/reader_kit.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/node/cli/cli_fixture.h"

#include <gmock/gmock.h>

namespace efface::node {
namespace {

using namespace testing;
using ::testing::HasSubstr;

constexpr int kUsage = 2;
constexpr int kConfiguration = 3;
constexpr int kRefused = 5;

class EvaluateCommand : public ::testing::Test {
protected:
    efface::testing::TemporaryDirectory folder_;

    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path(name), std::ios::binary} << text;
    }

    CommandOutcome evaluate(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--state", path("state"), "evaluate"});
        return run_efface(system_environment(), arguments);
    }

    std::vector<pipeline::ReaderPair> make_kit() const {
        std::vector<pipeline::ReaderCase> cases;
        for (int i = 0; i < 24; ++i) {
            cases.push_back({"c" + std::to_string(i), i % 2 == 0 ? "ct" : "mr", "box"});
        }
        const auto pairs = pipeline::shuffled_pairs(cases, 5);
        write("key.json", dump_json(pipeline::reader_key_json(pairs, 5)));
        return pairs;
    }
};

TEST_F(EvaluateCommand, WantsAFolderOrSheetsAndNotBoth) {
    EXPECT_EQ(evaluate({}).code, kUsage);
    EXPECT_EQ(evaluate({folder_.path(), "--score", "x", "--key", "y"}).code, kUsage);
    EXPECT_EQ(evaluate({folder_.path(), "--seed", "one", "--generator", "x"}).code, kUsage);
}

TEST_F(EvaluateCommand, WantsAGenerator) {
    const CommandOutcome none = evaluate({folder_.path()});
    EXPECT_EQ(none.code, kConfiguration);
    EXPECT_THAT(none.error, HasSubstr("--generator"));

    EXPECT_EQ(evaluate({folder_.path(), "--generator", path("none.pt")}).code, kConfiguration);
}

TEST_F(EvaluateCommand, NamesTheLineThatIsWrongBeforeAnythingIsMade) {
    write("g.pt", "no network");
    write("cases.ndjson", "\n{\"name\":\"a\"}\n");

    const CommandOutcome outcome =
        evaluate({folder_.path(), "--generator", path("g.pt"), "--grid", path("grid.png")});

    EXPECT_EQ(outcome.code, kUsage);
    EXPECT_THAT(outcome.error, HasSubstr("cases.ndjson"));
    EXPECT_THAT(outcome.error, HasSubstr("line (2)"));
    EXPECT_FALSE(std::filesystem::exists(path("grid.png")));
}

TEST_F(EvaluateCommand, WritesNothingOverWhatStandsThere) {
    write("g.pt", "no network");
    write(
        "cases.ndjson",
        R"({"name":"a","kind":"ct","occlusion":"box","truth":"t.png","mask":"m.png","bits":16})"
    );
    write("there", "mine");
    for (const std::string option : {"--grid", "--cases-json", "--reader-kit"}) {
        const CommandOutcome outcome =
            evaluate({folder_.path(), "--generator", path("g.pt"), option, path("there")});
        EXPECT_EQ(outcome.code, kRefused) << option;
        EXPECT_THAT(outcome.error, HasSubstr("there")) << option;
    }
    std::string text;
    std::ifstream{path("there")} >> text;
    EXPECT_EQ(text, "mine");
}

TEST_F(EvaluateCommand, ScoresSheetsAndHowFarReadersAgree) {
    const auto pairs = make_kit();
    std::string first = "pair,choice,structure,texture,grey\n";
    std::string second = first;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const std::string filled{pairs[i].truth == 'a' ? 'b' : 'a'};
        const std::string grade = std::to_string(1 + i % 5);
        first += pairs[i].pair + "," + filled + "," + grade + ",3,4\n";
        second +=
            pairs[i].pair + "," + (i < 6 ? std::string{pairs[i].truth} : filled) + "," + grade + ",2,4\n";
    }
    write("first.csv", first);
    write("second.csv", second);

    const CommandOutcome outcome = evaluate(
        {"--score", path("first.csv"), "--score", path("second.csv"), "--key", path("key.json"), "--json"}
    );

    ASSERT_EQ(outcome.code, 0) << outcome.error;
    const auto lines = outcome.json_lines();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0]["all"]["right"], 24);
    EXPECT_EQ(lines[1]["all"]["right"], 18);
    EXPECT_EQ(lines[1]["kinds"]["mr"]["answered"], 12);
    EXPECT_NEAR(lines[1]["all"]["low"].get<double>(), 0.5510, 1e-3);  // Wilson of 18 in 24.
    EXPECT_EQ(lines[2]["structure.kappa"], 1.0);
    EXPECT_EQ(lines[2]["structure.n"], 18);

    const CommandOutcome table = evaluate({"--score", path("second.csv"), "--key", path("key.json")});
    EXPECT_THAT(table.out, HasSubstr("| all | 24 | 75.0 | 55.1 to 88.0 |"));
}

TEST_F(EvaluateCommand, RefusesASheetByItsLineAndAKeyThatIsNone) {
    make_kit();
    write("bad.csv", "pair,choice,structure,texture,grey\n0001,a,1,2,3\n0002,x,1,2,3\n");

    const CommandOutcome outcome = evaluate({"--score", path("bad.csv"), "--key", path("key.json")});

    EXPECT_EQ(outcome.code, kUsage);
    EXPECT_THAT(outcome.error, HasSubstr("line (3)"));
    EXPECT_EQ(evaluate({"--score", path("bad.csv")}).code, kUsage);
    EXPECT_EQ(evaluate({"--score", path("bad.csv"), "--key", path("bad.csv")}).code, kUsage);
    EXPECT_EQ(evaluate({"--score", path("none.csv"), "--key", path("key.json")}).code, kUsage);
}

}  // namespace
}  // namespace efface::node
