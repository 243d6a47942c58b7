// Times as people write them, and key files that are never overwritten and closed to others.
#include "node/control/key_file.h"
#include "node/control/time_text.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace efface::node {
namespace {

constexpr UnixMicros kPoint = 1'767'323'045'678'901;  // 2026-01-02T03:04:05.678901Z

TEST(TimeText, ReadsBackToTheSamePoint) {
    EXPECT_EQ(iso_text(kPoint), "2026-01-02T03:04:05.678901Z");
    EXPECT_EQ(parse_time(iso_text(kPoint)), kPoint);
    EXPECT_EQ(iso_text(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeText, TakesZonesAndParts) {
    EXPECT_EQ(parse_time("2026-01-02T04:04:05.678901+01:00"), kPoint);
    EXPECT_EQ(parse_time("2026-01-01T23:34:05.678901-0330"), kPoint);
    EXPECT_EQ(parse_time("2026-01-02T03:04Z"), parse_time("2026-01-02 03:04:00Z"));
    EXPECT_TRUE(parse_time("2026-01-02"));
}

TEST(TimeText, RefusesWhatIsNoTime) {
    for (const char* text :
         {"", "yesterday", "2026", "2026-13-01", "2026-02-30", "2026-01-02T", "2026-01-02T25:00",
          "2026-01-02T03:04:05.", "2026-01-02T03:04Zulu", "2026-01-02T03:04+1", "2026-01-02x"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

TEST(TimeText, ShortensDurations) {
    EXPECT_EQ(duration_text(3'000'000), "3 s");
    EXPECT_EQ(duration_text(600'000'000), "10 min");
    EXPECT_EQ(duration_text(5 * 3'600'000'000), "5 h");
    EXPECT_EQ(duration_text(72 * 3'600'000'000), "3 d");
}

TEST(KeyFile, IsReadableByItsOwnerOnlyAndNeverOverwritten) {
    const efface::testing::TemporaryDirectory directory;
    const std::string path = directory.path() + "/keys/one.key";

    const auto made = make_key_file(system_environment(), path);
    const auto again = make_key_file(system_environment(), path);
    const auto read = read_key_file(path);

    ASSERT_TRUE(made) << made.error();
    EXPECT_FALSE(again);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->fingerprint(), made->fingerprint());

    struct stat info {};

    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(KeyFile, ThatOthersMayReadIsRefused) {
    const efface::testing::TemporaryDirectory directory;
    const std::string path = directory.path() + "/one.key";
    ASSERT_TRUE(make_key_file(system_environment(), path));
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);

    const auto read = read_key_file(path);

    ASSERT_FALSE(read);
    EXPECT_NE(read.error().find("chmod 600"), std::string::npos);
}

TEST(KeyFile, ThatHoldsSomethingElseIsRefusedWithoutRepeatingIt) {
    const efface::testing::TemporaryDirectory directory;
    const std::string path = directory.path() + "/one.key";
    std::ofstream{path} << "hunter2";
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);

    const auto read = read_key_file(path);

    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace efface::node
