// Goal: a rule file that says something else than its author thinks is refused with the place.
#include "config/crypto/digest.h"
#include "rules/matching/predicate_table.h"
#include "rules/matching/rule_set.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace efface::rules {
namespace {

constexpr std::string_view kHead = "[[rule]]\nname = 'r'\ndestinations = ['a']\n";

std::string error_of(const std::string& text) {
    const auto rules = RuleSet::parse(text, "f.toml");
    return rules ? "no error" : rules.error().message();
}

std::string read(const std::string& path) {
    std::ifstream file{std::string{EFFACE_SOURCE_DIR} + "/" + path};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(RuleFile, EveryKeyIsRead) {
    const auto rules = RuleSet::parse(
        R"toml(
[[rule]]
name = "all"
description = "d"
profile = "basic"
options = []
pixel_policy = "header-only"
destinations = ["a", "b.c"]
hold = "study"
trust_sender_history = true
patient_prefix = "T1_"
[rule.match]
modality = "CT"
[rule.overrides]
PatientSex = "K"
"(0029,xx08,SIEMENS CSA HEADER)" = "K"
)toml",
        "f.toml"
    );

    ASSERT_TRUE(rules) << rules.error().message();
    const Rule& rule = rules->rules().front();
    EXPECT_EQ(rule.description, "d");
    EXPECT_EQ(rule.pixel_policy, PixelPolicy::kHeaderOnly);
    EXPECT_EQ(rule.destinations, (std::vector<std::string>{"a", "b.c"}));
    EXPECT_EQ(rule.hold, Hold::kStudy);
    EXPECT_TRUE(rule.trust_sender_history);
    EXPECT_EQ(rule.patient_prefix, "T1_");
    EXPECT_EQ(rule.profile.overrides.at("PatientSex"), Action::K);
    EXPECT_EQ(rules->find("all"), &rule);
    EXPECT_EQ(rules->find("other"), nullptr);
    const Profile profile{rule.profile};  // Every accepted override is one that Profile accepts.
    EXPECT_EQ(profile.options().overrides.size(), 2U);
}

TEST(RuleFile, DefaultsAreTheCautiousOnes) {
    const auto rules = RuleSet::parse(kHead, "f.toml");

    ASSERT_TRUE(rules);
    const Rule& rule = rules->rules().front();
    EXPECT_EQ(rule.pixel_policy, PixelPolicy::kRequireClean);
    EXPECT_EQ(rule.hold, Hold::kNone);
    EXPECT_FALSE(rule.trust_sender_history);
    EXPECT_EQ(rule.patient_prefix, "EFF-");
    EXPECT_TRUE(rule.profile.options.empty() && rule.profile.overrides.empty());
}

TEST(RuleFile, WhatIsSaidAboutPixelsIsRead) {
    const auto rules = RuleSet::parse(
        R"toml(
[[rule]]
name = "r"
pixel_policy = "remove-found"
destinations = ["a"]
[rule.pixels]
blacken = [[0, 0, 640, 40], [600, 440, 40, 40]]
device_templates = false
ultrasound_regions = false
accept = ["no-face", "no-template"]
recall_percent_min = 99
mask_segmentation = true
allowed_markers = ["L", "LL"]

[[device]]
name = "sonograph"
description = "d"
match.model = "S1"
blacken = [[0, 0, 640, 40]]
)toml",
        "f.toml"
    );

    ASSERT_TRUE(rules) << rules.error().message();
    const PixelRules& pixels = rules->rules().front().pixels;
    EXPECT_EQ(pixels.blacken, (std::vector<Region>{{0, 0, 640, 40}, {600, 440, 40, 40}}));
    EXPECT_FALSE(pixels.device_templates);
    EXPECT_FALSE(pixels.ultrasound_regions);
    EXPECT_TRUE(pixels.accepts(PixelDoubt::kNoFace));
    EXPECT_TRUE(pixels.accepts(PixelDoubt::kNoTemplate));
    EXPECT_EQ(pixels.recall_percent_min, 99);
    EXPECT_TRUE(pixels.mask_segmentation);
    EXPECT_EQ(pixels.allowed_markers.count(), 2U);
    EXPECT_TRUE(pixels.allowed_markers.test(*marker_index("LL")));
    ASSERT_EQ(rules->devices().size(), 1U);
    EXPECT_EQ(rules->devices().front().blacken, (std::vector<Region>{{0, 0, 640, 40}}));
}

