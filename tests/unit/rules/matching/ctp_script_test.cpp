// Goal: a CTP script becomes device templates that take the same instances, and whatever cannot be said in a
// rule file is named with its line. The scripts are our own.
#include "rules/matching/ctp_script.h"

#include "rules/matching/rule_set.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

constexpr std::string_view kRule = "[[rule]]\nname = 'r'\ndestinations = ['a']\n";

const DeviceTemplate* taken(const RuleSet& rules, const std::map<std::vector<Tag>, std::string>& values) {
    const InstanceFacts facts{
        .value = [&](std::span<const Tag> path, std::string_view) -> std::optional<std::string> {
            const auto found = values.find({path.begin(), path.end()});
            return found == values.end() ? std::nullopt : std::optional{found->second};
        }};
    const DeviceTemplate* device = rules.device(facts);
    return device != nullptr && device->name.starts_with("ctp-") ? device : nullptr;
}

constexpr Tag kModality{0x0008, 0x0060};
constexpr Tag kManufacturer{0x0008, 0x0070};
constexpr Tag kModel{0x0008, 0x1090};
constexpr Tag kRows{0x0028, 0x0010};

class CtpScript : public ::testing::Test {
protected:
    RuleSet imported(std::string_view script) {
        const CtpImport import = import_ctp_script(script);
        EXPECT_TRUE(import.problems.empty()) << import.problems.front().text;
        auto rules = RuleSet::parse(std::string{kRule} + import.toml, "imported.toml");
        EXPECT_TRUE(rules) << rules.error().message() << import.toml;
        return rules ? *rules : RuleSet{};
    }

    static std::string problem(std::string_view script) {
        const CtpImport import = import_ctp_script(script);
        return import.problems.empty()
                   ? "none"
                   : std::to_string(import.problems.front().line) + ": " + import.problems.front().text;
    }
};

TEST_F(CtpScript, ASectionBecomesATemplate) {
    const RuleSet rules = imported(R"(
Our sonographs, seen in 2026

{ Modality.equals("US")
    * Manufacturer.containsIgnoreCase("acme")   // any of their names
    * (Rows.equals("480") + [0028,0010].equals("600")) }
(0,0,640,40) (10, 20, 30, 40)
)");

    ASSERT_EQ(rules.devices().size(), 1U);
    EXPECT_EQ(rules.devices().front().description, "Our sonographs, seen in 2026");
    EXPECT_EQ(rules.devices().front().blacken, (std::vector<Region>{{0, 0, 640, 40}, {10, 20, 30, 40}}));
    EXPECT_NE(taken(rules, {{{kModality}, "US"}, {{kManufacturer}, "ACME Inc"}, {{kRows}, "600"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModality}, "US"}, {{kManufacturer}, "ACME Inc"}, {{kRows}, "601"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModality}, "US"}, {{kManufacturer}, "Other"}, {{kRows}, "600"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kManufacturer}, "ACME Inc"}, {{kRows}, "600"}}), nullptr);
}

TEST_F(CtpScript, EachMethodAsksWhatItSays) {
    const std::map<std::string, std::pair<std::string, std::string>> cases{
        {"equals", {"S2000", "s2000"}},           {"equalsIgnoreCase", {"s2000", "S20001"}},
        {"contains", {"a S2000 b", "a s2000 b"}}, {"containsIgnoreCase", {"a s2000 b", "S200"}},
        {"startsWith", {"S2000 b", "a S2000"}},   {"startsWithIgnoreCase", {"s2000 b", "a s2000"}},
        {"endsWith", {"a S2000", "S2000 b"}},     {"endsWithIgnoreCase", {"a s2000", "s2000 b"}},
    };
    for (const auto& [method, values] : cases) {
        const RuleSet rules = imported("{ ManufacturerModelName." + method + "(\"S2000\") } (0,0,8,8)");
        EXPECT_NE(taken(rules, {{{kModel}, values.first}}), nullptr) << method;
        EXPECT_EQ(taken(rules, {{{kModel}, values.second}}), nullptr) << method;
    }
}

