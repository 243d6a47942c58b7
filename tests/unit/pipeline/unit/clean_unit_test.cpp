#include "pipeline/unit/original.h"
#include "tests/unit/pipeline/unit/synthetic_instance.h"
#include "tests/unit/pipeline/unit/unit_fixture.h"

#include <fcntl.h>

namespace efface::pipeline {
namespace {

using Outcome = CleanReport::Outcome;

constexpr std::string_view kMarker = "QZMARKER";

bool contains(const std::string& bytes, std::string_view text) {
    return bytes.find(text) != std::string::npos;
}

TEST(CleanUnit, WritesOurFrameAndTheSamplesUntouched) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance instance;
    instance.preamble = "QZMARKER" + std::string(120, 'P');
    instance.extra_meta = element(0x00020016, "AE", "QZMARKER") +
                          element(0x00020100, "UI", std::string("1.2.3\0", 6)) +
                          element(0x00020102, "OB", "QZMARKER");

    const Cleaned cleaned = bench.clean(instance.file());

    ASSERT_EQ(cleaned.report.outcome, Outcome::kCleaned) << cleaned.report.reason;
    EXPECT_FALSE(contains(cleaned.output, kMarker));
    EXPECT_EQ(cleaned.output.substr(0, 128), std::string(128, '\0'));
    EXPECT_TRUE(cleaned.output.ends_with(instance.pixel_element));
    EXPECT_EQ(cleaned.report.output_bytes, cleaned.output.size());
}

TEST(CleanUnit, ReportsWhatTheJobRowNeeds) {
    const UnitBench bench{kHeaderOnlyRules};

    const Cleaned cleaned = bench.clean(SyntheticInstance{}.file());

    const CleanReport& report = cleaned.report;
    EXPECT_EQ(report.reason, "");
    EXPECT_EQ(report.rule, "all-header-only");
    EXPECT_EQ(report.pixel_policy, "header-only");
    EXPECT_EQ(report.destinations, std::vector<std::string>{"archive"});
    EXPECT_EQ(report.hold, "none");
    EXPECT_EQ(report.modality, "CT");
    EXPECT_EQ(report.study_uid.reveal(), "1.2.3.4.5");
    EXPECT_EQ(report.series_uid.reveal(), "1.2.3.4.5.1");
    EXPECT_EQ(report.new_sop_instance_uid, bench.key.map_uid("1.2.3.4.5.6"));
    EXPECT_EQ(report.new_study_uid, bench.key.map_uid("1.2.3.4.5"));
    EXPECT_EQ(report.new_series_uid, bench.key.map_uid("1.2.3.4.5.1"));
    EXPECT_EQ(report.new_patient_id, bench.key.pseudonym("EFF-", "", "PAT-4711"));
    EXPECT_EQ(report.output_transfer_syntax_uid, rules::kExplicitVrLittleEndian);
    EXPECT_EQ(report.table_edition, rules::table_edition());
    EXPECT_GT(report.actions[rules::Action::U], 0U);
}

TEST(CleanUnit, ReportsNoModalityThatIsNoCode) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance instance;
    instance.edit_header = [](Item root) {
        EXPECT_TRUE(root.put(rules::Tag{0x0008, 0x0060}, rules::Vr::CS, "Mustermann^Erika"));
    };

    EXPECT_EQ(bench.clean(instance.file()).report.modality, "");
}

TEST(CleanUnit, RemovesWhatStandsBehindThePixels) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance instance;
    instance.behind_pixels = element(0x7FE10010, "LO", "QZMARKER") + element(0x7FE11001, "LO", "QZMARKER") +
                             element(0xFFFCFFFC, "OB", "QZMARKER");

    const Cleaned cleaned = bench.clean(instance.file());

    ASSERT_EQ(cleaned.report.outcome, Outcome::kCleaned) << cleaned.report.reason;
    EXPECT_FALSE(contains(cleaned.output, kMarker));
    EXPECT_TRUE(cleaned.output.ends_with(instance.pixel_element));
}

