// Goal: the gate passes what the cleaner makes and holds every bug that is planted in it, for the
// reason that names the bug. Method: one synthetic CT through the real cleaner; each case changes one
// thing in the written bytes.
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

#include <gtest/gtest.h>

#include <functional>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";
constexpr std::string_view kSopInstance = "1.2.276.0.99.1.1.1.17";
constexpr std::string_view kStudy = "1.2.276.0.99.1.1.2.17";

struct Original {
    std::string manufacturer = "ACME Scanners";
    std::string name = "Quixote^Alonso";
    std::string character_set = "ISO_IR 100";
    std::string series_number = "3";
    std::string syntax{rules::kExplicitVrLittleEndian};
    std::string pixel_element;
    std::string sop_class{kCt};
};

std::string nested_item(std::string_view description) {
    DicomWriter item;
    item.element(0x00080100, Vr::SH, "T-D1100")
        .element(0x00080102, Vr::SH, "SRT")
        .element(0x00080104, Vr::LO, "Head");
    if (!description.empty()) {
        item.element(0x00081030, Vr::LO, description);
    }
    return item.text();
}

std::string sequence_of(std::uint32_t tag, const std::vector<std::string>& items) {
    DicomWriter sequence;
    sequence.sequence(tag);
    for (const std::string& item : items) {
        sequence.item().raw(item).end_item();
    }
    sequence.end_sequence();
    return sequence.text();
}

std::string native_pixels(std::string_view samples = "0123456789ABCDEF") {
    DicomWriter element;
    // Twelve bits stored: the high nibble of every second byte stays zero.
    std::string words{samples.substr(0, 8)};
    for (std::size_t i = 1; i < words.size(); i += 2) {
        words[i] = static_cast<char>(words[i] & 0x0F);
    }
    element.element(0x7FE00010, Vr::OW, words);
    return element.text();
}

std::string original_file(const Original& what = {}) {
    DicomWriter data;
    data.element(0x00080005, Vr::CS, what.character_set)
        .element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\AXIAL")
        .element(0x00080016, Vr::UI, what.sop_class)
        .element(0x00080018, Vr::UI, kSopInstance)
        .element(0x00080020, Vr::DA, "20240517")
        .element(0x00080050, Vr::SH, "ACC-90210")
        .element(0x00080060, Vr::CS, "CT")
        .element(0x00080070, Vr::LO, what.manufacturer)
        .element(0x00081030, Vr::LO, "Skull after the windmill")
        .element(0x00081090, Vr::LO, "Model X")
        .raw(sequence_of(0x00082218, {nested_item("nested description")}))
        .element(0x00090010, Vr::LO, "ACME PRIVATE")
        .element(0x00091001, Vr::LO, "private value")
        .element(0x00100010, Vr::PN, what.name)
        .element(0x00100020, Vr::LO, "PID-314159")
        .element(0x00100030, Vr::DA, "15470929")
        .element(0x00100040, Vr::CS, "M")
        .element(0x00101040, Vr::LO, "La Mancha 1")
        .element(0x00180050, Vr::DS, "1.25")
        .element(0x0020000D, Vr::UI, kStudy)
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.1.1.3.17")
        .element(0x00200011, Vr::IS, what.series_number)
        .element(0x00200052, Vr::UI, "1.2.276.0.99.1.1.4.17")
        .us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .us(0x00280010, 2)
        .us(0x00280011, 2)
        .us(0x00280100, 16)
        .us(0x00280101, 12)
        .us(0x00280102, 11)
        .us(0x00280103, 0)
        .element(0x00280301, Vr::CS, "YES")
        .raw(what.pixel_element.empty() ? native_pixels() : what.pixel_element);
    return part10_file(data.text(), what.syntax, what.sop_class, kSopInstance);
}

class Gate : public ::testing::Test {
protected:
    /// What the gate says about the cleaner's own work.
    pipeline::GateReport judge_cleaned(const Original& what) {
        const std::string original = original_file(what);
        const auto order = order_for(original);
        return judge(original, cleaned(original).text(), rule_, order);
    }