TEST(RuleFile, MarkersStayByDefaultUnderRemoveFoundAloneAndAnEmptyListMeansNone) {
    const auto markers = [](const std::string& more) {
        const auto rules = RuleSet::parse(std::string{kHead} + more, "f.toml");
        return rules ? rules->rules().front().pixels.allowed_markers : MarkerSet{}.flip();
    };

    EXPECT_EQ(markers("pixel_policy = 'remove-found'\n"), default_markers());
    EXPECT_EQ(markers("pixel_policy = 'remove-found'\npixels.accept = ['no-face']\n"), default_markers());
    EXPECT_TRUE(markers("pixel_policy = 'remove-found'\npixels.allowed_markers = []\n").none());
    EXPECT_TRUE(markers("").none());
    EXPECT_TRUE(markers("pixels.allowed_markers = []\n").none());
    EXPECT_TRUE(markers("pixel_policy = 'header-only'\n").none());
}

TEST(RuleFile, ErrorsNameThePlaceAndTheWord) {
    const std::string head{kHead};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "f.toml:1:1: a rule file is a list"},
        {"[[rules]]\n", "f.toml:1:3: unknown key 'rules', did you mean 'rule'?"},
        {"[[rule]\n", "f.toml:1:"},
        {"rule = 1\n", "f.toml:1:1: a rule file is a list"},
        {"[[rule]]\ndestinations = ['a']\n", "f.toml:1:1: a rule needs a 'name'"},
        {"[[rule]]\nname = 'a b'\ndestinations = ['a']\n", "f.toml:2:8: a rule needs a 'name'"},
        {"[[rule]]\nname = 1\n", "f.toml:2:8: a text is expected here"},
        {"[[rule]]\nname = 'r'\n", "a rule needs 'destinations'"},
        {"[[rule]]\nname = 'r'\ndestinations = 'a'\n", "f.toml:3:16: 'destinations' is a list of texts"},
        {"[[rule]]\nname = 'r'\ndestinations = ['a', 'a']\n", "'a' stands twice"},
        {"[[rule]]\nname = 'r'\ndestinations = ['a/b']\n", "'a/b' is no name of a destination"},
        {head + "pixel_polcy = 'x'\n", "f.toml:4:1: unknown key 'pixel_polcy', did you mean 'pixel_policy'?"},
        {head + "pixel_policy = 'clean'\n", "'pixel_policy' is one of 'require-clean', 'header-only'"},
        {head + "hold = 'series '\n", "'hold' is one of"},
        {head + "profile = 'none'\n", "'profile' is one of 'basic'"},
        {head + "trust_sender_history = 'yes'\n", "'trust_sender_history' is true or false"},
        {head + "patient_prefix = 'A^B'\n", "'patient_prefix' is at most"},
        {head + "options = ['retain-uid']\n", "unknown option 'retain-uid', did you mean 'retain-uids'?"},
        {head + "options = ['retain-uids']\n", "the option 'retain-uids' is known but not yet available"},
        {head + "options = ['clean-pixel-data']\n",
         "the option 'clean-pixel-data' is known but not yet available"},
        {head + "options = ['retain-longitudinal-full-dates', 'retain-longitudinal-modified-dates']\n",
         "exclude each other"},
        {head + "[rule.overrides]\nPatientNam = 'K'\n", "f.toml:5:1: 'PatientNam' names no attribute"},
        {head + "[rule.overrides]\nPatientSex = 'Y'\n", "f.toml:5:14: an action is one of D, Z, X, K, U"},
        {head + "[rule.overrides]\nPatientSex = 'C'\n",
         "the action C (clean) is known but not yet available"},
        {head + "[rule.overrides]\nSOPInstanceUID = 'K'\n", "no rule may decide this for 'SOPInstanceUID'"},
        {head + "[rule.overrides]\nPixelData = 'X'\n", "no rule may decide this for 'PixelData'"},
        {head + "[rule.overrides]\nPatientSex = 'K'\n'(0010,0040)' = 'X'\n",
         "f.toml:6:1: '(0010,0040)' stands twice"},
        {head + "match = 'CT'\n", "'match' is a table of conditions"},
        {head + "pixels = 1\n", "f.toml:4:10: 'pixels' is a table"},
        {head + "pixel_policy = 'header-only'\npixels.accept = ['no-face']\n",
         "f.toml:5:17: a header-only rule searches nothing: 'accept' would do nothing"},
        {head + "pixels.blacken = [[0, 0, 1]]\n", "f.toml:4:19: a region is [left, top, width, height]"},
        {head + "pixels.blacken = [[0, 0, 0, 8]]\n", "a region is [left, top, width, height]"},
        {head + "pixels.blacken = [[-1, 0, 8, 8]]\n", "a region is [left, top, width, height]"},
        {head + "pixels.blacken = [[0, 0, 65536, 8]]\n", "a region is [left, top, width, height]"},
        {head + "pixels.blacken = []\n", "'blacken' is a list of 1 to 4096 regions"},
        {head + "pixels.accept = ['no-fase']\n", "unknown doubt 'no-fase', did you mean 'no-face'?"},
        {head + "pixels.accept = ['residue']\n", "'residue' cannot be accepted"},
        {head + "pixels.accept = ['no-face', 'no-face']\n", "'no-face' stands twice"},
        {head + "pixel_policy = 'remove-found'\npixels.allowed_markers = ['LATT']\n",
         "'LATT' is no marker that can be allowed, did you mean 'LAT'?"},
        {head + "pixel_policy = 'remove-found'\npixels.allowed_markers = ['SMITH']\n",
         "no marker that can be"},
        {head + "pixel_policy = 'remove-found'\npixels.allowed_markers = ['l']\n", "no marker that can be"},
        {head + "pixel_policy = 'remove-found'\npixels.allowed_markers = ['L', 'L']\n", "'L' stands twice"},
        {head + "pixel_policy = 'remove-found'\npixels.allowed_markers = 'L'\n", "is a list of texts"},
        {head + "pixels.allowed_markers = ['L']\n",
         "'allowed_markers' goes with pixel_policy 'remove-found' alone"},
        {head + "pixels.recall_percent_min = 0\n", "'recall_percent_min' is a whole number, 1 to 100"},
        {head + "pixels.mask_segmentation = 1\n", "'mask_segmentation' is true or false"},
        {head + "pixel_policy = 'header-only'\npixels.mask_segmentation = true\n",
         "f.toml:5:28: this rule blackens nothing: 'mask_segmentation' would do nothing"},
        {head + "pixels.blacke = []\n", "unknown key 'blacke', did you mean 'blacken'?"},
        {head + "[[device]]\nname = 'd'\n", "f.toml:4:1: a device needs a 'match'"},
        {head + "[[device]]\nname = 'd'\nmatch.model = 'x'\n", "a device needs 'blacken'"},
        {head + "[[device]]\nmatch.model = 'x'\nblacken = [[0, 0, 8, 8]]\n", "a device needs a 'name'"},
        {head + "device = 1\n[[device]]\n", "f.toml:"},
        {head + "match.modalty = 'CT'\n", "f.toml:4:7: unknown key 'modalty', did you mean 'modality'?"},
        {head + "match.modality = 1\n", "a text is expected here"},
        {head + "match.modality = []\n", "an empty list says nothing"},
        {head + "match.modality = { matches = '(' }\n", "f.toml:4:30: not a regular expression (RE2)"},
        {head + "match.modality = { matches = '(a)\\1' }\n", "not a regular expression (RE2)"},
        {head + "match.modality = { equals = 'a', in = ['b'] }\n", "one test a table"},
        {head + "match.modality = { }\n", "a test is missing"},
        {head + "match.modality = { equal = 'a' }\n", "unknown key 'equal', did you mean 'equals'?"},
        {head + "match.modality = { present = false }\n", "this test is written `= true`"},
        {head + "match.modality = { contradictory = true }\n", "this test does not apply to 'modality'"},
        {head + "match.project = { present = true }\n", "this test does not apply to 'project'"},
        {head + "match.sop_class = 'Cat Scan'\n", "'Cat Scan' names no known sop_class"},
        {head + "match.transfer_syntax = '1.2.3'\n", "'1.2.3' names no known transfer_syntax"},
        {head + "match.sop_class = { matches = 'CT' }\n", "'sop_class' is a text or a list of texts"},
        {head + "match.burned_in_annotation = 'YES'\n", "'YES' is none of yes, no, absent, contradictory"},
        {head + "match.attribute = 'StudyDescription'\n", "'attribute' is a table"},
        {head + "match.attribute = { equals = 'x' }\n", "'path' is missing"},
        {head + "match.attribute = { path = '(0029,1008)', present = true }\n", "names no attribute"},
        {head + "match.or = []\n", "'and' and 'or' are lists"},
        {head + "match.or = [{}]\n", "a condition is a table with at least one key"},
        {head + "match.not = {}\n", "a condition is a table with at least one key"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string message = error_of(text);
        EXPECT_NE(message.find(expected), std::string::npos) << text << "\n" << message;
    }
}