TEST(CleanUnit, IsTheSameTwiceAndDependsOnNothingElse) {
    const UnitBench bench{kHeaderOnlyRules};
    const std::string file = SyntheticInstance{}.file();

    const Cleaned first = bench.clean(file);
    SyntheticInstance other_frame;
    other_frame.preamble = std::string(128, 'x');
    other_frame.extra_meta = element(0x00020016, "AE", "ELSE");
    const Cleaned second = bench.clean(other_frame.file());

    EXPECT_EQ(first.output, second.output);
}

TEST(CleanUnit, TakesItsDateFromTheWorkOrderAlone) {
    UnitBench bench{kHeaderOnlyRules};
    const Cleaned first = bench.clean(SyntheticInstance{}.file());
    bench.order.accepted_at += std::int64_t{400} * 86'400 * 1'000'000;
    const Cleaned later = bench.clean(SyntheticInstance{}.file());

    EXPECT_TRUE(contains(first.output, "2026"));
    EXPECT_TRUE(contains(later.output, "2027"));
    EXPECT_EQ(first.output.size(), later.output.size());
}

TEST(CleanUnit, QuarantinesPixelsThatMayIdentifyUnderRequireClean) {
    const UnitBench bench{kRequireCleanRules};
    SyntheticInstance instance;
    instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";  // Mammography, which nobody has measured.
    instance.edit_header = [](Item root) {
        EXPECT_TRUE(root.put(rules::Tag{0x0008, 0x0060}, rules::Vr::CS, "MG"));
    };

    const Cleaned cleaned = bench.clean(instance.file());

    EXPECT_EQ(cleaned.report.outcome, Outcome::kQuarantined);
    EXPECT_TRUE(contains(cleaned.report.reason, "header-only rule")) << cleaned.report.reason;
    EXPECT_EQ(cleaned.report.rule, "all-require-clean");
}

TEST(CleanUnit, QuarantinesWhatNoRuleTakes) {
    const UnitBench bench{R"(
[[rule]]
name = "only-mr"
match.modality = "MR"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
)"};

    const Cleaned cleaned = bench.clean(SyntheticInstance{}.file());

    EXPECT_EQ(cleaned.report.outcome, Outcome::kQuarantined);
    EXPECT_TRUE(contains(cleaned.report.reason, "no rule matches")) << cleaned.report.reason;
}

TEST(CleanUnit, AppliesTheRuleThatAnOperatorNames) {
    UnitBench bench{R"(
[[rule]]
name = "usual"
match.modality = "CT"
profile = "basic"
pixel_policy = "require-clean"
destinations = ["archive"]

[[rule]]
name = "released"
match.modality = "NONE"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
)"};
    bench.order.forced_rule = "released";
    EXPECT_EQ(bench.clean(SyntheticInstance{}.file()).report.rule, "released");
    bench.order.forced_rule = "no-such-rule";
    EXPECT_EQ(bench.clean(SyntheticInstance{}.file()).report.outcome, Outcome::kQuarantined);
}

TEST(CleanUnit, RefusesAnotherInstanceThanTheOneAnnounced) {
    UnitBench bench{kHeaderOnlyRules};
    const std::string file = SyntheticInstance{}.file();

    bench.order.sop_instance_uid = Phi<std::string>{"1.2.3.4.5.6"};
    EXPECT_EQ(bench.clean(file).report.outcome, Outcome::kCleaned);
    bench.order.sop_instance_uid = Phi<std::string>{"1.2.3.4.5.7"};
    EXPECT_EQ(bench.clean(file).report.outcome, Outcome::kQuarantined);
    bench.order.sop_instance_uid = {};
    bench.order.sop_class_uid = "1.2.840.10008.5.1.4.1.1.4";
    EXPECT_EQ(bench.clean(file).report.outcome, Outcome::kQuarantined);
    bench.order.sop_class_uid = {};
    bench.order.transfer_syntax_uid = rules::kImplicitVrLittleEndian;
    EXPECT_EQ(bench.clean(file).report.outcome, Outcome::kQuarantined);
    bench.order.transfer_syntax_uid = {};
    bench.order.original_bytes = file.size() + 1;
    EXPECT_EQ(bench.clean(file).report.outcome, Outcome::kQuarantined);
}

