// Goal: the first rule whose conditions hold is taken, and every predicate asks what it says.
#include "rules/matching/predicate.h"
#include "rules/matching/predicate_table.h"
#include "rules/matching/rule_set.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

struct Instance {
    std::map<std::vector<Tag>, std::string> values;
    std::string creator;  ///< Of the one private value.

    InstanceFacts facts() const {
        return {
            .project = "trial",
            .calling_ae = "CT1",
            .called_ae = "EFFACE",
            .sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
            .transfer_syntax_uid = "1.2.840.10008.1.2.4.70",
            .value = [this](std::span<const Tag> path, std::string_view asked) -> std::optional<std::string> {
                const auto found = values.find({path.begin(), path.end()});
                const bool is_private = path.back().is_private();
                if (found == values.end() || (is_private && asked != creator)) {
                    return std::nullopt;
                }
                return found->second;
            },
        };
    }
};

const Instance kTypical{
    .values =
        {
            {{Tag{0x0008, 0x0060}}, "CT"},
            {{Tag{0x0008, 0x0008}}, "ORIGINAL\\PRIMARY\\AXIAL"},
            {{Tag{0x0018, 0x0015}}, "CHEST "},
            {{Tag{0x0008, 0x0070}}, "SIEMENS"},
            {{Tag{0x0008, 0x1090}}, "Sensation 16"},
            {{Tag{0x0008, 0x1030}}, "Thorax"},
            {{Tag{0x0012, 0x0062}}, "NO"},
            {{Tag{0x0028, 0x0301}}, "NO"},
            {{Tag{0x0040, 0x0275}, Tag{0x0040, 0x0009}}, "SPS1"},
            {{Tag{0x0029, 0x1008}}, "IMAGE NUM 4"},
        },
    .creator = "SIEMENS CSA HEADER",
};

RuleSet parse(const std::string& text) {
    auto rules = RuleSet::parse(text, "test.toml");
    EXPECT_TRUE(rules) << rules.error().message() << "\n" << text;
    return rules ? *rules : RuleSet{};
}

bool holds(const std::string& condition, const Instance& instance = kTypical) {
    const RuleSet rules = parse("[[rule]]\nname = 'r'\ndestinations = ['a']\n[rule.match]\n" + condition);
    const InstanceFacts facts = instance.facts();
    return rules.match(facts).rule != nullptr;
}

TEST(Match, EachPredicateHoldsAndFails) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"project = 'trial'", "project = 'Trial'"},
        {"calling_ae = ['CT2', 'CT1']", "calling_ae = 'ct1'"},
        {"called_ae = { matches = '^EFF' }", "called_ae = { matches = '^eff' }"},
        {"modality = 'ct'", "modality = ['MR', 'PT']"},
        {"sop_class = '1.2.840.10008.5.1.4.1.1.2'", "sop_class = '1.2.840.10008.5.1.4.1.1.4'"},
        {"sop_class = 'CT Image'", "sop_class = 'MR Image'"},
        {"transfer_syntax = 'jpeg'", "transfer_syntax = 'native'"},
        {"transfer_syntax = '1.2.840.10008.1.2.4.70'", "transfer_syntax = '1.2.840.10008.1.2.1'"},
        {"image_type = 'AXIAL'", "image_type = 'LOCALIZER'"},
        {"body_part = 'chest'", "body_part = 'HEAD'"},
        {"patient_identity_removed = 'no'", "patient_identity_removed = ['yes', 'absent', 'contradictory']"},
        {"burned_in_annotation = 'no'", "burned_in_annotation = 'yes'"},
        {"recognizable_visual_features = 'absent'", "recognizable_visual_features = 'no'"},
        {"manufacturer = { matches = '(?i)^siemens' }", "manufacturer = { matches = 'Philips' }"},
        {"model = { equals = 'SENSATION 16' }", "model = { in = ['A', 'B'] }"},
        {"attribute = { path = 'StudyDescription', equals = 'Thorax' }",
         "attribute = { path = 'StudyDescription', equals = 'thorax' }"},
        {"attribute = { path = 'RequestAttributesSequence/ScheduledProcedureStepID', present = true }",
         "attribute = { path = 'RequestAttributesSequence/ScheduledProcedureStepID', absent = true }"},
        {"attribute = { path = '(0029,xx08,SIEMENS CSA HEADER)', matches = 'NUM' }",
         "attribute = { path = '(0029,xx08,OTHER)', matches = 'NUM' }"},
        {"attribute = { path = 'StudyDescription', contradictory = true }",
         "attribute = { path = 'BurnedInAnnotation', contradictory = true }"},
    };
    std::set<std::string> asked;
    for (const auto& [yes, no] : cases) {
        EXPECT_TRUE(holds(yes)) << yes;
        EXPECT_FALSE(holds(no)) << no;
        asked.insert(yes.substr(0, yes.find(' ')));
    }
    EXPECT_EQ(asked.size(), predicate_table().size()) << "a predicate without a case";
}

