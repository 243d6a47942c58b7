// Goal: docs/ says what the code does. Method: print again what was printed from tables and compare, and
// look for every path of the tree, every test and every page that a page names.
//   EFFACE_UPDATE_DOCS=1 docs_test    writes the printed parts anew
#include "tests/unit/docs/generated_blocks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace efface {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot{EFFACE_SOURCE_DIR};

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<fs::path> pages() {
    std::vector<fs::path> found{kRoot / "README.md"};
    for (const auto& entry : fs::recursive_directory_iterator{kRoot / "docs"}) {
        if (entry.path().extension() == ".md") {
            found.push_back(entry.path());
        }
    }
    return found;
}

/// What stands between two backquotes on one line, outside of fenced code.
std::vector<std::string> quoted_words(const std::string& text) {
    std::vector<std::string> words;
    bool fenced = false;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            fenced = !fenced;
            continue;
        }
        std::size_t open = fenced ? std::string::npos : line.find('`');
        while (open != std::string::npos) {
            const std::size_t close = line.find('`', open + 1);
            if (close == std::string::npos) {
                break;
            }
            words.push_back(line.substr(open + 1, close - open - 1));
            open = line.find('`', close + 1);
        }
    }
    return words;
}

/// `rules/profile/`, `db/jobs/state.h`, `pipeline/gate`: begins with a folder of the tree and holds no blank.
bool is_path_of_the_tree(const std::string& word) {
    static const std::set<std::string> kTops{"config", "rules", "db",   "pipeline",
                                             "node",   "tests", "docs", "scripts"};
    const std::size_t slash = word.find('/');
    return slash != std::string::npos && kTops.contains(word.substr(0, slash)) &&
           word.find_first_of(" <>*{}$") == std::string::npos && word.find("NNN") == std::string::npos;
}

/// Every TEST(Suite, Name) as "Suite.Name", and every "def test_name" of the Python tests as "test_name".
std::set<std::string> all_tests() {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator{kRoot / "tests"}) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".cpp" && extension != ".py") {
            continue;
        }
        const std::string text = read_file(entry.path());
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) {
            const std::size_t open = line.find('(');
            if (line.starts_with("TEST") && open != std::string::npos) {
                const std::size_t comma = line.find(',', open);
                const std::size_t name = line.find_first_not_of(' ', comma + 1);
                names.insert(
                    line.substr(open + 1, comma - open - 1) + "." + line.substr(name, line.find(')') - name)
                );
            } else if (line.starts_with("def test_")) {
                names.insert(line.substr(4, open - 4));
            }
        }
    }
    return names;
}

/// `Suite.Name` of two words that begin with capitals, or `test_name`.
bool is_test_name(const std::string& word) {
    if (word.starts_with("test_")) {
        return word.find_first_of(" ./") == std::string::npos;
    }
    const std::size_t dot = word.find('.');
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return dot != std::string::npos && dot + 1 < word.size() && capital(word.front()) &&
           capital(word[dot + 1]) && word.find_first_of(" /`", 0) == std::string::npos &&
           word.find('.', dot + 1) == std::string::npos;
}

TEST(Docs, GeneratedPartsAreWhatTheCodeSays) {
    const bool update = std::getenv("EFFACE_UPDATE_DOCS") != nullptr;
    for (const GeneratedBlock& block : generated_blocks()) {
        SCOPED_TRACE(std::string{block.page} + ": " + std::string{block.name});
        const fs::path path = kRoot / "docs" / block.page;
        std::string page = read_file(path);
        const std::string begin = "<!-- generated: " + std::string{block.name} + " -->\n";
        const std::string end = "<!-- end of " + std::string{block.name} + " -->\n";
        const std::size_t from = page.find(begin);
        const std::size_t to = page.find(end);
        ASSERT_NE(from, std::string::npos) << "the page has no such part";
        ASSERT_NE(to, std::string::npos) << "the part has no end";
        const std::size_t text_from = from + begin.size();
        if (update) {
            page.replace(text_from, to - text_from, block.text());
            std::ofstream{path, std::ios::binary} << page;
            continue;
        }
        EXPECT_EQ(page.substr(text_from, to - text_from), block.text())
            << "print it anew with: EFFACE_UPDATE_DOCS=1 build/tests/docs_test";
    }
}

TEST(Docs, NameOnlyPathsThatAreThere) {
    for (const fs::path& page : pages()) {
        for (const std::string& word : quoted_words(read_file(page))) {
            if (is_path_of_the_tree(word)) {
                EXPECT_TRUE(fs::exists(kRoot / word)) << page.filename() << " names " << word;
            }
        }
    }
}

TEST(Docs, NameOnlyTestsThatAreThere) {
    const std::set<std::string> tests = all_tests();
    ASSERT_GT(tests.size(), 300U);
    std::size_t named = 0;
    for (const fs::path& page : pages()) {
        for (const std::string& word : quoted_words(read_file(page))) {
            if (is_test_name(word)) {
                ++named;
                EXPECT_TRUE(tests.contains(word)) << page.filename() << " names " << word;
            }
        }
    }
    EXPECT_GT(named, 20U) << "the promises stand in docs/architecture.md with the tests that hold them";
}

TEST(Docs, LinksLeadToFilesThatAreThere) {
    for (const fs::path& page : pages()) {
        const std::string text = read_file(page);
        for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 2)) {
            std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
            target = target.substr(0, target.find('#'));
            if (!target.empty() && target.find("://") == std::string::npos) {
                EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page.filename() << " -> " << target;
            }
        }
    }
}

}  // namespace
}  // namespace efface
