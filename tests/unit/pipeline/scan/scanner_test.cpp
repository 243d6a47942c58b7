// Goal: the scanner reads every encoding of PS3.5 section 7 and refuses every broken one with a
// reason. Method: data sets written byte by byte, the events compared.
#include "pipeline/scan/scanner.h"

#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using efface::testing::DicomWriter;
using rules::Tag;
using rules::Vr;

const rules::TransferSyntax& syntax(std::string_view uid) {
    return *rules::find_transfer_syntax(uid);
}

const rules::TransferSyntax& explicit_little() {
    return syntax(rules::kExplicitVrLittleEndian);
}

const rules::TransferSyntax& implicit_little() {
    return syntax(rules::kImplicitVrLittleEndian);
}

// One line per event: kind letter, tag, depth; ends with "." or "!reason".
std::string story(
    std::span<const std::byte> bytes, const rules::TransferSyntax& with, ScanLimits limits = {}
) {
    Scanner scanner{bytes, with, limits};
    std::string text;
    while (true) {
        const Result<Event> event = scanner.next();
        if (!event) {
            return text + "!" + std::string{event.error().text.view()};
        }
        if (event->kind == EventKind::kEnd) {
            return text + ".";
        }
        constexpr std::string_view kLetters = "e[{}]PofQt.";
        text += kLetters[static_cast<std::size_t>(event->kind)];
        if (event->kind == EventKind::kElement || event->kind == EventKind::kSequenceBegin) {
            text += rules::to_string(event->tag) + std::string{rules::vr_name(event->vr)};
        }
        text += std::to_string(event->depth);
    }
}

std::string story(const DicomWriter& writer, const rules::TransferSyntax& with, ScanLimits limits = {}) {
    return story(writer.bytes(), with, limits);
}

TEST(Scanner, ReadsShortAndLongHeadersOfExplicitVr) {
    DicomWriter data;
    data.element(0x00080060, Vr::CS, "CT").element(0x00420011, Vr::OB, "abc").us(0x00280010, 7);

    EXPECT_EQ(story(data, explicit_little()), "e(0008,0060)CS0e(0042,0011)OB0e(0028,0010)US0.");
}

TEST(Scanner, ReadsBigEndian) {
    DicomWriter data{true, true};
    data.us(0x00280010, 0x0102).sequence(0x00081140).item().us(0x00280011, 3).end_item().end_sequence();
    Scanner scanner{data.bytes(), syntax(rules::kExplicitVrBigEndian)};

    const Result<Event> rows = scanner.next();

    ASSERT_TRUE(rows);
    EXPECT_EQ(first_u16(*rows), 0x0102);
    EXPECT_EQ(
        story(data, syntax(rules::kExplicitVrBigEndian)),
        "e(0028,0010)US0[(0008,1140)SQ0{1e(0028,0011)US1}1]0."
    );
}

TEST(Scanner, TakesTheVrOfImplicitElementsFromTheDictionary) {
    DicomWriter data{false};
    data.element(0x00080000, Vr::UL, "abcd")
        .element(0x00090010, Vr::LO, "ACME")
        .element(0x00091001, Vr::UN, "x1")
        .element(0x00100010, Vr::PN, "A^B");

    EXPECT_EQ(
        story(data, implicit_little()), "e(0008,0000)UL0e(0009,0010)LO0e(0009,1001)UN0e(0010,0010)PN0."
    );
}

TEST(Scanner, ReadsNestedSequencesOfDefinedAndUndefinedLength) {
    DicomWriter inner;
    inner.element(0x00080060, Vr::CS, "CT");
    DicomWriter data;
    data.sequence(0x00081140, static_cast<std::uint32_t>(8 + inner.size()))
        .item(static_cast<std::uint32_t>(inner.size()))
        .raw(inner.text())
        .sequence(0x00081150)
        .item()
        .sequence(0x00081140, 0)
        .end_item()
        .item(0)
        .end_sequence();

    EXPECT_EQ(
        story(data, explicit_little()),
        "[(0008,1140)SQ0{1e(0008,0060)CS1}1]0[(0008,1150)SQ0{1[(0008,1140)SQ1]1}1{1}1]0."
    );
}