TEST(Match, KeysOfOneTableAreAndOrAndNotNest) {
    EXPECT_TRUE(holds("modality = 'CT'\nbody_part = 'CHEST'"));
    EXPECT_FALSE(holds("modality = 'CT'\nbody_part = 'HEAD'"));
    EXPECT_TRUE(holds("or = [{ body_part = 'HEAD' }, { modality = 'CT', project = 'trial' }]"));
    EXPECT_FALSE(holds("or = [{ body_part = 'HEAD' }, { modality = 'CT', project = 'other' }]"));
    EXPECT_TRUE(holds("not = { or = [{ body_part = 'HEAD' }, { image_type = 'LOCALIZER' }] }"));
    EXPECT_FALSE(holds("not = { modality = 'CT', body_part = 'CHEST' }"));
    EXPECT_TRUE(holds("and = [{ modality = 'CT' }, { not = { modality = 'MR' } }]"));
}

TEST(Match, PatientIdentityRemovedHasFourCases) {
    const auto said = [](std::optional<std::string> value, bool methods = false) {
        Instance instance;
        if (value) {
            instance.values[{Tag{0x0012, 0x0062}}] = *value;
        }
        if (methods) {
            instance.values[{Tag{0x0012, 0x0064}}] = "";
        }
        for (const char* word : {"yes", "no", "absent", "contradictory"}) {
            if (holds("patient_identity_removed = '" + std::string{word} + "'", instance)) {
                return std::string{word};
            }
        }
        return std::string{};
    };

    EXPECT_EQ(said("YES"), "yes");
    EXPECT_EQ(said("YES ", true), "yes");
    EXPECT_EQ(said("NO"), "no");
    EXPECT_EQ(said(std::nullopt), "absent");
    EXPECT_EQ(said(""), "absent");
    EXPECT_EQ(said("NO", true), "contradictory");
    EXPECT_EQ(said("YES\\NO"), "contradictory");
    EXPECT_EQ(said("MAYBE"), "contradictory");
}

TEST(Match, StepsSayWhyEarlierRulesWereNotTaken) {
    const RuleSet rules = parse(R"(
[[rule]]
name = 'mr'
match.modality = 'MR'
destinations = ['a']
[[rule]]
name = 'head'
match.modality = 'CT'
match.not.body_part = 'CHEST'
destinations = ['a']
[[rule]]
name = 'rest'
destinations = ['b']
)");
    const InstanceFacts facts = kTypical.facts();

    const Match match = rules.match(facts);

    ASSERT_NE(match.rule, nullptr);
    EXPECT_EQ(match.rule->name, "rest");
    ASSERT_EQ(match.steps.size(), 3U);
    EXPECT_EQ(match.steps[0].why, R"(modality = "MR")");
    EXPECT_EQ(match.steps[1].why, R"(not (body_part = "CHEST"))");
    EXPECT_EQ(match.steps[2].why, "no condition");
    EXPECT_TRUE(match.steps[2].matched);
}

