#include "config/settings/nearest.h"

#include <gtest/gtest.h>

namespace efface {
namespace {

constexpr std::string_view kWords[] = {"associations_max", "addresses", "name"};

TEST(NearestWord, FindsTheWordBehindASlip) {
    EXPECT_EQ(nearest_word("asociations_max", kWords), "associations_max");
    EXPECT_EQ(nearest_word("adresses", kWords), "addresses");
    EXPECT_EQ(nearest_word("nmae", kWords), "name");
    EXPECT_EQ(did_you_mean("nmae", kWords), ", did you mean 'name'?");
}

TEST(NearestWord, SaysNothingAboutAnotherWord) {
    EXPECT_EQ(nearest_word("retention", kWords), "");
    EXPECT_EQ(nearest_word("x", kWords), "");
    EXPECT_EQ(nearest_word("", kWords), "");
    EXPECT_EQ(nearest_word(std::string(100'000, 'a'), kWords), "");
    EXPECT_EQ(did_you_mean("x", {}), "");
}

}  // namespace
}  // namespace efface
