#include "pipeline/unit/instance_facts.h"

#include "tests/unit/pipeline/unit/synthetic_instance.h"

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

class InstanceFacts : public ::testing::TestWithParam<std::string_view> {
protected:
    std::optional<std::string> at(std::initializer_list<std::uint32_t> path, std::string_view creator = {}) {
        std::vector<Tag> tags;
        for (const std::uint32_t tag : path) {
            tags.emplace_back(tag);
        }
        return text_at({std::as_bytes(std::span{bytes_}), syntax_}, tags, creator);
    }

    void encode(DataSet& data_set) {
        syntax_ = rules::find_transfer_syntax(GetParam());
        bytes_ = data_set.serialise(*syntax_).value();
    }

private:
    const rules::TransferSyntax* syntax_ = nullptr;
    std::string bytes_;
};

void put(Item item, std::uint32_t tag, Vr vr, std::string_view value) {
    EXPECT_TRUE(item.put(Tag{tag}, vr, value).has_value());
}

TEST_P(InstanceFacts, FollowsPathsThroughFirstItems) {
    DataSet made;
    put(made.root(), 0x00080060, Vr::CS, "CT");
    put(made.root(), 0x00080070, Vr::LO, "");
    Item first = made.root().append_item(Tag{0x0008, 0x1115}).value();
    put(first, 0x0020000E, Vr::UI, "1.2.3");
    Item inner = first.append_item(Tag{0x0040, 0xA170}).value();
    put(inner, 0x00080104, Vr::LO, "meaning");
    Item second = made.root().append_item(Tag{0x0008, 0x1115}).value();
    put(second, 0x00081090, Vr::LO, "only in the second");
    put(made.root(), 0x00081111, Vr::SQ, "");
    put(made.root(), 0x00280010, Vr::US, std::string_view{"\x00\x02", 2});
    encode(made);

    EXPECT_EQ(at({0x00080060}), "CT");
    EXPECT_EQ(at({0x00080070}), "");
    EXPECT_EQ(at({0x00081090}), std::nullopt);
    EXPECT_EQ(at({0x00081115}), "");
    EXPECT_EQ(at({0x00081115, 0x0020000E}), "1.2.3");
    EXPECT_EQ(at({0x00081115, 0x0040A170, 0x00080104}), "meaning");
    EXPECT_EQ(at({0x00081115, 0x00081090}), std::nullopt);
    EXPECT_EQ(at({0x00081111, 0x00081090}), std::nullopt);
    EXPECT_EQ(at({0x00081115, 0x0040A170, 0x00080102}), std::nullopt);
    EXPECT_EQ(at({0x00280010}), "512");
    EXPECT_EQ(at({0x00280011}), std::nullopt);
    EXPECT_EQ(at({0x00080060, 0x00080104}), std::nullopt);
    EXPECT_EQ(at({}), std::nullopt);
}

TEST_P(InstanceFacts, FindsPrivateAttributesByTheirCreator) {
    DataSet made;
    put(made.root(), 0x00290010, Vr::LO, "ACME OTHER");
    put(made.root(), 0x00290011, Vr::LO, "ACME HEADER ");
    put(made.root(), 0x00291008, Vr::LO, "wrong");
    put(made.root(), 0x00291108, Vr::LO, "right");
    encode(made);

    if (GetParam() == rules::kImplicitVrLittleEndian) {
        EXPECT_EQ(at({0x00291008}, "ACME HEADER"), "");  // UN: nobody knows its VR.
    } else {
        EXPECT_EQ(at({0x00291008}, "ACME HEADER"), "right");
    }
    EXPECT_EQ(at({0x00291008}, "NOBODY"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Native, InstanceFacts,
    ::testing::Values(
        rules::kExplicitVrLittleEndian, rules::kImplicitVrLittleEndian, rules::kExplicitVrBigEndian
    ),
    [](const auto& tested) {
        return tested.param == rules::kExplicitVrLittleEndian   ? "ExplicitLittle"
               : tested.param == rules::kImplicitVrLittleEndian ? "ImplicitLittle"
                                                                : "ExplicitBig";
    }
);

}  // namespace
}  // namespace efface::pipeline