TEST(Match, NoRuleIsNoMatch) {
    const RuleSet rules = parse("[[rule]]\nname = 'r'\ndestinations = ['a']\nmatch.modality = 'MR'\n");
    const InstanceFacts facts = kTypical.facts();

    EXPECT_EQ(rules.match(facts).rule, nullptr);
}

TEST(Match, TakesTimeLinearInTheValue) {
    Instance instance;
    instance.values[{Tag{0x0008, 0x1030}}] = std::string(50000, 'a');

    EXPECT_FALSE(holds("attribute = { path = 'StudyDescription', matches = '(a*)*b' }", instance));
}

TEST(BuiltInRules, TakeEveryCaseOfPatientIdentityRemovedByItsOwnRule) {
    const auto rules = RuleSet::parse(built_in_rules(), "default.toml");
    ASSERT_TRUE(rules) << rules.error().message();
    const std::map<std::string, std::string> expected{
        {"", "identity-unmarked"},
        {"NO", "identity-present"},
        {"YES", "identity-claimed-removed"},
        {"YES\\NO", "identity-contradictory"},
    };
    for (const auto& [value, name] : expected) {
        Instance instance;
        instance.values[{Tag{0x0012, 0x0062}}] = value;
        const InstanceFacts facts = instance.facts();
        const Match match = rules->match(facts);
        ASSERT_NE(match.rule, nullptr);
        EXPECT_EQ(match.rule->name, name);
        EXPECT_EQ(match.rule->pixel_policy, PixelPolicy::kRequireClean);
        EXPECT_FALSE(match.rule->trust_sender_history);
        EXPECT_EQ(match.rule->destinations, std::vector<std::string>{"archive"});
    }
}

TEST(Devices, TheFilesOwnTemplateComesBeforeTheShippedOne) {
    Instance instance = kTypical;
    instance.values[{Tag{0x0008, 0x0060}}] = "US";
    instance.values[{Tag{0x0008, 0x0070}}] = "Philips Medical Systems";
    instance.values[{Tag{0x0008, 0x1090}}] = "iU22";
    instance.values[{Tag{0x0028, 0x0010}}] = "600";
    const InstanceFacts facts = instance.facts();
    const std::string rule = "[[rule]]\nname = 'r'\ndestinations = ['a']\n";

    const RuleSet none = parse(rule);
    ASSERT_NE(none.device(facts), nullptr);
    EXPECT_EQ(none.device(facts)->name, "philips-iu22-600");
    EXPECT_EQ(none.device(facts)->blacken, (std::vector<Region>{{0, 0, 800, 59}}));

    const RuleSet own =
        parse(rule + "[[device]]\nname = 'ours'\nmatch.model = 'IU22'\nblacken = [[0, 0, 9, 9]]\n");
    ASSERT_NE(own.device(facts), nullptr);
    EXPECT_EQ(own.device(facts)->name, "ours");
}

TEST(Devices, AnImageOfAnotherSizeIsNotTheTemplates) {
    Instance instance = kTypical;
    instance.values[{Tag{0x0008, 0x0060}}] = "US";
    instance.values[{Tag{0x0008, 0x0070}}] = "Philips Medical Systems";
    instance.values[{Tag{0x0008, 0x1090}}] = "iU22";
    instance.values[{Tag{0x0028, 0x0010}}] = "601";
    const InstanceFacts facts = instance.facts();

    EXPECT_EQ(parse("[[rule]]\nname = 'r'\ndestinations = ['a']\n").device(facts), nullptr);
}

TEST(Devices, EveryShippedTemplateHasANameOfItsOwnAndARegion) {
    std::set<std::string> names;
    for (const DeviceTemplate& device : shipped_devices()) {
        EXPECT_TRUE(names.insert(device.name).second) << device.name;
        EXPECT_FALSE(device.blacken.empty()) << device.name;
        EXPECT_FALSE(device.match->parts.empty()) << device.name;
    }
    EXPECT_GT(names.size(), 50U);
}

}  // namespace
}  // namespace efface::rules