TEST(Scanner, ReadsUnknownOfUndefinedLengthAsImplicitLittleEndianSequence) {
    DicomWriter implicit{false};
    implicit.item().element(0x00100010, Vr::PN, "A^B").end_item().end_sequence();
    DicomWriter data{true, true};
    data.header(0x00091001, Vr::UN, 0xFFFFFFFFU).raw(implicit.text()).us(0x00280010, 1);

    EXPECT_EQ(
        story(data, syntax(rules::kExplicitVrBigEndian)),
        "[(0009,1001)UN0{1e(0010,0010)PN1}1]0e(0028,0010)US0."
    );
}

TEST(Scanner, LeavesUnknownOfDefinedLengthOpaque) {
    DicomWriter data;
    data.header(0x00091001, Vr::UN, 8).raw(std::string_view{"\xFE\xFF\x00\xE0\0\0\0\0", 8});

    EXPECT_EQ(story(data, explicit_little()), "e(0009,1001)UN0.");
}

TEST(Scanner, HandsOutOffsetTableAndFragments) {
    DicomWriter data;
    data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
        .fragment("")
        .fragment("abcd")
        .fragment("efgh")
        .end_sequence()
        .element(0xFFFCFFFC, Vr::OB, "pad.");

    EXPECT_EQ(story(data, syntax("1.2.840.10008.1.2.4.50")), "P0o0f0f0Q0e(FFFC,FFFC)OB0.");
}

TEST(Scanner, ReportsFragmentsUnderANativeSyntax) {
    DicomWriter data;
    data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).fragment("").end_sequence();
    Scanner scanner{data.bytes(), explicit_little()};

    EXPECT_TRUE(scanner.next()->facts.encapsulated_unexpected);
}

TEST(Scanner, NamesThePathAndThePrivateCreatorOfEachLevel) {
    DicomWriter data;
    data.element(0x00090010, Vr::LO, "ACME 1 ")
        .element(0x00091001, Vr::LO, "outer")
        .sequence(0x00091002)
        .item()
        .element(0x00090010, Vr::LO, "OTHER")
        .element(0x00091001, Vr::LO, "inner")
        .end_item()
        .end_sequence()
        .element(0x00091003, Vr::LO, "outer again")
        .element(0x00091101, Vr::LO, "no creator");
    Scanner scanner{data.bytes(), explicit_little()};
    std::string text;
    for (Result<Event> event = scanner.next(); event && event->kind != EventKind::kEnd;
         event = scanner.next()) {
        if (event->kind == EventKind::kElement || event->kind == EventKind::kSequenceBegin) {
            text += std::to_string(scanner.path().size()) + std::string{scanner.private_creator(event->tag)} +
                    ";";
        }
    }

    EXPECT_EQ(text, "0;0ACME 1;0ACME 1;1;1OTHER;0ACME 1;0;");
}

TEST(Scanner, CountsItemsInThePath) {
    DicomWriter data;
    data.sequence(0x00081140).item(0).item().element(0x00080060, Vr::CS, "CT").end_item().end_sequence();
    Scanner scanner{data.bytes(), explicit_little()};
    for (Result<Event> event = scanner.next(); event; event = scanner.next()) {
        if (event->kind == EventKind::kElement) {
            ASSERT_EQ(scanner.path_items().size(), 1u);
            EXPECT_EQ(scanner.path_items()[0], 2u);
            EXPECT_EQ(scanner.path()[0], Tag(0x00081140));
            return;
        }
    }
    FAIL() << "the element inside the second item was not met";
}

TEST(Scanner, ReportsOddLengthDuplicateAndOrderAsFacts) {
    DicomWriter data;
    data.header(0x00080060, Vr::CS, 3).raw("ABC");
    data.us(0x00280010, 1).us(0x00280010, 2).us(0x00080008, 3);
    const Result<ScanTotals> totals = scan_all(data.bytes(), explicit_little());

    ASSERT_TRUE(totals);
    EXPECT_TRUE(totals->any_odd_length);
    EXPECT_TRUE(totals->any_duplicate);
    EXPECT_TRUE(totals->any_out_of_order);
    EXPECT_EQ(totals->elements, 4u);
}

