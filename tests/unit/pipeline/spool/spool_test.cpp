// Goal: what the spool says is durable survives a power cut, and nothing half-received is ever
// listed. Method: fail file operation 0, then 1, then 2 ... until a run ends before the fault, and
// cut the power after each run.
#include "pipeline/spool/spool.h"

#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <set>
#include <unistd.h>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kOperationsMax = 100;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text});
}

Status receive_one(Environment& environment, const std::string& directory) {
    EFFACE_TRY(Spool spool, Spool::open(environment, directory));
    EFFACE_TRY(SpoolFile file, spool.begin_original());
    EFFACE_CHECK(spool.append(file, bytes_of("half ")));
    EFFACE_CHECK(spool.append(file, bytes_of("whole")));
    EFFACE_CHECK(spool.publish(file));
    return environment.files.sync_directory(spool.original_directory(file.name));
}

TEST(Spool, SuccessMeansTheFileSurvivesAPowerCut) {
    for (std::int64_t step = 0; step < kOperationsMax; ++step) {
        SCOPED_TRACE(::testing::Message() << "fail_at=" << step);
        const testing::TemporaryDirectory directory;
        Environment& real = system_environment();
        testing::FaultyFiles files{real.files};
        files.fail_at = step;
        Environment environment{real.clock, real.entropy, files};

        const Status received = receive_one(environment, directory.path());
        files.power_cut();

        auto spool = Spool::open(real, directory.path());
        ASSERT_TRUE(spool);
        const auto names = spool->list_originals();
        ASSERT_TRUE(names);
        if (received) {
            ASSERT_EQ(names->size(), 1U);
            const auto file = spool->open_original(names->front());
            std::array<char, 16> text{};
            ASSERT_EQ(::read(file->get(), text.data(), text.size()), 10);
            EXPECT_EQ(std::string_view(text.data(), 10), "half whole");
        }
        if (!files.fault_fired()) {
            EXPECT_TRUE(received);
            return;
        }
    }
    FAIL() << "receiving takes more file operations than kOperationsMax";
}

TEST(Spool, AnUnpublishedOriginalIsNeverListed) {
    const testing::TemporaryDirectory directory;
    auto spool = Spool::open(system_environment(), directory.path());
    ASSERT_TRUE(spool);

    auto file = spool->begin_original();
    ASSERT_TRUE(file);
    ASSERT_TRUE(spool->append(*file, bytes_of("x")));
    spool->abandon(std::move(*file));

    EXPECT_TRUE(spool->list_originals()->empty());
}

TEST(Spool, PartFilesOfACrashAreRemovedAtStart) {
    const testing::TemporaryDirectory directory;
    ASSERT_TRUE(Spool::open(system_environment(), directory.path()));
    const std::string part = original_path(directory.path(), std::string(32, 'a')) + ".part";
    ASSERT_TRUE(system_environment().files.make_directory(std::filesystem::path{part}.parent_path()));
    ASSERT_TRUE(system_environment().files.create(part));

    ASSERT_TRUE(Spool::open(system_environment(), directory.path()));

    EXPECT_FALSE(std::filesystem::exists(part));
}

TEST(Spool, AnOutputWithoutANameIsAbsentAndNoBug) {
    testing::TemporaryDirectory directory;
    Spool spool = *Spool::open(system_environment(), directory.path());

    EXPECT_FALSE(spool.open_output(""));
    EXPECT_FALSE(spool.open_output("../originals/0123456789abcdef0123456789abcdef"));
}

TEST(Spool, AnOriginalIsThereOnlyInItsFullLength) {
    testing::TemporaryDirectory directory;
    Spool spool = *Spool::open(system_environment(), directory.path());
    SpoolFile file = *spool.begin_original();
    ASSERT_TRUE(spool.append(file, std::vector<std::byte>(10)));
    ASSERT_TRUE(spool.publish(file));

    EXPECT_TRUE(*spool.has_original(file.name, 10));
    EXPECT_FALSE(*spool.has_original(file.name, 11));
    ASSERT_TRUE(spool.remove_original(file.name));
    EXPECT_FALSE(*spool.has_original(file.name, 10));
}

TEST(Spool, ManyOriginalsShareAShelfUntilItIsFull) {
    testing::TemporaryDirectory directory;
    Spool spool = *Spool::open(system_environment(), directory.path());
    std::set<std::string> shelves;
    for (std::size_t i = 0; i < Shelves::kFilesPerShelf; ++i) {
        shelves.insert(spool.original_directory(spool.begin_original()->name));
    }
    EXPECT_EQ(shelves.size(), 1U);
}

TEST(Spool, AShelfGoesWithItsLastOriginal) {
    testing::TemporaryDirectory directory;
    const std::string shelf = [&] {
        Spool spool = *Spool::open(system_environment(), directory.path());
        SpoolFile file = *spool.begin_original();
        EXPECT_TRUE(spool.publish(file));
        return spool.original_directory(file.name);
    }();
    Spool spool = *Spool::open(system_environment(), directory.path());
    const std::vector<std::string> names = *spool.list_originals();
    ASSERT_EQ(names.size(), 1U);

    ASSERT_TRUE(spool.drop_empty_shelves(names));
    EXPECT_TRUE(std::filesystem::exists(shelf)) << "it holds a file";
    ASSERT_TRUE(spool.remove_original(names.front()));
    ASSERT_TRUE(spool.drop_empty_shelves(names));
    EXPECT_FALSE(std::filesystem::exists(shelf));
}

TEST(Spool, AnOriginalIsPublishedThoughItsShelfWentMeanwhile) {
    testing::TemporaryDirectory directory;
    Spool spool = *Spool::open(system_environment(), directory.path());
    SpoolFile file = *spool.begin_original();
    if (!file.unnamed) {
        GTEST_SKIP() << "this file system has no O_TMPFILE: an original's part file keeps its shelf";
    }
    ASSERT_TRUE(std::filesystem::remove(spool.original_directory(file.name)));

    EXPECT_TRUE(spool.publish(file));
    EXPECT_TRUE(*spool.has_original(file.name, 0));
}

TEST(Spool, EmptyShelvesOfACrashAreRemovedAtStart) {
    testing::TemporaryDirectory directory;
    const std::string shelf = directory.path() + "/originals/0a1b";
    ASSERT_TRUE(system_environment().files.make_directory(shelf));

    ASSERT_TRUE(Spool::open(system_environment(), directory.path()));

    EXPECT_FALSE(std::filesystem::exists(shelf));
}

TEST(Spool, OnlyItsOwnNamesAreSpoolNames) {
    EXPECT_TRUE(is_spool_name("0123456789abcdef0123456789abcdef"));
    EXPECT_FALSE(is_spool_name("../../../../etc/passwd"));
    EXPECT_FALSE(is_spool_name("0123456789ABCDEF0123456789abcdef"));
    EXPECT_FALSE(is_spool_name(""));
}

}  // namespace
}  // namespace efface::pipeline
