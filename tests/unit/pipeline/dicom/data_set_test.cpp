#include "pipeline/dicom/data_set.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

const rules::TransferSyntax& syntax(std::string_view uid) {
    const rules::TransferSyntax* row = rules::find_transfer_syntax(uid);
    EXPECT_NE(row, nullptr);
    return *row;
}

const rules::TransferSyntax& explicit_little() {
    return syntax(rules::kExplicitVrLittleEndian);
}

Result<DataSet> parse(const std::string& bytes, const rules::TransferSyntax& in) {
    return DataSet::parse(std::as_bytes(std::span{bytes}), in);
}

std::string short_element(
    std::uint16_t group, std::uint16_t element, std::string_view vr, std::string_view v
) {
    std::string out;
    for (const std::uint16_t word : {group, element}) {
        out.push_back(static_cast<char>(word & 0xFF));
        out.push_back(static_cast<char>(word >> 8));
    }
    out += vr;
    out.push_back(static_cast<char>(v.size() & 0xFF));
    out.push_back(static_cast<char>(v.size() >> 8));
    out += v;
    return out;
}

TEST(DataSet, KeepsEveryByteOfAnUneditedValue) {
    const std::string bytes = short_element(0x0008, 0x0018, "UI", std::string("1.2.3\0", 6)) +
                              short_element(0x0008, 0x0070, "LO", "  spaced  ") +
                              short_element(0x0010, 0x0010, "PN", "Doe^J ") +
                              short_element(0x0028, 0x0010, "US", std::string("\x05\x00", 2));
    auto parsed = parse(bytes, explicit_little());
    ASSERT_TRUE(parsed.has_value());

    for (const Element& element : parsed->root().elements()) {
        ASSERT_TRUE(element.value().has_value());
    }

    EXPECT_EQ(parsed->serialise(explicit_little()).value(), bytes);
    EXPECT_EQ(parsed->root().find(Tag{0x0008, 0x0070})->value().value(), "  spaced  ");
    EXPECT_EQ(parsed->element_count(), 4U);
}

TEST(DataSet, WritesEveryVrThatItCanRead) {
    for (int i = 0; i <= static_cast<int>(Vr::UV); ++i) {
        const Vr vr = static_cast<Vr>(i);
        if (vr == Vr::SQ) {
            continue;
        }
        DataSet made;
        const std::string value = rules::is_text(vr) ? "12345678" : std::string("\1\2\3\4\5\6\7\10", 8);
        ASSERT_TRUE(made.root().put(Tag{0x0011, 0x1010}, vr, value)) << rules::vr_name(vr);
        const auto bytes = made.serialise(explicit_little());
        ASSERT_TRUE(bytes.has_value()) << rules::vr_name(vr);
        auto again = parse(*bytes, explicit_little());
        ASSERT_TRUE(again.has_value()) << rules::vr_name(vr);
        const auto element = again->root().find(Tag{0x0011, 0x1010});
        ASSERT_TRUE(element.has_value()) << rules::vr_name(vr);
        EXPECT_EQ(element->vr(), vr) << rules::vr_name(vr);
        EXPECT_EQ(element->value().value(), value) << rules::vr_name(vr);

        const auto big = made.serialise(syntax(rules::kExplicitVrBigEndian));
        ASSERT_TRUE(big.has_value());
        auto from_big = parse(*big, syntax(rules::kExplicitVrBigEndian));
        ASSERT_TRUE(from_big.has_value()) << rules::vr_name(vr);
        EXPECT_EQ(from_big->root().find(Tag{0x0011, 0x1010})->value().value(), value) << rules::vr_name(vr);
    }
}

TEST(DataSet, PadsWhatItWrites) {
    DataSet made;
    ASSERT_TRUE(made.root().put(Tag{0x0008, 0x0018}, Vr::UI, "1.2.3"));
    ASSERT_TRUE(made.root().put(Tag{0x0010, 0x0010}, Vr::PN, "abc"));
    ASSERT_TRUE(made.root().put(Tag{0x0042, 0x0011}, Vr::OB, "x"));

    EXPECT_EQ(made.root().find(Tag{0x0008, 0x0018})->value().value(), std::string("1.2.3\0", 6));
    EXPECT_EQ(made.root().find(Tag{0x0010, 0x0010})->value().value(), "abc ");
    EXPECT_EQ(made.root().find(Tag{0x0042, 0x0011})->value().value(), std::string("x\0", 2));
}

