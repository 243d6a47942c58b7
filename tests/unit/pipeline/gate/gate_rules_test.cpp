// Goal: what a rule changes (overrides, options, trust in the sender's history, an operator's new
// instance) changes what the gate expects, and nothing else. Method: cleaned and judged under rule texts.
#include "rules/profile/attestation.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";

std::string rule_text(std::string_view more) {
    return std::string{kHeaderOnlyRules} + std::string{more};
}

std::string item_of_code(std::string_view value, std::string_view meaning) {
    DicomWriter item;
    item.element(0x00080100, Vr::SH, value)
        .element(0x00080102, Vr::SH, "DCM")
        .element(0x00080104, Vr::LO, meaning);
    return item.text();
}

std::string original_file() {
    DicomWriter equipment;
    equipment.element(0x00080070, Vr::LO, "OTHER MAKER").element(0x0018A002, Vr::DT, "20240517101112");
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kCt)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.3.1")
        .element(0x00080060, Vr::CS, "CT")
        .element(0x00080080, Vr::LO, "Hospital of Toboso")
        .element(0x00081030, Vr::LO, "Knee follow up")
        .sequence(0x00081140)
        .item()
        .element(0x00081150, Vr::UI, kCt)
        .element(0x00081155, Vr::UI, "1.2.276.0.99.3.1")
        .end_item()
        .end_sequence()
        .element(0x00100010, Vr::PN, "Panza^Sancho")
        .element(0x00100020, Vr::LO, "PID-27182")
        .element(0x00120062, Vr::CS, "YES")
        .element(0x00120063, Vr::LO, "earlier method")
        .sequence(0x00120064)
        .item()
        .raw(item_of_code("113100", "Basic Application Confidentiality Profile"))
        .end_item()
        .end_sequence()
        .sequence(0x0018A001)
        .item()
        .raw(equipment.text())
        .end_item()
        .end_sequence()
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.3.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.3.3")
        .element(0x00290010, Vr::LO, "ACME")
        .element(0x00291001, Vr::LO, "safe number 7");
    return part10_file(data.text(), rules::kExplicitVrLittleEndian, kCt, "1.2.276.0.99.3.1");
}

struct Outcome {
    std::string reason;
    WrittenFile written;
};

Outcome clean_and_judge(
    std::string_view rules_text, pipeline::Decision decision = pipeline::Decision::kNone
) {
    const std::string original = original_file();
    const rules::RuleSet rules = rules_of(rules_text);
    pipeline::WorkOrder order = order_for(original);
    order.decision = decision;
    const Cleaned cleaned = clean(original, rules, order);
    EXPECT_EQ(cleaned.report.reason, "");
    return {
        judge(original, cleaned.written, rules.rules().front(), order).reason, WrittenFile{cleaned.written}};
}

std::string judge_under(std::string_view rules_text, const WrittenFile& written) {
    const std::string original = original_file();
    const rules::RuleSet rules = rules_of(rules_text);
    return judge(original, written.text(), rules.rules().front(), order_for(original)).reason;
}

TEST(GateRules, ReplacesTheSendersHistoryUnlessTrusted) {
    const std::string trusting = rule_text("trust_sender_history = true\n");
    const Outcome plain = clean_and_judge(kHeaderOnlyRules);
    const Outcome trusted = clean_and_judge(trusting);

    EXPECT_EQ(plain.reason, "");
    EXPECT_EQ(trusted.reason, "");
    EXPECT_EQ(judge_under(trusting, plain.written), "gate: the attestation is not as it must be (0012,0064)");
    EXPECT_EQ(
        judge_under(kHeaderOnlyRules, trusted.written),
        "gate: an item stands there that the original does not have (FFFE,E000)"
    );
}

TEST(GateRules, KeepsWhatAnOverrideKeepsAndHoldsItUnderAnotherRule) {
    const std::string keeping = rule_text("[rule.overrides]\n\"StudyDescription\" = \"K\"\n");
    const Outcome kept = clean_and_judge(keeping);

    EXPECT_EQ(kept.reason, "");
    EXPECT_TRUE(kept.written.has(0x00081030));
    EXPECT_EQ(
        judge_under(kHeaderOnlyRules, kept.written), "gate: a removed attribute still stands (0008,1030)"
    );
}

TEST(GateRules, KeepsAPrivateAttributeWithItsCreator) {
    const std::string keeping = rule_text("[rule.overrides]\n\"(0029,xx01,ACME)\" = \"K\"\n");
    const Outcome kept = clean_and_judge(keeping);

    EXPECT_EQ(kept.reason, "");
    EXPECT_TRUE(kept.written.has(0x00291001));
    EXPECT_TRUE(kept.written.has(0x00290010));
}

