// Goal: of the real files, the gate passes what the cleaner cleaned, and holds the rest for a reason.
// Method: each file of EFFACE_SHARED/dicom cleaned under a header-only rule, then judged.
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace efface::testing {
namespace {

std::filesystem::path shared_folder() {
    const char* given = std::getenv("EFFACE_SHARED");
    return given != nullptr ? given : "../shared";
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(RealFiles, ThatAreCleanedPassOrAreHeldForAReason) {
    const std::filesystem::path folder = shared_folder() / "dicom";
    if (!std::filesystem::is_directory(folder)) {
        GTEST_SKIP() << "no EFFACE_SHARED/dicom: the real files are not here";
    }
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    std::map<std::string, std::vector<std::string>> held;
    std::size_t passed = 0;
    std::size_t cleaned_count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file()) {
            continue;
        }
        const std::string original = read_file(entry.path());
        const pipeline::WorkOrder order = order_for(original);
        const Cleaned cleaned = clean(original, rules, order);
        if (cleaned.report.outcome != pipeline::CleanReport::Outcome::kCleaned) {
            continue;
        }
        ++cleaned_count;
        const auto report = judge(original, cleaned.written, *rules.find(cleaned.report.rule), order);
        if (std::getenv("EFFACE_DUMP") != nullptr) {
            std::ofstream{
                std::string{std::getenv("EFFACE_DUMP")} + "/" + entry.path().filename().string(),
                std::ios::binary}
                << cleaned.written;
        }
        if (report.passed) {
            ++passed;
        } else {
            held[report.reason].push_back(entry.path().filename().string());
        }
    }
    std::printf("cleaned %zu passed %zu\n", cleaned_count, passed);
    for (const auto& [reason, names] : held) {
        std::printf("%s\n", reason.c_str());
        for (const std::string& name : names) {
            std::printf("    %s\n", name.c_str());
        }
    }
}

}  // namespace
}  // namespace efface::testing
