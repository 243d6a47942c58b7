// Goal: the generated table is Table E.1-1 of 2026d, row for row. Method: the counts per code that the
// standard's table has, and the digest recomputed from the rows.
#include "rules/profile/table.h"

#include "config/crypto/digest.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

std::map<std::string_view, int> counts_of_basic() {
    std::map<std::string_view, int> counts;
    for (const TableRow& row : table_rows()) {
        ++counts[row.basic];
    }
    return counts;
}

TEST(Table, CountsPerCodeAreThoseOf2026d) {
    const std::map<std::string_view, int> expected{{"X", 417},   {"D", 93},   {"U", 55},
                                                   {"Z", 42},    {"X/D", 23}, {"X/Z", 11},
                                                   {"X/Z/D", 8}, {"Z/D", 6},  {"X/Z/U*", 2}};

    EXPECT_EQ(table_edition(), "2026d");
    EXPECT_EQ(table_rows().size(), 657U);
    EXPECT_EQ(counts_of_basic(), expected);
}

TEST(Table, CountsPerOptionColumn) {
    constexpr std::array kKept{0, 60, 48, 10, 14, 169, 0, 0, 0, 0};
    constexpr std::array kCleaned{1, 0, 11, 0, 5, 0, 169, 141, 4, 4};
    for (std::size_t i = 0; i < kOptionCount; ++i) {
        SCOPED_TRACE(i);
        const auto count = [i](char code) {
            return std::count_if(table_rows().begin(), table_rows().end(), [=](const TableRow& row) {
                return row.option(static_cast<Option>(i)) == code;
            });
        };
        EXPECT_EQ(count('K'), kKept[i]);
        EXPECT_EQ(count('C'), kCleaned[i]);
        EXPECT_EQ(count('K') + count('C') + count(' '), 657);
    }
}

TEST(Table, DigestIsThatOfTheRows) {
    std::string text;
    for (const TableRow& row : table_rows()) {
        std::string tag{row.family};
        if (tag.empty()) {
            const std::string printed = to_string(row.tag);
            tag = printed.substr(1, 4) + printed.substr(6, 4);
        }
        text += tag + "\t" + std::string{row.keyword} + "\t" + std::string{row.basic} + "\t" +
                std::string{row.options.data(), kOptionCount} + "\n";
    }

    EXPECT_EQ(to_hex(sha256(text)), table_digest());
}

TEST(Table, FamiliesGovernTheirGroupsOnly) {
    EXPECT_EQ(find_row(Tag{0x501E, 0x1234})->family, "50xxxxxx");
    EXPECT_EQ(find_row(Tag{0x6004, 0x3000})->family, "60xx3000");
    EXPECT_EQ(find_row(Tag{0x601E, 0x4000})->family, "60xx4000");
    EXPECT_EQ(find_row(Tag{0x0009, 0x1001})->family, "odd-group");
    EXPECT_EQ(find_row(Tag{0x6001, 0x3000})->family, "odd-group");
    EXPECT_EQ(find_row(Tag{0x6020, 0x3000}), nullptr);
    EXPECT_EQ(find_row(Tag{0x5020, 0x3000}), nullptr);
    EXPECT_EQ(find_row(Tag{0x0008, 0x0060}), nullptr);
}

TEST(AttributeType, IsFoundByClassAndPath) {
    constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";
    constexpr std::string_view kPresentationState = "1.2.840.10008.5.1.4.1.1.11.1";
    constexpr std::string_view kBasicTextSr = "1.2.840.10008.5.1.4.1.1.88.11";
    const std::array request{Tag{0x0040, 0xA370}};

    EXPECT_EQ(attribute_type(kCt, {}, Tag{0x0010, 0x0020}), 'B');
    EXPECT_EQ(attribute_type(kCt, {}, Tag{0x0008, 0x0080}), '3');
    EXPECT_EQ(attribute_type(kPresentationState, {}, Tag{0x0070, 0x0082}), 'A');
    EXPECT_EQ(attribute_type(kCt, {}, Tag{0x0070, 0x0082}), '?');
    EXPECT_EQ(attribute_type(kBasicTextSr, request, Tag{0x0040, 0x1001}), 'B');
    EXPECT_EQ(attribute_type(kBasicTextSr, {}, Tag{0x0040, 0x1001}), '?');
    EXPECT_EQ(attribute_type("1.2.3", {}, Tag{0x0010, 0x0020}), '?');
    EXPECT_EQ(attribute_type("1.2.840.10008.5.1.4.1.1.7.2", {}, Tag{0x0028, 0x0301}), 'A');
    EXPECT_EQ(attribute_type(kCt, {}, Tag{0x0028, 0x0301}), '3');
}

TEST(AttributeType, ForProcessingClassesTakeTheirSiblings) {
    EXPECT_EQ(attribute_type("1.2.840.10008.5.1.4.1.1.2.3", {}, Tag{0x0010, 0x0020}), 'B');
}

TEST(AttributeType, IsUnknownOnAPathTooLongToExist) {
    const std::array<Tag, 20> alternating = [] {
        std::array<Tag, 20> tags{};
        for (std::size_t i = 0; i < tags.size(); ++i) {
            tags[i] = i % 2 == 0 ? Tag{0x0040, 0xA730} : Tag{0x0040, 0xA043};
        }
        return tags;
    }();

    EXPECT_EQ(attribute_type("1.2.840.10008.5.1.4.1.1.2", alternating, Tag{0x0010, 0x0020}), '?');
}

}  // namespace
}  // namespace efface::rules