TEST(GateRules, ExpectsTheCodesOfTheRulesOptions) {
    const std::string original = original_file();
    const Outcome basic = clean_and_judge(kHeaderOnlyRules);
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    rules::Rule with_option = rules.rules().front();
    with_option.profile.options.insert(rules::Option::kCleanGraphics);

    EXPECT_EQ(
        judge(original, basic.written.text(), with_option, order_for(original)).reason,
        "gate: the attestation is not as it must be (0012,0064)"
    );
}

TEST(GateRules, ExpectsTheUidOfANewInstanceEverywhere) {
    const Outcome outcome = clean_and_judge(kHeaderOnlyRules, pipeline::Decision::kAsNewInstance);

    EXPECT_EQ(outcome.reason, "");
    EXPECT_EQ(
        judge_under(kHeaderOnlyRules, outcome.written), "gate: the File Meta Information is not exactly ours"
    );
}

TEST(GateRules, PassesAnInstanceThatWasCleanedBefore) {
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    const std::string first = original_file();
    const std::string second = clean(first, rules, order_for(first)).written;
    const Cleaned third = clean(second, rules, order_for(second));

    EXPECT_EQ(third.report.reason, "");
    EXPECT_EQ(judge(second, third.written, rules.rules().front(), order_for(second)).reason, "");
}

constexpr std::string_view kBasicText = "1.2.840.10008.5.1.4.1.1.88.11";

// A report, of which the table says that no pixels can identify.
std::string report_file(std::string_view claim) {
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kBasicText)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.3.1")
        .element(0x00080060, Vr::CS, "SR")
        .element(0x00100010, Vr::PN, "Panza^Sancho")
        .element(0x00100020, Vr::LO, "PID-27182")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.3.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.3.3");
    if (!claim.empty()) {
        data.element(0x00280301, Vr::CS, claim);
    }
    return part10_file(data.text(), rules::kExplicitVrLittleEndian, kBasicText, "1.2.276.0.99.3.1");
}

TEST(GateRules, BelievesASenderWhoSaysThatTextIsBurnedIn) {
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    for (const auto& [claim, flag] : {std::pair{"YES", "NO"}, std::pair{"NO", "YES"}}) {
        const std::string original = report_file(claim);
        const auto order = order_for(original);
        WrittenFile file{clean(original, rules, order).written};
        EXPECT_EQ(judge(original, file.text(), rules.rules().front(), order).reason, "") << claim;

        file.put(rules::kPatientIdentityRemoved.value, Vr::CS, flag);
        EXPECT_EQ(judge(original, file.text(), rules.rules().front(), order).reason, "") << claim;
        file.put(rules::kPatientIdentityRemoved.value, Vr::CS, claim);
        EXPECT_EQ(
            judge(original, file.text(), rules.rules().front(), order).reason,
            "gate: the attestation is not as it must be (0012,0062)"
        ) << claim;
    }
}

// YES may stand under require-clean where there are no pixels.
TEST(GateRules, ExpectsYesWhereNoPixelCanIdentify) {
    constexpr std::string_view kRequireClean = R"(
[[rule]]
name = "strict"
profile = "basic"
pixel_policy = "require-clean"
destinations = ["archive"]
)";
    const std::string original = report_file("");
    const rules::RuleSet rules = rules_of(kRequireClean);
    const auto order = order_for(original);
    const Cleaned cleaned = clean(original, rules, order);
    ASSERT_EQ(cleaned.report.reason, "");
    WrittenFile file{cleaned.written};

    EXPECT_EQ(judge(original, file.text(), rules.rules().front(), order).reason, "");
    file.put(rules::Tag{0x0012, 0x0062}.value, Vr::CS, "NO");
    EXPECT_EQ(
        judge(original, file.text(), rules.rules().front(), order).reason,
        "gate: the attestation is not as it must be (0012,0062)"
    );
}

TEST(GateRules, RefusesAnotherProjectsKey) {
    const std::string original = original_file();
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    const auto order = order_for(original);
    const Cleaned cleaned = clean(original, rules, order);
    const rules::ProjectKey other = test_key().derive("another");

    const auto report =
        pipeline::judge(bytes_of(original), bytes_of(cleaned.written), {order, rules.rules().front(), other});

    EXPECT_FALSE(report.passed);
}

}  // namespace
}  // namespace efface::testing