TEST(Scanner, SkipsASequenceToItsEnd) {
    for (const bool undefined : {false, true}) {
        DicomWriter data;
        data.sequence(0x00081140, undefined ? 0xFFFFFFFFU : 8 + 10)
            .item(undefined ? 0xFFFFFFFFU : 10)
            .us(0x00280010, 1);
        if (undefined) {
            data.end_item().end_sequence();
        }
        data.us(0x00280011, 2);
        Scanner scanner{data.bytes(), explicit_little()};
        ASSERT_TRUE(scanner.next());

        ASSERT_TRUE(scanner.skip_sequence());

        const Result<Event> end = scanner.next();
        ASSERT_TRUE(end);
        EXPECT_EQ(end->kind, EventKind::kSequenceEnd);
        EXPECT_EQ(scanner.next()->tag, Tag(0x00280011));
    }
}

TEST(Scanner, HandsOutZeroPaddingBehindTheLastElement) {
    DicomWriter data;
    data.us(0x00280010, 1).raw(std::string(100, '\0'));

    EXPECT_EQ(story(data, explicit_little()), "e(0028,0010)US0t0.");
    EXPECT_EQ(scan_all(data.bytes(), explicit_little())->trailing_bytes, 100u);
}

struct BrokenCase {
    std::string_view name;
    std::string bytes;
    std::string_view reason;
    ScanLimits limits = {};
};

