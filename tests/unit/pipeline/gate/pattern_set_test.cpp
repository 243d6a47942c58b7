// Goal: one pass finds exactly the patterns that stand there. Method: small cases, and random ones
// against a search pattern by pattern; the seed is printed.
#include "pipeline/gate/pattern_set.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace efface::pipeline {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text.data(), text.size()});
}

PatternSet set_of(const std::vector<std::string>& patterns) {
    PatternSet set;
    for (std::uint32_t i = 0; i < patterns.size(); ++i) {
        set.add(patterns[i], i);
    }
    set.build();
    return set;
}

TEST(PatternSet, FindsAPatternAtEveryPlaceInUpperAndLowerCase) {
    const PatternSet set = set_of({"Miller", "1970"});

    EXPECT_EQ(set.find(bytes_of("miller")), 0u);
    EXPECT_EQ(set.find(bytes_of("Dr. MILLER")), 0u);
    EXPECT_EQ(set.find(bytes_of("born 1970")), 1u);
    EXPECT_EQ(set.find(bytes_of("mil ler 197")), std::nullopt);
    EXPECT_EQ(set.find(bytes_of("")), std::nullopt);
}

TEST(PatternSet, FindsAPatternInsideABrokenOffLongerOne) {
    const PatternSet set = set_of({"abcdefgh", "cdef", "aaab"});

    EXPECT_EQ(set.find(bytes_of("abcdefgx")), 1u);
    EXPECT_EQ(set.find(bytes_of("aaaaaab")), 2u);
    EXPECT_EQ(set.find_all(bytes_of("aaab abcdefgh")), (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(PatternSet, IgnoresShortPatternsAndIsEmptyWithoutAny) {
    const PatternSet set = set_of({"abc", ""});

    EXPECT_TRUE(set.empty());
    EXPECT_EQ(set.find(bytes_of("abcdef")), std::nullopt);
}

TEST(PatternSet, SearchesLongPatternsByTheirBeginning) {
    const std::string longer(PatternSet::kPatternBytesMax + 50, 'x');
    const PatternSet set = set_of({longer});

    EXPECT_EQ(set.find(bytes_of(longer.substr(0, PatternSet::kPatternBytesMax))), 0u);
    EXPECT_EQ(set.find(bytes_of(longer.substr(0, PatternSet::kPatternBytesMax - 1))), std::nullopt);
}

TEST(PatternSet, AgreesWithASearchOneByOne) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE(::testing::Message() << "seed=" << seed);
    std::mt19937 random{seed};
    const auto text = [&](std::size_t length) {
        std::string made;
        for (std::size_t i = 0; i < length; ++i) {
            made += static_cast<char>('a' + random() % 3);
        }
        return made;
    };
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> patterns;
        for (unsigned i = 0; i < 1 + random() % 8; ++i) {
            patterns.push_back(text(4 + random() % 5));
        }
        const std::string searched = text(random() % 60);
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < patterns.size(); ++i) {
            const auto first = std::find(patterns.begin(), patterns.end(), patterns[i]);
            if (first - patterns.begin() == i && searched.find(patterns[i]) != std::string::npos) {
                expected.push_back(i);
            }
        }

        const PatternSet set = set_of(patterns);

        ASSERT_EQ(set.find_all(bytes_of(searched)), expected) << "round " << round;
        ASSERT_EQ(set.find(bytes_of(searched)).has_value(), !expected.empty());
    }
}

}  // namespace
}  // namespace efface::pipeline