TEST(CleanUnit, RefusesWhatIsNoInstance) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance private_class;
    private_class.sop_class_uid = "1.3.12.2.1107.5.9.1";

    EXPECT_EQ(bench.clean("").report.outcome, Outcome::kRefused);
    EXPECT_EQ(bench.clean("not DICOM at all, just text").report.outcome, Outcome::kRefused);
    EXPECT_EQ(bench.clean(SyntheticInstance{}.data_set()).report.outcome, Outcome::kRefused);
    EXPECT_EQ(bench.clean(private_class.file()).report.outcome, Outcome::kRefused);
}

TEST(CleanUnit, QuarantinesWhatTwoReadersCouldSeeDifferently) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance twice;
    twice.behind_pixels = twice.pixel_element;
    SyntheticInstance disorder;
    disorder.behind_pixels = element(0x00100010, "PN", "QZMARKER");
    SyntheticInstance cut;

    EXPECT_EQ(bench.clean(twice.file()).report.outcome, Outcome::kQuarantined);
    EXPECT_EQ(bench.clean(disorder.file()).report.outcome, Outcome::kQuarantined);
    const std::string file = cut.file();
    for (const std::size_t missing : {1U, 7U, 31U, 33U, 40U, 100U}) {
        const Cleaned cleaned = bench.clean(file.substr(0, file.size() - missing));
        EXPECT_EQ(cleaned.report.outcome, Outcome::kQuarantined) << missing;
    }
}

// dcmdata recurses, so depth must end in quarantine before it sees a byte.
TEST(CleanUnit, QuarantinesDeepNestingBeforeAParserSeesIt) {
    const UnitBench bench{kHeaderOnlyRules};
    std::string nested;
    constexpr int kDepth = 20'000;
    for (int i = 0; i < kDepth; ++i) {
        nested += std::string{"\x08\0\x15\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF", 20};
    }
    SyntheticInstance instance;
    instance.pixel_element = nested;

    const Cleaned cleaned = bench.clean(instance.file());

    EXPECT_EQ(cleaned.report.outcome, Outcome::kQuarantined);
}

TEST(CleanUnit, RefusesATranscodingThatItDoesNotKnow) {
    UnitBench bench{kHeaderOnlyRules};
    bench.order.transcode_to = "1.2.840.10008.1.2.4.90";

    EXPECT_EQ(bench.clean(SyntheticInstance{}.file()).report.outcome, Outcome::kQuarantined);
}

// A 4x4 image whose samples and a signed attribute differ in every byte order.
SyntheticInstance signed_image(std::string_view syntax_uid) {
    const bool big = syntax_uid == rules::kExplicitVrBigEndian;
    std::string samples;
    for (std::uint32_t i = 0; i < 16; ++i) {
        append_u16(samples, big ? (i << 8U) | 0x01U : 0x0100U | i);
    }
    SyntheticInstance instance;
    instance.syntax_uid = syntax_uid;
    instance.edit_header = [](Item root) {
        EXPECT_TRUE(root.put(rules::Tag{0x0028, 0x0103}, rules::Vr::US, std::string_view{"\1\0", 2}));
        EXPECT_TRUE(root.put(rules::Tag{0x0028, 0x0106}, rules::Vr::SS, std::string_view{"\xFE\xFF", 2}));
    };
    const std::string length{"\x20\0\0\0", 4};
    if (big) {
        instance.pixel_element = std::string{"\x7F\xE0\0\x10OW\0\0\0\0\0\x20", 12} + samples;
    } else if (syntax_uid == rules::kImplicitVrLittleEndian) {
        instance.pixel_element = std::string{"\xE0\x7F\x10\0", 4} + length + samples;
    } else {
        instance.pixel_element = element(0x7FE00010, "OW", samples);
    }
    return instance;
}