TEST(DataSet, EditsInsideNestedItems) {
    DataSet made;
    auto outer = made.root().append_item(Tag{0x0008, 0x1110});
    ASSERT_TRUE(outer.has_value());
    ASSERT_TRUE(outer->put(Tag{0x0008, 0x1150}, Vr::UI, "1.2"));
    auto inner = outer->append_item(Tag{0x0040, 0xA170});
    ASSERT_TRUE(inner.has_value());
    ASSERT_TRUE(inner->put(Tag{0x0008, 0x0104}, Vr::LO, "old"));
    ASSERT_TRUE(made.root().append_item(Tag{0x0008, 0x1110}).has_value());

    const auto sequence = made.root().find(Tag{0x0008, 0x1110});
    ASSERT_TRUE(sequence->is_sequence());
    ASSERT_EQ(sequence->items().size(), 2U);
    Item found = sequence->items()[0].find(Tag{0x0040, 0xA170})->items().at(0);
    ASSERT_TRUE(found.find(Tag{0x0008, 0x0104})->set_value("new value"));
    EXPECT_TRUE(sequence->items()[0].find(Tag{0x0008, 0x1150}).has_value());
    EXPECT_EQ(made.element_count(), 4U);

    auto again = parse(made.serialise(explicit_little()).value(), explicit_little());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(
        again->root()
            .find(Tag{0x0008, 0x1110})
            ->items()[0]
            .find(Tag{0x0040, 0xA170})
            ->items()[0]
            .find(Tag{0x0008, 0x0104})
            ->value()
            .value(),
        "new value "
    );
}

TEST(DataSet, RemovesAndClears) {
    DataSet made;
    ASSERT_TRUE(made.root().put(Tag{0x0010, 0x0010}, Vr::PN, "Doe^J"));
    ASSERT_TRUE(made.root().append_item(Tag{0x0008, 0x1110}).has_value());

    ASSERT_TRUE(made.root().find(Tag{0x0010, 0x0010})->clear());
    ASSERT_TRUE(made.root().find(Tag{0x0008, 0x1110})->clear());
    EXPECT_EQ(made.root().find(Tag{0x0010, 0x0010})->length_bytes(), 0U);
    EXPECT_TRUE(made.root().find(Tag{0x0008, 0x1110})->items().empty());
    EXPECT_TRUE(made.root().remove(Tag{0x0010, 0x0010}));
    EXPECT_FALSE(made.root().remove(Tag{0x0010, 0x0010}));
    EXPECT_FALSE(made.root().find(Tag{0x0010, 0x0010}).has_value());
}

TEST(DataSet, ReplacingAnElementLeavesOne) {
    DataSet made;
    ASSERT_TRUE(made.root().put(Tag{0x0012, 0x0062}, Vr::CS, "NO"));
    ASSERT_TRUE(made.root().put(Tag{0x0012, 0x0062}, Vr::CS, "YES"));

    EXPECT_EQ(made.element_count(), 1U);
    EXPECT_EQ(made.root().find(Tag{0x0012, 0x0062})->value().value(), "YES ");
}

TEST(DataSet, FindsThePrivateCreatorOfTheItem) {
    DataSet made;
    ASSERT_TRUE(made.root().put(Tag{0x0029, 0x0010}, Vr::LO, "SIEMENS CSA HEADER"));
    ASSERT_TRUE(made.root().put(Tag{0x0029, 0x1008}, Vr::CS, "X"));

    EXPECT_EQ(made.root().private_creator(Tag{0x0029, 0x1008}), "SIEMENS CSA HEADER");
    EXPECT_EQ(made.root().private_creator(Tag{0x0029, 0x1108}), "");
    EXPECT_EQ(made.root().private_creator(Tag{0x0008, 0x0018}), "");
}

// The dictionary is ours: an attribute newer than DCMTK 3.6.7 is read with its VR in implicit VR.
TEST(DataSet, KnowsAttributesNewerThanDcmtk) {
    DataSet made;
    ASSERT_TRUE(made.root().put(Tag{0x3004, 0x007F}, Vr::LO, "model"));
    const auto& implicit = syntax(rules::kImplicitVrLittleEndian);
    auto again = parse(made.serialise(implicit).value(), implicit);

    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->root().find(Tag{0x3004, 0x007F})->vr(), Vr::LO);
}

TEST(DataSet, PadsOddLengthsOnRequest) {
    auto parsed = parse(
        short_element(0x0008, 0x0018, "UI", "1.2.3") + short_element(0x0008, 0x0070, "LO", "abc"),
        explicit_little()
    );
    ASSERT_TRUE(parsed.has_value());
    for (Element& element : parsed->root().elements()) {
        ASSERT_TRUE(element.make_even());
    }

    const std::string bytes = parsed->serialise(explicit_little()).value();

    EXPECT_EQ(
        bytes.substr(0, 26), short_element(0x0008, 0x0018, "UI", std::string("1.2.3\0", 6)) +
                                 short_element(0x0008, 0x0070, "LO", "abc ")
    );
}

TEST(DataSet, RefusesWhatIsCutShort) {
    const std::string bytes = short_element(0x0010, 0x0010, "PN", "Doe^Jane");

    EXPECT_FALSE(parse(bytes.substr(0, bytes.size() - 3), explicit_little()).has_value());
    EXPECT_TRUE(parse("", explicit_little()).has_value());
}

}  // namespace
}  // namespace efface::pipeline