    WrittenFile cleaned(const std::string& original) {
        const Cleaned result = clean(original, rules_, order_for(original));
        EXPECT_EQ(result.report.reason, "");
        return WrittenFile{result.written};
    }

    std::string reason_of(const std::string& original, const std::string& written) {
        return judge(original, written, rule_, order_for(original)).reason;
    }

    const rules::RuleSet rules_ = rules_of(kHeaderOnlyRules);
    const rules::Rule& rule_ = rules_.rules().front();
};

TEST_F(Gate, PassesWhatTheCleanerMakesAndNamesItsDigest) {
    const std::string original = original_file();
    const std::string written = cleaned(original).text();

    const pipeline::GateReport report = judge(original, written, rule_, order_for(original));

    EXPECT_EQ(report.reason, "");
    EXPECT_TRUE(report.passed);
    EXPECT_EQ(report.output_digest, sha256(written));
    EXPECT_EQ(report.output_bytes, written.size());
}

TEST_F(Gate, PassesEveryByteOrderAndVrEncodingOfTheSameCleaner) {
    for (const char* name : {"ISO_IR 192", "ISO_IR 100", "ISO_IR 6"}) {
        EXPECT_EQ(judge_cleaned({.character_set = name}).reason, "") << name;
    }
}

struct Planted {
    const char* what;
    std::function<void(WrittenFile&)> plant;
    const char* reason;
};

const std::string kStandsStill = "gate: a removed attribute still stands";
const std::string kNotOurs = "gate: a replaced value is not one that Efface writes";
const std::string kAttestation = "gate: the attestation is not as it must be";