// All native encodings of one image give the very same bytes in each little endian one.
TEST(CleanUnit, TranscodesBetweenNativeEncodings) {
    UnitBench bench{kHeaderOnlyRules};
    for (const std::string_view target : {rules::kExplicitVrLittleEndian, rules::kImplicitVrLittleEndian}) {
        bench.order.transcode_to = target;
        const Cleaned expected = bench.clean(signed_image(target).file());
        ASSERT_EQ(expected.report.outcome, Outcome::kCleaned) << expected.report.reason;
        for (const std::string_view source :
             {rules::kExplicitVrLittleEndian, rules::kImplicitVrLittleEndian, rules::kExplicitVrBigEndian}) {
            const Cleaned cleaned = bench.clean(signed_image(source).file());
            EXPECT_EQ(cleaned.report.outcome, Outcome::kCleaned) << cleaned.report.reason;
            EXPECT_EQ(cleaned.report.output_transfer_syntax_uid, target);
            EXPECT_EQ(cleaned.output, expected.output) << source << " to " << target;
        }
    }
}

TEST(CleanUnit, NeverTranscodesToBigEndian) {
    UnitBench bench{kHeaderOnlyRules};
    bench.order.transcode_to = rules::kExplicitVrBigEndian;

    EXPECT_EQ(bench.clean(SyntheticInstance{}.file()).report.outcome, Outcome::kQuarantined);
}

TEST(CleanUnit, SaysWhenTheOutputCannotBeWritten) {
    const UnitBench bench{kHeaderOnlyRules};
    const std::string file = SyntheticInstance{}.file();
    const auto bytes = std::as_bytes(std::span{file});
    const int read_only = open("/dev/null", O_RDONLY);

    const auto report = clean_unit(bytes, read_only, {bench.order, bench.rules, bench.key, 1U << 20U});
    close(read_only);
    const int fd = memfd_create("output", 0);
    const auto too_large = clean_unit(bytes, fd, {bench.order, bench.rules, bench.key, 600});
    close(fd);

    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().fault, Fault::kRetry);
    ASSERT_TRUE(too_large.has_value());
    EXPECT_EQ(too_large->outcome, Outcome::kQuarantined);
}

TEST(CleanUnit, ClearsRetiredOverlayBitsAndSaysSo) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance instance;
    std::string samples;
    for (int i = 0; i < 16; ++i) {
        append_u16(samples, 0x1000U | static_cast<std::uint32_t>(i));
    }
    instance.pixel_element = element(0x7FE00010, "OW", samples);
    instance.edit_header = [](Item root) {
        const auto put_u16 = [&](std::uint32_t tag, std::uint16_t value) {
            std::string bytes;
            append_u16(bytes, value);
            EXPECT_TRUE(root.put(rules::Tag{tag}, rules::Vr::US, bytes));
        };
        put_u16(0x00280101, 12);
        put_u16(0x00280102, 11);
        put_u16(0x60000010, 4);
        put_u16(0x60000011, 4);
        put_u16(0x60000100, 16);
        put_u16(0x60000102, 12);
    };

    const Cleaned cleaned = bench.clean(instance.file());

    ASSERT_EQ(cleaned.report.outcome, Outcome::kCleaned) << cleaned.report.reason;
    std::string cleared;
    for (std::uint32_t i = 0; i < 16; ++i) {
        append_u16(cleared, i);
    }
    EXPECT_TRUE(cleaned.output.ends_with(element(0x7FE00010, "OW", cleared)));
    EXPECT_EQ(
        std::count(cleaned.report.facts.begin(), cleaned.report.facts.end(), "retired overlay bits cleared"),
        1
    );
}

}  // namespace
}  // namespace efface::pipeline