TEST_F(CtpScript, AnExpressionIsAskedOfTheWholeValue) {
    const RuleSet rules = imported(R"({ ManufacturerModelName.matches("S[0-9]+") } (0,0,8,8))");

    EXPECT_NE(taken(rules, {{{kModel}, "S2000"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModel}, "S2000 b"}}), nullptr);
}

TEST_F(CtpScript, CharactersOfExpressionsMeanThemselvesElsewhere) {
    const RuleSet rules = imported(R"x({ ManufacturerModelName.contains("A.S+ (b)") } (0,0,8,8))x");

    EXPECT_NE(taken(rules, {{{kModel}, "x A.S+ (b)"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModel}, "x AxSS b"}}), nullptr);
}

TEST_F(CtpScript, NegationAndAbsenceAreThoseOfCtp) {
    const RuleSet rules =
        imported(R"({ Modality.equals("US") * !ManufacturerModelName.equals("") } (0,0,8,8))");

    EXPECT_NE(taken(rules, {{{kModality}, "US"}, {{kModel}, "x"}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModality}, "US"}, {{kModel}, ""}}), nullptr);
    EXPECT_EQ(taken(rules, {{{kModality}, "US"}}), nullptr);
}

TEST_F(CtpScript, AttributesOfAFirstItemAreReached) {
    const RuleSet rules =
        imported(R"({ ConceptNameCodeSequence::CodeMeaning.contains("Phantom") } (0,0,8,8))");

    EXPECT_NE(
        taken(rules, {{{Tag{0x0040, 0xA043}, Tag{0x0008, 0x0104}}, "IEC Body Dosimetry Phantom"}}), nullptr
    );
}

TEST_F(CtpScript, WhatCannotBeSaidIsNamedWithItsLine) {
    EXPECT_EQ(
        problem("\n\n{ Rows.isLessThan(\"480\") } (0,0,8,8)"),
        "3: the method 'isLessThan' has no counterpart in a rule file"
    );
    EXPECT_EQ(problem("{ Rowz.equals(\"4\") } (0,0,8,8)"), "1: 'Rowz' names no attribute of the standard");
    EXPECT_EQ(problem("{ true. } (0,0,8,8)"), "1: 'true.' names no device");
    EXPECT_EQ(problem("{ Rows.equals(\"4\") }"), "1: a signature without a region");
    EXPECT_EQ(problem("{ Rows.equals(\"4\") } (0,0,8)"), "1: not a region");
    EXPECT_EQ(problem("{ Rows.equals(\"4\") } (0,0,0,8)").substr(0, 11), "1: a region");
    EXPECT_EQ(problem("{ Rows.equals(\"4\") } (0,0,-8,8)"), "1: not a region");
    EXPECT_EQ(problem("x\n(0,0,8,8)"), "2: a region without a signature before it");
    EXPECT_EQ(problem("{ Rows.equals(\"4\")"), "1: '{' without '}'");
    EXPECT_EQ(problem("{ Rows.equals(\"4\" } (0,0,8,8)"), "1: ')' is expected here");
    EXPECT_EQ(
        problem("{ Rows.equals(\"4\") Columns.equals(\"4\") } (0,0,8,8)"),
        "1: an operator '+' or '*' is expected here"
    );
    EXPECT_NE(problem("{ Rows.matches(\"(a\") } (0,0,8,8)").find("regular expression"), std::string::npos);
    EXPECT_NE(
        problem("{ " + std::string(5000, '(') + " } (0,0,8,8)").find("nest too deep"), std::string::npos
    );
    EXPECT_NE(
        problem("{ " + std::string(5000, '!') + " } (0,0,8,8)").find("nest too deep"), std::string::npos
    );
}

TEST_F(CtpScript, OtherSectionsAreStillTaken) {
    const CtpImport import =
        import_ctp_script("{ Rows.isLessThan(\"9\") } (0,0,8,8)\n{ Rows.equals(\"9\") } (0,0,8,8)");

    EXPECT_EQ(import.problems.size(), 1U);
    EXPECT_EQ(import.devices, 1U);
}

}  // namespace
}  // namespace efface::rules
