// Goal: only the file that was noted, and untouched since, is taken for the one that the gate judged.
#include "pipeline/spool/judged_outputs.h"

#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::pipeline {
namespace {

class JudgedOutputsTest : public ::testing::Test {
protected:
    Descriptor make(const std::string& name) {
        Descriptor made{::open((directory_.path() + "/" + name).c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)};
        EXPECT_EQ(::write(made.get(), "cleaned", 7), 7);
        return made;
    }

    const testing::TemporaryDirectory directory_;
    JudgedOutputs judged_;
};

TEST_F(JudgedOutputsTest, KnowsTheFileThatWasNoted) {
    const Descriptor output = make("a");
    EXPECT_FALSE(judged_.unchanged("a", output));

    judged_.note("a", output);

    EXPECT_TRUE(judged_.unchanged("a", output));
    EXPECT_FALSE(judged_.unchanged("b", output));
    EXPECT_FALSE(judged_.unchanged("a", make("other")));
}

TEST_F(JudgedOutputsTest, SeesWhatWasTouched) {
    const Descriptor longer = make("longer");
    const Descriptor rewritten = make("rewritten");
    judged_.note("longer", longer);
    judged_.note("rewritten", rewritten);

    EXPECT_EQ(::write(longer.get(), "!", 1), 1);
    // As a write at a later time does, without waiting for the clock of the file system to move.
    const timespec later[2] = {
        {.tv_sec = 2'000'000'000, .tv_nsec = 0}, {.tv_sec = 2'000'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::futimens(rewritten.get(), later), 0);

    EXPECT_FALSE(judged_.unchanged("longer", longer));
    EXPECT_FALSE(judged_.unchanged("rewritten", rewritten));
    judged_.note("longer", longer);
    EXPECT_TRUE(judged_.unchanged("longer", longer));
}

TEST_F(JudgedOutputsTest, ForgetsTheOldest) {
    const Descriptor output = make("a");
    judged_.note("first", output);
    for (std::size_t i = 0; i + 1 < JudgedOutputs::kOutputsMax; ++i) {
        judged_.note(std::to_string(i), output);
    }
    EXPECT_TRUE(judged_.unchanged("first", output));

    judged_.note("one more", output);

    EXPECT_FALSE(judged_.unchanged("first", output));
    EXPECT_TRUE(judged_.unchanged("one more", output));
}

}  // namespace
}  // namespace efface::pipeline
