// Goal: a file stands in the tree whole and durable or not at all, and nothing is overwritten.
// Method: fail file operation 0, 1, 2 ... and cut the power after each run.
#include "node/forward/part10_tree.h"

#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <fstream>

namespace efface::node {
namespace {

constexpr std::int64_t kOperationsMax = 100;
const TreeNames kNames{"EFF-ABC", "2.25.1", "2.25.2", "2.25.3"};

Descriptor file_holding(const std::string& directory, const std::string& text) {
    static int count = 0;
    const std::string path = directory + "/input" + std::to_string(count++);
    std::ofstream{path} << text;
    return std::move(*system_environment().files.open_read(path));
}

std::string text_of(const std::string& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(Part10Tree, AFileAppearsWholeOrNotAtAll) {
    for (std::int64_t step = 0; step < kOperationsMax; ++step) {
        SCOPED_TRACE(::testing::Message() << "fail_at=" << step);
        const testing::TemporaryDirectory directory;
        const Descriptor cleaned = file_holding(directory.path(), "cleaned bytes");
        Environment& real = system_environment();
        testing::FaultyFiles files{real.files};
        files.fail_at = step;
        Environment environment{real.clock, real.entropy, files};
        Part10Tree tree{environment, directory.path() + "/archive"};

        const auto placed = tree.place(cleaned, kNames);
        files.power_cut();

        const std::string path = *tree.path_of(kNames);
        if (placed) {
            EXPECT_EQ(text_of(path), "cleaned bytes");
        } else if (std::filesystem::exists(path)) {
            EXPECT_EQ(text_of(path), "cleaned bytes");
        }
        if (!files.fault_fired()) {
            EXPECT_TRUE(placed);
            return;
        }
    }
    FAIL() << "placing takes more file operations than kOperationsMax";
}

TEST(Part10Tree, TheSameBytesAgainAreAlreadyThere) {
    const testing::TemporaryDirectory directory;
    Part10Tree tree{system_environment(), directory.path() + "/archive"};
    const Descriptor cleaned = file_holding(directory.path(), "x");

    EXPECT_EQ(*tree.place(cleaned, kNames), Placed::kWritten);
    EXPECT_EQ(*tree.place(cleaned, kNames), Placed::kAlreadyThere);
}

TEST(Part10Tree, OtherBytesUnderTheSameNameAreRefusedAndTheFirstStay) {
    const testing::TemporaryDirectory directory;
    Part10Tree tree{system_environment(), directory.path() + "/archive"};
    ASSERT_TRUE(tree.place(file_holding(directory.path(), "first"), kNames));

    const auto second = tree.place(file_holding(directory.path(), "other"), kNames);

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::kQuarantine);
    EXPECT_EQ(text_of(*tree.path_of(kNames)), "first");
}

TEST(Part10Tree, NamesThatCouldLeaveTheTreeAreRefused) {
    const testing::TemporaryDirectory directory;
    const Part10Tree tree{system_environment(), directory.path()};

    const std::string too_long(65, 'a');
    for (const std::string_view bad : {"", "..", "a/b", ".hidden", "x\n", "a b", too_long.c_str()}) {
        TreeNames names = kNames;
        names.study_uid = bad;
        EXPECT_FALSE(tree.path_of(names)) << bad;
    }
}

}  // namespace
}  // namespace efface::node