TEST(RuleFile, BoundsNestingAndSizes) {
    std::string deep = "modality = 'CT'";
    for (int i = 0; i < 10; ++i) {
        deep = "not = { " + deep + " }";
    }
    const std::string head{kHead};

    EXPECT_NE(error_of(head + "[rule.match]\n" + deep).find("more than 8 deep"), std::string::npos);
    EXPECT_NE(error_of(std::string((1U << 20U) + 1, '#')).find("more than 1 MiB"), std::string::npos);
    EXPECT_NE(
        error_of(head + "description = '" + std::string(1025, 'a') + "'\n").find("1024 bytes"),
        std::string::npos
    );
}

TEST(RuleFile, RefusesRulesThatCanNeverBeReached) {
    const auto two = [](const std::string& first, const std::string& second) {
        return error_of(
            "[[rule]]\nname = 'one'\ndestinations = ['a']\n[rule.match]\n" + first +
            "\n[[rule]]\nname = 'two'\ndestinations = ['a']\n[rule.match]\n" + second + "\n"
        );
    };

    EXPECT_NE(
        two("", "modality = 'CT'").find("f.toml:6:1: the rule 'two' can never be reached: 'one'"),
        std::string::npos
    ) << two("", "modality = 'CT'");
    EXPECT_NE(two("modality = 'CT'", "modality = 'CT'").find("never be reached"), std::string::npos);
    EXPECT_NE(
        two("modality = 'CT'", "body_part = 'X'\nmodality = 'CT'").find("never be reached"), std::string::npos
    );
    EXPECT_NE(two("modality = ['MR', 'CT']", "modality = 'CT'").find("never be reached"), std::string::npos);
    EXPECT_NE(
        two("modality = ['MR', 'CT']", "modality = ['CT', 'MR']").find("never be reached"), std::string::npos
    );
    EXPECT_EQ(two("modality = 'CT'", "modality = ['CT', 'MR']"), "no error");
    EXPECT_EQ(two("modality = 'CT'\nbody_part = 'X'", "modality = 'CT'"), "no error");
    EXPECT_NE(
        error_of("[[rule]]\nname='one'\nmatch.modality='A'\ndestinations=['a']\n"
                 "[[rule]]\nname='one'\nmatch.modality='B'\ndestinations=['a']\n")
            .find("is taken by an earlier rule"),
        std::string::npos
    );
}

TEST(RuleLibrary, EveryShippedFileIsValid) {
    for (const char* path : {"rules/library/default.toml", "rules/library/header-only.toml"}) {
        const std::string text = read(path);
        const auto rules = RuleSet::parse(text, path);
        ASSERT_TRUE(rules) << rules.error().message();
        EXPECT_EQ(rules->digest(), sha256(text));
    }
    EXPECT_EQ(read("rules/library/default.toml"), built_in_rules());
}

TEST(RuleReference, NamesEveryPredicateWithItsMeaning) {
    const std::string reference = read("docs/rules.md");
    for (const PredicateRow& row : predicate_table()) {
        EXPECT_NE(
            reference.find("| `" + std::string{row.key} + "` | " + std::string{row.help}), std::string::npos
        ) << row.key;
    }
}

}  // namespace
}  // namespace efface::rules