std::vector<Planted> planted_in_header() {
    return {
        {"a removed attribute", [](WrittenFile& f) { f.put(0x00081030, Vr::LO, "Skull after the windmill"); },
         "gate: a removed attribute still stands (0008,1030)"},
        {"a removed attribute with another value",
         [](WrittenFile& f) { f.put(0x00081030, Vr::LO, "CT HEAD"); },
         "gate: a removed attribute still stands (0008,1030)"},
        {"a removed attribute inside a kept sequence",
         [](WrittenFile& f) {
             f.put_raw(0x00082218, sequence_of(0x00082218, {nested_item("nested description")}));
         },
         "gate: a removed attribute still stands (0008,1030)"},
        {"a private attribute", [](WrittenFile& f) { f.put(0x00091001, Vr::LO, "private value"); },
         "gate: a removed attribute still stands (0009,1001)"},
        {"a private creator alone", [](WrittenFile& f) { f.put(0x00090010, Vr::LO, "ACME PRIVATE"); },
         "gate: a private creator stands without an attribute of its block (0009,0010)"},
        {"an emptied attribute of X", [](WrittenFile& f) { f.put(0x00101040, Vr::LO, ""); },
         "gate: a removed attribute still stands (0010,1040)"},
        {"the original name", [](WrittenFile& f) { f.put(0x00100010, Vr::PN, "Quixote^Alonso"); },
         "gate: a replaced value is not one that Efface writes (0010,0010)"},
        {"another name", [](WrittenFile& f) { f.put(0x00100010, Vr::PN, "Somebody"); },
         "gate: a replaced value is not one that Efface writes (0010,0010)"},
        {"the original id", [](WrittenFile& f) { f.put(0x00100020, Vr::LO, "PID-314159"); },
         "gate: a replaced value is not one that Efface writes (0010,0020)"},
        {"a date of its own", [](WrittenFile& f) { f.put(0x00080020, Vr::DA, "20240518"); },
         "gate: a replaced value is not one that Efface writes (0008,0020)"},
        {"the original study", [](WrittenFile& f) { f.put(0x0020000D, Vr::UI, kStudy); },
         "gate: a UID is neither registered nor mapped (0020,000D)"},
        {"a UID from elsewhere", [](WrittenFile& f) { f.put(0x00200052, Vr::UI, "2.25.1"); },
         "gate: a UID is neither registered nor mapped (0020,0052)"},
        {"a changed kept value", [](WrittenFile& f) { f.put(0x00180050, Vr::DS, "1.26"); },
         "gate: a kept attribute is not as it was (0018,0050)"},
        {"a lost kept attribute", [](WrittenFile& f) { f.erase(0x00180050); },
         "gate: an attribute that must stand there is missing (0018,0050)"},
        {"a lost replaced attribute", [](WrittenFile& f) { f.erase(0x0020000D); },
         "gate: an attribute that must stand there is missing (0020,000D)"},
        {"an attribute that was not there", [](WrittenFile& f) { f.put(0x00204000, Vr::LT, "a comment"); },
         "gate: an attribute stands there that the original does not have (0020,4000)"},
        {"an item more",
         [](WrittenFile& f) {
             f.put_raw(0x00082218, sequence_of(0x00082218, {nested_item(""), nested_item("")}));
         },
         "gate: an item stands there that the original does not have (FFFE,E000)"},
        {"an item less", [](WrittenFile& f) { f.put_raw(0x00082218, sequence_of(0x00082218, {})); },
         "gate: an item of a kept sequence is missing (0008,2218)"},
        {"a sequence that became a value", [](WrittenFile& f) { f.put(0x00082218, Vr::UN, "abcd"); },
         "gate: an attribute changed between sequence and value (0008,2218)"},
        {"a group length", [](WrittenFile& f) { f.put(0x00100000, Vr::UL, "abcd"); },
         "gate: a group length or an element below group 0008 stands there (0010,0000)"},
        {"a group 0004 element", [](WrittenFile& f) { f.put(0x00041500, Vr::CS, "FILE"); },
         "gate: a group length or an element below group 0008 stands there (0004,1500)"},
        {"data set trailing padding", [](WrittenFile& f) { f.put(0xFFFCFFFC, Vr::OB, "Quixote"); },
         "gate: bytes stand behind the last attribute"},
        {"zeros behind the end", [](WrittenFile& f) { f.at(0x7FE00010) += std::string(16, '\0'); },
         "gate: bytes stand behind the last attribute"},
        {"text behind the end", [](WrittenFile& f) { f.at(0x7FE00010) += "Quixote"; },
         "bytes behind the last element (7FE0,0010)"},
        {"a doubled tag", [](WrittenFile& f) { f.at(0x00180050) += f.at(0x00180050); },
         "gate: an element is written out of order, odd or with reserved bytes (0018,0050)"},
        {"reserved bytes", [](WrittenFile& f) { f.at(0x7FE00010)[6] = 'Q'; },
         "gate: an element is written out of order, odd or with reserved bytes (7FE0,0010)"},
        {"an overlay", [](WrittenFile& f) { f.put(0x60003000, Vr::OW, "plane of bits"); },
         "gate: an attribute stands there that the original does not have (6000,3000)"},
    };
}

std::vector<Planted> planted_in_attestation() {
    return {
        {"YES without proof", [](WrittenFile& f) { f.put(0x00120062, Vr::CS, "YES"); },
         "gate: the attestation is not as it must be (0012,0062)"},
        {"no flag", [](WrittenFile& f) { f.erase(0x00120062); },
         "gate: an attribute that must stand there is missing (0012,0062)"},
        {"another method", [](WrittenFile& f) { f.put(0x00120063, Vr::LO, "everything is fine"); },
         "gate: the attestation is not as it must be (0012,0063)"},
        {"a code of the pixel option", [](WrittenFile& f) { f.change(0x00120064, "113100", "113101"); },
         "gate: the attestation is not as it must be (0008,0100)"},
        {"another equipment", [](WrittenFile& f) { f.change(0x0018A001, "Efface", "Ephace"); },
         "gate: the attestation is not as it must be (0008,0070)"},
        {"another year", [](WrittenFile& f) { f.change(0x0018A001, "2023", "2024"); },
         "gate: the attestation is not as it must be (0018,A002)"},
        {"another temporal word", [](WrittenFile& f) { f.put(0x00280303, Vr::CS, "UNMODIFIED"); },
         "gate: the attestation is not as it must be (0028,0303)"},
        {"an unproven claim", [](WrittenFile& f) { f.put(0x00280301, Vr::CS, "NO"); },
         "gate: a claim about text or faces is not what the files show (0028,0301)"},
        {"a claim dropped", [](WrittenFile& f) { f.erase(0x00280301); },
         "gate: a claim about text or faces is not what the files show (0028,0301)"},
        {"a claim invented", [](WrittenFile& f) { f.put(0x00280302, Vr::CS, "NO"); },
         "gate: an attribute stands there that the original does not have (0028,0302)"},
    };
}

