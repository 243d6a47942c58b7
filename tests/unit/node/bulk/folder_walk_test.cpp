// The walk: everything below a folder, nothing beside it.
#include "node/bulk/folder_walk.h"

#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>

namespace efface::node {
namespace {

using efface::testing::TemporaryDirectory;
using Kind = FoundFile::Kind;

std::multiset<std::pair<std::string, Kind>> walk_all(const std::string& path) {
    std::multiset<std::pair<std::string, Kind>> found;
    auto walk = FolderWalk::open(path);
    EXPECT_TRUE(walk);
    while (auto file = walk->next()) {
        found.emplace(file->path.substr(path.size()), file->kind);
    }
    return found;
}

TEST(FolderWalk, TellsFilesFromLinksAndOthers) {
    const TemporaryDirectory directory;
    const std::string root = directory.path();
    std::filesystem::create_directories(root + "/a/b");
    std::ofstream{root + "/a/b/file"} << "x";
    std::filesystem::create_symlink("/etc/passwd", root + "/a/link");
    std::filesystem::create_directory_symlink("..", root + "/a/loop");
    ASSERT_EQ(::mkfifo((root + "/pipe").c_str(), 0600), 0);

    const auto found = walk_all(root);

    const std::multiset<std::pair<std::string, Kind>> expected{
        {"/a/b/file", Kind::kFile},
        {"/a/link", Kind::kLink},
        {"/a/loop", Kind::kLink},
        {"/pipe", Kind::kOther}};
    EXPECT_EQ(found, expected);
}

TEST(FolderWalk, GoesNoDeeperThanItsCap) {
    const TemporaryDirectory directory;
    std::string deep = directory.path();
    for (std::size_t i = 0; i < kFolderDepthMax + 5; ++i) {
        deep += "/d";
    }
    std::filesystem::create_directories(deep);
    std::ofstream{deep + "/file"} << "x";

    auto walk = FolderWalk::open(directory.path());
    ASSERT_TRUE(walk);
    const auto found = walk->next();

    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Kind::kTooDeep);
    EXPECT_FALSE(walk->next());
}

TEST(FolderWalk, SaysWhatCannotBeOpened) {
    EXPECT_FALSE(FolderWalk::open("/nonexistent/folder"));
}

TEST(LiesWithin, SeesThroughLinksDotsAndWhatIsNotThereYet) {
    const TemporaryDirectory directory;
    const std::string root = directory.path();
    std::filesystem::create_directories(root + "/in/sub");
    std::filesystem::create_directories(root + "/in2");
    std::filesystem::create_directory_symlink(root + "/in/sub", root + "/link");

    EXPECT_TRUE(lies_within(root + "/in", root + "/in"));
    EXPECT_TRUE(lies_within(root + "/in/sub/new/er", root + "/in"));
    EXPECT_TRUE(lies_within(root + "/link/new", root + "/in"));
    EXPECT_TRUE(lies_within(root + "/in2/../in/x", root + "/in"));
    EXPECT_FALSE(lies_within(root + "/in2", root + "/in"));
    EXPECT_FALSE(lies_within(root + "/in", root + "/in/sub"));
    EXPECT_FALSE(lies_within(root + "/new", root + "/in"));
}

}  // namespace
}  // namespace efface::node
