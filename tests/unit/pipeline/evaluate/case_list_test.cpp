// Goal: a list of cases is read as it is written, and what is wrong in it is named by its line.
#include "pipeline/evaluate/case_list.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

const std::string kGood =
    R"({"name":"a","kind":"ct","occlusion":"box","truth":"t/a.png","mask":"m.png","bits":16})";

std::string with(const std::string& from, const std::string& to) {
    std::string text = kGood;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(CaseList, IsReadAsItIsWritten) {
    const auto cases = read_case_list(kGood + "\n\n" + with("\"a\"", "\"b\"") + "\r\n");

    ASSERT_TRUE(cases) << cases.error().message();
    ASSERT_EQ(cases->size(), 2U);
    EXPECT_EQ((*cases)[0], (EvaluationCase{"a", "ct", "box", "t/a.png", "m.png", 16, 1}));
    EXPECT_EQ((*cases)[1].line, 3U);
}

TEST(CaseList, WhatIsWrongIsNamedByItsLine) {
    const std::vector<std::string> wrong{
        "{",
        "[]",
        with("\"a\"", "\"\""),
        with("\"a\"", "\"a/b\""),
        with("\"a\"", "7"),
        with("\"ct\"", "\"c t\""),
        with("\"box\"", "\"\""),
        with("\"occlusion\":\"box\",", ""),
        with("t/a.png", "../a.png"),
        with("t/a.png", "/a.png"),
        with("t/a.png", "t/../../a.png"),
        with("t/a.png", "t//a.png"),
        with("t/a.png", "./a.png"),
        with("m.png", "m\\u0000.png"),
        with("\"mask\":\"m.png\",", ""),
        with("16", "12"),
        with("16", "\"16\""),
        with("16", "-8"),
        with("\"a\"", "\"" + std::string(65, 'a') + "\""),
        with("\"ct\"", "\"" + std::string(33, 'a') + "\""),
        kGood + std::string(kCaseLineBytesMax, ' '),
        kGood,  // The name of the first.
    };
    for (const std::string& line : wrong) {
        const auto cases = read_case_list(kGood + "\n\n" + line + "\n");
        ASSERT_FALSE(cases) << line.substr(0, 120);
        EXPECT_EQ(cases.error().fault, Fault::kRefuse);
        EXPECT_EQ(cases.error().where.value, 3) << cases.error().message();
    }
}

TEST(CaseList, WithoutACaseIsRefused) {
    EXPECT_FALSE(read_case_list(""));
    EXPECT_FALSE(read_case_list("\n\n"));
}

TEST(CaseList, KindsAreBounded) {
    std::string text;
    for (std::size_t i = 0; i <= kCaseKindsMax; ++i) {
        std::string line = with("\"ct\"", "\"k" + std::to_string(i) + "\"");
        text += line.replace(line.find("\"a\""), 3, "\"n" + std::to_string(i) + "\"") + "\n";
    }
    const auto cases = read_case_list(text);
    ASSERT_FALSE(cases);
    EXPECT_EQ(cases.error().where.value, static_cast<std::int64_t>(kCaseKindsMax + 1));
}

}  // namespace
}  // namespace efface::pipeline