std::vector<Planted> planted_around() {
    return {
        {"a preamble", [](WrittenFile& f) { f.frame()[3] = 'Q'; }, "gate: the preamble is not zero"},
        {"a meta version", [](WrittenFile& f) { f.frame().replace(f.frame().find("EFFACE"), 6, "EFFACF"); },
         "gate: the File Meta Information is not exactly ours"},
        {"a meta reserved byte", [](WrittenFile& f) { f.frame()[132 + 12 + 6] = 'Q'; },
         "gate: the File Meta Information is not exactly ours"},
        {"an AE title in the meta",
         [](WrittenFile& f) {
             DicomWriter element;
             element.element(0x00020016, Vr::AE, "HOSPITAL");
             f.frame() += element.text();
             f.frame()[140] = static_cast<char>(f.frame()[140] + static_cast<char>(element.size()));
         },
         "gate: the File Meta Information is not exactly ours"},
    };
}

class GateHolds : public Gate {
protected:
    void expect_held(const std::vector<Planted>& cases) {
        const std::string original = original_file();
        for (const Planted& planted : cases) {
            SCOPED_TRACE(planted.what);
            WrittenFile file = cleaned(original);
            ASSERT_EQ(reason_of(original, file.text()), "");
            planted.plant(file);

            EXPECT_EQ(reason_of(original, file.text()), planted.reason);
        }
    }
};

TEST_F(GateHolds, BugsPlantedInTheHeader) {
    expect_held(planted_in_header());
}

TEST_F(GateHolds, BugsPlantedInTheAttestation) {
    expect_held(planted_in_attestation());
}

TEST_F(GateHolds, BugsPlantedAroundTheDataSet) {
    expect_held(planted_around());
}

constexpr const char* kIdentitySurvives =
    "gate: a name, id, address, number or birth date of the original survives (0008,0070)";

TEST_F(GateHolds, IdentityThatSurvivesInAKeptAttribute) {
    for (const char* manufacturer :
         {"of QUIXOTE", "alonso's", "no PID-314159", "ACC-90210", "b. 15470929", "la mancha 1"}) {
        EXPECT_EQ(judge_cleaned({.manufacturer = manufacturer}).reason, kIdentitySurvives) << manufacturer;
    }
    EXPECT_EQ(
        judge_cleaned({.manufacturer = "uid " + std::string{kStudy}}).reason,
        "gate: a UID of the original survives (0008,0070)"
    );
}

// The cleaner holds these too; here it is taken to have kept them.
TEST_F(GateHolds, AKeptValueThatIsNotOfItsAttributesForm) {
    const std::string judged = original_file({.series_number = "HANS IN BERLIN"});
    WrittenFile text_as_number = cleaned(original_file());
    text_as_number.put(0x00200011, Vr::IS, "HANS IN BERLIN");
    EXPECT_EQ(
        reason_of(judged, text_as_number.text()), "gate: a kept value is not of its VR's form (0020,0011)"
    );
    EXPECT_EQ(
        clean(judged, rules_, order_for(judged)).report.reason,
        "an attribute to keep has a value that is not of its VR's form: it could say anything (0020,0011)"
    );

    std::string number_as_text = judged;
    const std::size_t at = number_as_text.find(std::string{"IS\x0E", 3});
    number_as_text.replace(at, 2, "LO");
    WrittenFile text = cleaned(original_file());
    text.put(0x00200011, Vr::LO, "HANS IN BERLIN");
    EXPECT_EQ(
        reason_of(number_as_text, text.text()),
        "gate: a kept attribute has a VR that is not its own (0020,0011)"
    );
}

