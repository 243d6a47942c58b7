// Goal: whoever looks at an instance that waits is told what to type, and it can be typed.
#include "node/cli/next_steps.h"

#include "config/json.h"
#include "node/cli/command.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace efface::node {
namespace {

constexpr std::string_view kPixelReason =
    "pixels may show text, which nothing proves clean: release under a remove-found or header-only rule";
constexpr std::string_view kHeaderOnlyRules =
    "[[rule]]\nname = \"us-research\"\npixel_policy = \"header-only\"\ndestinations = [\"archive\"]\n";
constexpr std::string_view kCatchAllRules = "[[rule]]\nname = \"everything\"\ndestinations = [\"vault\"]\n";

RuleFile rule_file(std::string_view text, std::string name = "/etc/efface/trial.toml") {
    auto parsed = rules::RuleSet::parse(text, name);
    EXPECT_TRUE(parsed.has_value());
    return {std::move(name), std::string{text}, std::move(*parsed)};
}

Json waiting(std::string_view reason, std::string_view state = "quarantined") {
    return {
        {"job", 17},
        {"state", state},
        {"reason", reason},
        {"conflict", false},
        {"project", "trial"},
        {"rule", ""},
        {"sop_class_uid", "1.2.840.10008.5.1.4.1.1.6.1"},
        {"calling_ae", "US1"},
        {"spool_file", "0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d"},
        {"deliveries", Json::array()}};
}

std::string shown(const Json& job, const RuleFile* rules = nullptr) {
    std::string text;
    for (const std::string& line : next_steps({.job = job, .rules = rules, .spool_directory = "/spool"})) {
        text += line + "\n";
    }
    return text;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(NextSteps, NameTheRuleThatSendsPixelsAsTheyAre) {
    const RuleFile rules = rule_file(kHeaderOnlyRules);

    const std::string text = shown(waiting(kPixelReason), &rules);

    EXPECT_TRUE(contains(text, "efface quarantine release 17 --rule us-research --reason 'WHY'")) << text;
    EXPECT_FALSE(contains(text, "[[rule]]")) << text;
}

TEST(NextSteps, SayWhichRuleToAddToTheBuiltInOnes) {
    const RuleFile rules = rule_file(rules::built_in_rules(), "built-in");
    const Json job = waiting(kPixelReason);

    const std::string text = shown(job, &rules);

    EXPECT_TRUE(contains(text, "efface rules example > site-rules.toml")) << text;
    EXPECT_TRUE(contains(text, "at the end of site-rules.toml")) << text;
    EXPECT_TRUE(contains(text, "release 17 --rule pixels-as-they-are --reason 'WHY'")) << text;
    // What is shown is what can be added.
    const std::string rule = pixels_rule_toml({.job = job, .rules = &rules});
    EXPECT_TRUE(contains(text, rule.substr(0, rule.find('\n'))));
    const auto with = rules::RuleSet::parse(rules.text + rule, "site-rules.toml");
    ASSERT_TRUE(with.has_value()) << with.error().message();
    EXPECT_EQ(with->rules().back().name, kPixelsRuleName);
    EXPECT_EQ(with->rules().back().pixel_policy, rules::PixelPolicy::kHeaderOnly);
}

TEST(NextSteps, PutARuleAboveOneWithoutConditions) {
    const RuleFile rules = rule_file(kCatchAllRules);
    const Json job = waiting(kPixelReason);

    EXPECT_TRUE(contains(shown(job, &rules), "to /etc/efface/trial.toml above the rule without conditions"));
    EXPECT_TRUE(contains(pixels_rule_toml({.job = job, .rules = &rules}), "destinations = [\"vault\"]"));
}

TEST(NextSteps, AnAeTitleCannotEndTheRule) {
    Json job = waiting(kPixelReason);
    job["calling_ae"] = "X\"\\";

    const auto parsed = rules::RuleSet::parse(pixels_rule_toml({.job = job}), "x");

    EXPECT_TRUE(parsed.has_value()) << parsed.error().message();
}

TEST(NextSteps, EveryReasonEndsInACommand) {
    for (const std::string_view reason :
         {"no rule matches: add one, or release it under a rule by name",
          "the instance's project is not configured any more", "every attempt failed, the last one: x",
          "the original is missing from the spool", "gate: a UID of the original survives (0008,1155)",
          "an element ends behind the data", "data set needs more memory than a worker may use"}) {
        const std::string text = shown(waiting(reason));
        EXPECT_TRUE(contains(text, "efface quarantine discard 17 --reason 'WHY'")) << reason;
        EXPECT_TRUE(contains(text, "quarantine release 17") || contains(text, "send it again")) << reason;
    }
}

TEST(NextSteps, AConflictHasItsThreeWaysOut) {
    Json job = waiting("same SOP Instance UID, other bytes");
    job["conflict"] = true;

    const std::string text = shown(job);

    EXPECT_TRUE(contains(text, "release 17 --as replacement"));
    EXPECT_TRUE(contains(text, "release 17 --as new-instance"));
    EXPECT_TRUE(contains(text, "discard 17"));
}

TEST(NextSteps, ARefusedDeliveryIsSentAgainThere) {
    Json job = waiting("the destination answered A900", "undelivered");
    job["deliveries"] = Json::array(
        {{{"destination", "pacs"},
          {"state", "failed_permanent"},
          {"reason", "the destination answered A900"}},
         {{"destination", "folder"}, {"state", "delivered"}, {"reason", ""}}}
    );

    const std::string text = shown(job);

    EXPECT_TRUE(contains(text, "efface redeliver 17 --to pacs --reason 'WHY'")) << text;
    EXPECT_FALSE(contains(text, "--to folder")) << text;
}

TEST(NextSteps, WhatDoesNotWaitForAPersonHasNone) {
    EXPECT_TRUE(next_steps({.job = waiting("", "delivered")}).empty());
}

/// "efface quarantine release 17 ..." -> the row of "quarantine release".
TEST(NextSteps, EveryCommandStandsInTheTable) {
    const RuleFile rules = rule_file(rules::built_in_rules(), "built-in");
    std::size_t commands = 0;
    for (const std::string_view reason :
         {kPixelReason, std::string_view{"no rule matches"}, std::string_view{"missing from the spool"}}) {
        for (const std::string& line : next_steps({.job = waiting(reason), .rules = &rules})) {
            if (line.starts_with("    efface ")) {
                const std::string words = line.substr(sizeof "    efface " - 1);
                const bool known = std::ranges::any_of(command_table(), [&](const CommandRow& row) {
                    return (words + " ").starts_with(std::string{row.name} + " ");
                });
                EXPECT_TRUE(known) << line;
                ++commands;
            }
        }
    }
    EXPECT_GT(commands, 8U);
}

}  // namespace
}  // namespace efface::node
