// What is typed: known and unknown commands, options, help, and the page that documents them.
#include "node/cli/command.h"
#include "tests/unit/node/cli/cli_fixture.h"

#include <fstream>
#include <sstream>

namespace efface::node {
namespace {

using namespace testing;

CommandOutcome run(const std::vector<std::string>& arguments) {
    return run_efface(system_environment(), arguments);
}

std::vector<std::string> words_of(std::string_view name) {
    std::istringstream words{std::string{name}};
    return {std::istream_iterator<std::string>{words}, {}};
}

TEST(CommandLine, HelpListsEveryCommand) {
    const CommandOutcome help = run({"--help"});

    EXPECT_EQ(help.code, 0);
    for (const CommandRow& row : command_table()) {
        const std::string first = words_of(row.name).front();
        EXPECT_NE(help.out.find("  " + first + " "), std::string::npos) << first;
    }
}

TEST(CommandLine, EveryCommandHasHelpWithAnExampleOfItself) {
    for (const CommandRow& row : command_table()) {
        std::vector<std::string> arguments = words_of(row.name);
        arguments.emplace_back("--help");

        const CommandOutcome help = run(arguments);

        EXPECT_EQ(help.code, 0) << row.name;
        EXPECT_NE(help.out.find(row.summary), std::string::npos) << row.name;
        EXPECT_NE(help.out.find("Example:\n  efface"), std::string::npos) << row.name;
        EXPECT_NE(row.example.find(row.name), std::string_view::npos) << row.name;
        EXPECT_NE(help.out.find("Exit codes:"), std::string::npos) << row.name;
        for (const OptionRow& option : row.options) {
            EXPECT_NE(help.out.find(option.name), std::string::npos) << row.name << " " << option.name;
        }
    }
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
    const CommandOutcome outcome = run({"sttus"});
    const CommandOutcome second = run({"--json", "quarantine", "relase", "1"});

    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(
        outcome.error, "efface: there is no command 'sttus', did you mean 'status'?\nTry: efface --help\n"
    );
    EXPECT_EQ(second.code, 2);
    EXPECT_NE(second.error.find("did you mean 'release'?"), std::string::npos);
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
    const std::vector<std::vector<std::string>> wrong{
        {},
        {"quarantine"},
        {"status", "--verbose"},
        {"status", "extra"},
        {"quarantine", "release", "1"},
        {"quarantine", "release", "--reason", "x"},
        {"quarantine", "release", "1", "--reason", "a", "--reason", "b"},
        {"run", "in"},
        {"run", "a", "b", "c"},
        {"--config", "a", "--state", "b", "status"},
    };
    for (const auto& arguments : wrong) {
        const CommandOutcome outcome = run(arguments);
        EXPECT_EQ(outcome.code, 2) << (arguments.empty() ? "" : arguments.back());
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.error, "");
    }
}

TEST(CommandLine, RefusesNumbersAndTimesThatAreNone) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"queue", "--limit", "many"},
          {"quarantine", "show", "-1"},
          {"quarantine", "show", "99999999999999999999"},
          {"audit", "query", "--from", "yesterday"},
          {"audit", "export", "--format", "xml"},
          {"quarantine", "discard", "1", "x", "--reason", "r"},
          {"peer", "test", "--calling", "A", "--called", "B", "--address", "here"}}) {
        TestNode node;
        CommandLine efface{node};
        EXPECT_EQ(efface(arguments).code, 2) << arguments.back();
    }
}

/// `make docs` sets EFFACE_UPDATE_DOCS and so writes the page that this test compares.
TEST(CommandReference, IsThePageInDocs) {
    const std::string path = "docs/cli.md";
    if (std::getenv("EFFACE_UPDATE_DOCS") != nullptr) {
        std::ofstream{path} << command_reference_markdown();
    }
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == command_reference_markdown())
        << "docs/cli.md is not what the command table says: run `make docs`";
}

}  // namespace
}  // namespace efface::node