TEST_F(GateHolds, NotAShortNameNorWhatIsOnlyPartlyThere) {
    EXPECT_EQ(judge_cleaned({.manufacturer = "Lee Ltd", .name = "Lee^A"}).reason, "");
    EXPECT_EQ(judge_cleaned({.manufacturer = "Quix Alon"}).reason, "");
}

TEST_F(GateHolds, ANameInAnotherEncodingAndCase) {
    // Jérôme in Latin-1; the kept attribute shows JÉRÔME in Latin-1 and in UTF-8.
    const std::string name = "Pr\xE9vost^J\xE9r\xF4me";
    for (const char* manufacturer : {"J\xC9R\xD4ME", "j\xE9r\xF4me", "J\xC3\x89R\xC3\x94ME"}) {
        EXPECT_EQ(judge_cleaned({.manufacturer = manufacturer, .name = name}).reason, kIdentitySurvives);
    }
    EXPECT_EQ(judge_cleaned({.manufacturer = "Jer", .name = name}).reason, "");
}

TEST_F(GateHolds, PixelsThatMayIdentifyUnderRequireClean) {
    const std::string original = original_file();
    rules::Rule strict = rule_;
    strict.pixel_policy = rules::PixelPolicy::kRequireClean;

    EXPECT_EQ(
        judge(original, cleaned(original).text(), strict, order_for(original)).reason,
        "gate: pixels may show text or a face and nothing proves them clean"
    );
}

TEST_F(GateHolds, AnotherInstanceThanTheOrderNames) {
    const std::string original = original_file();
    const std::string written = cleaned(original).text();
    auto order = order_for(original);
    order.sop_instance_uid = Phi<std::string>{"1.2.3.4.5"};

    EXPECT_EQ(
        judge(original, written, rule_, order).reason,
        "gate: the original is not the instance of the work order"
    );
    order = order_for(original);
    order.original_bytes += 1;
    EXPECT_EQ(
        judge(original, written, rule_, order).reason,
        "gate: the original has not the length it was received with"
    );
}

TEST_F(GateHolds, APrivateSopClass) {
    const std::string original = original_file({.sop_class = "1.2.3.4.5.6"});

    EXPECT_EQ(reason_of(original, original), "gate: the SOP class is private or unknown (0008,0016)");
}

TEST_F(GateHolds, AnOriginalWithADoubledTag) {
    std::string original = original_file();
    const std::string written = cleaned(original).text();
    DicomWriter doubled;
    doubled.element(0x00280301, Vr::CS, "YES");
    original.insert(original.find(doubled.text()), doubled.text());

    EXPECT_EQ(
        reason_of(original, written), "gate: a tag of the original is doubled or out of order (0028,0301)"
    );
}

TEST_F(GateHolds, TheOriginalItself) {
    const std::string original = original_file();

    EXPECT_NE(reason_of(original, original), "");
}

TEST_F(GateHolds, CutFilesAtEveryLength) {
    const std::string original = original_file();
    const std::string written = cleaned(original).text();
    for (std::size_t length = 0; length < written.size(); ++length) {
        ASSERT_NE(reason_of(original, written.substr(0, length)), "") << length;
    }
}

TEST_F(GateHolds, ASingleFlippedByteNearlyAnywhere) {
    // Padding of text may be a space or a NUL, and case of VR letters is checked by the scanner.
    const std::string original = original_file();
    const std::string written = cleaned(original).text();
    for (std::size_t at = 0; at < written.size(); ++at) {
        std::string flipped = written;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x01);
        EXPECT_NE(reason_of(original, flipped), "") << "byte " << at << " of " << written.size();
    }
}

}  // namespace
}  // namespace efface::testing