std::vector<BrokenCase> broken_cases() {
    const auto made = [](auto&& build) {
        DicomWriter writer;
        build(writer);
        return writer.text();
    };
    std::vector<BrokenCase> cases;
    cases.push_back(
        {"header cut", made([](auto& w) { w.us(0x00280010, 1).raw("\x28\x01\x28"); }),
         "bytes behind the last element"}
    );
    cases.push_back(
        {"long header cut", made([](auto& w) {
             w.raw(std::string_view{"\x08\0\x05\0OB\0\0\1", 9});
         }),
         "an element header is cut"}
    );
    cases.push_back(
        {"length beyond end", made([](auto& w) { w.header(0x00080060, Vr::CS, 10).raw("CT"); }),
         "an element ends behind the data"}
    );
    cases.push_back(
        {"value beyond item", made([](auto& w) {
             w.sequence(0x00081140).item(10).header(0x00080060, Vr::CS, 4).raw("ABCD").end_sequence();
         }),
         "an element ends behind the data"}
    );
    cases.push_back(
        {"item beyond sequence",
         made([](auto& w) { w.sequence(0x00081140, 12).item(20).raw(std::string(20, '\0')); }),
         "an item ends behind its sequence"}
    );
    cases.push_back(
        {"sequence beyond end", made([](auto& w) { w.sequence(0x00081140, 1000); }),
         "an element ends behind the data"}
    );
    cases.push_back(
        {"unknown VR", made([](auto& w) {
             w.raw(std::string_view{"\x08\0\x05\0??\0\0", 8});
         }),
         "an unknown VR"}
    );
    cases.push_back({"item at top level", made([](auto& w) { w.item(0); }), "a delimiter at the wrong place"}
    );
    cases.push_back(
        {"item delimiter in an item of defined length",
         made([](auto& w) { w.sequence(0x00081140).item(8).end_item().end_sequence(); }),
         "a delimiter at the wrong place"}
    );
    cases.push_back(
        {"sequence delimiter inside an item",
         made([](auto& w) { w.sequence(0x00081140).item().end_sequence(); }),
         "a delimiter at the wrong place"}
    );
    cases.push_back(
        {"delimiter with length", made([](auto& w) {
             w.sequence(0x00081140).item().header(0xFFFEE00D, Vr::UN, 2).raw("ab").end_sequence();
         }),
         "an item delimiter has a length"}
    );
    cases.push_back(
        {"element in a sequence",
         made([](auto& w) { w.sequence(0x00081140).us(0x00280010, 1).end_sequence(); }),
         "a sequence holds what is not an item"}
    );
    cases.push_back(
        {"no item delimiter", made([](auto& w) { w.sequence(0x00081140).item().us(0x00280010, 1); }),
         "an item has no delimiter"}
    );
    cases.push_back(
        {"no sequence delimiter", made([](auto& w) { w.sequence(0x00081140).item(0); }),
         "a sequence has no delimiter"}
    );
    cases.push_back(
        {"undefined length of text",
         made([](auto& w) { w.header(0x00420011, Vr::UT, 0xFFFFFFFFU).item(0).end_sequence(); }),
         "undefined length of a VR that has none"}
    );
    cases.push_back(
        {"undefined length in a fragment",
         made([](auto& w) { w.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).item().end_sequence(); }),
         "encapsulated Pixel Data holds what is not a fragment"}
    );
    cases.push_back(
        {"fragment beyond end",
         made([](auto& w) { w.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).item(0).item(100).raw("ab"); }),
         "a fragment ends behind the data"}
    );
    cases.push_back(
        {"no offset table", made([](auto& w) { w.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).end_sequence(); }),
         "encapsulated Pixel Data has no offset table"}
    );
    cases.push_back(
        {"trailing rubbish", made([](auto& w) {
             w.us(0x00280010, 1).raw(std::string_view{"\0\0\0\0patient", 11});
         }),
         "bytes behind the last element"}
    );
    cases.push_back(
        {"too deep",
         made([](auto& w) {
             for (int i = 0; i < 5; ++i) {
                 w.sequence(0x00081140).item();
             }
         }),
         "sequences nested deeper than sequence_depth_max",
         {.sequence_depth_max = 4}}
    );
    cases.push_back(
        {"too many elements",
         made([](auto& w) { w.us(0x00280010, 1).us(0x00280011, 1); }),
         "more elements than elements_max",
         {.elements_max = 1}}
    );
    cases.push_back(
        {"too many items",
         made([](auto& w) { w.sequence(0x00081140).item(0).item(0).end_sequence(); }),
         "more items than items_max",
         {.items_max = 1}}
    );
    cases.push_back(
        {"too many fragments",
         made([](auto& w) { w.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).item(0).item(0).end_sequence(); }),
         "more fragments than fragments_max",
         {.fragments_max = 1}}
    );
    cases.push_back(
        {"too much header",
         made([](auto& w) { w.element(0x00080060, Vr::CS, "ABCDEFGH"); }),
         "more bytes outside bulk values than header_bytes_max",
         {.header_bytes_max = 15}}
    );
    cases.push_back(
        {"too long a text",
         made([](auto& w) { w.element(0x00080060, Vr::CS, "ABCDEFGH"); }),
         "a value longer than text_value_bytes_max",
         {.text_value_bytes_max = 7}}
    );
    return cases;
}

TEST(Scanner, RefusesWhatIsBrokenWithAReason) {
    for (const BrokenCase& broken : broken_cases()) {
        SCOPED_TRACE(broken.name);

        const std::string told =
            story(efface::testing::bytes_of(broken.bytes), explicit_little(), broken.limits);

        EXPECT_EQ(told.substr(told.find('!') + 1), broken.reason) << told;
    }
}

TEST(Scanner, RefusesADeflatedDataSet) {
    EXPECT_FALSE(scan_all({}, syntax("1.2.840.10008.1.2.1.99")));
}

TEST(Scanner, GivesTheSameErrorAgain) {
    Scanner scanner{efface::testing::bytes_of("\x08"), explicit_little()};

    ASSERT_FALSE(scanner.next());
    EXPECT_FALSE(scanner.next());
}

TEST(Scanner, ReadsTwentyThousandNestedSequencesWithoutRecursion) {
    DicomWriter data;
    for (int i = 0; i < 20000; ++i) {
        data.sequence(0x00081140).item();
    }

    EXPECT_FALSE(scan_all(data.bytes(), explicit_little()));
    EXPECT_FALSE(scan_all(data.bytes(), explicit_little(), {.sequence_depth_max = 1'000'000}));
}

}  // namespace
}  // namespace efface::pipeline
