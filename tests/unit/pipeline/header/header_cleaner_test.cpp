#include "tests/unit/pipeline/header/header_fixture.h"

namespace efface::pipeline {
namespace {

using rules::Action;
using rules::Tag;
using rules::Vr;

TEST(HeaderCleaner, HoldsAnAttributeInTheGuiseOfAnotherVr) {
    const Bench bench;
    const std::pair<std::uint32_t, Vr> disguises[]{
        {0x0020000D, Vr::LO},  // Study Instance UID: would not be mapped.
        {0x00200052, Vr::OB},  // Frame of Reference UID.
        {0x00280010, Vr::UT},  // Rows: kept, and holds what it likes.
        {0x0040A043, Vr::LT},  // Concept Name Code Sequence: nobody can look into it.
    };
    for (const auto& [tag, vr] : disguises) {
        DataSet data_set = small_ct();
        put(data_set.root(), tag, vr, "1.2.3.4");

        const auto outcome = bench.clean(data_set);

        ASSERT_FALSE(outcome) << std::hex << tag;
        EXPECT_EQ(outcome.error().fault, Fault::kQuarantine);
        EXPECT_EQ(outcome.error().where.value, tag);
    }
}

TEST(HeaderCleaner, MapsUidsTheSameWayEverywhere) {
    const Bench bench;
    DataSet data_set = small_ct();
    Item reference = data_set.root().append_item(Tag{0x0008, 0x1115}).value();
    put(reference, 0x00081150, Vr::UI, kCtImageStorage);
    put(reference, 0x00081155, Vr::UI, "1.2.3.4.5");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(text(data_set, 0x00080018), bench.key.map_uid("1.2.3.4.5"));
    EXPECT_EQ(text(data_set, 0x0020000D), bench.key.map_uid("1.2.3.4"));
    EXPECT_EQ(text(data_set, 0x00200052), bench.key.map_uid("1.2.3.4.2"));
    const Item kept = data_set.root().find(Tag{0x0008, 0x1115})->items().at(0);
    EXPECT_EQ(kept.text(Tag{0x0008, 0x1155}).value(), bench.key.map_uid("1.2.3.4.5"));
    EXPECT_EQ(kept.text(Tag{0x0008, 0x1150}).value(), kCtImageStorage);
    EXPECT_EQ(text(data_set, 0x00080016), kCtImageStorage);
}

TEST(HeaderCleaner, KeepsRegisteredUidsByExactValue) {
    const Bench bench;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00200052, Vr::UI, "1.2.840.10008.1.4.1.1");  // Talairach Brain Atlas.

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(text(data_set, 0x00200052), "1.2.840.10008.1.4.1.1");
}

TEST(HeaderCleaner, GivesANewInstanceAUidOfItsOwn) {
    Bench bench;
    bench.as_new_instance = true;
    bench.original_digest.fill(0x77);
    DataSet data_set = small_ct();
    Item reference = data_set.root().append_item(Tag{0x0008, 0x1115}).value();
    put(reference, 0x00081155, Vr::UI, "1.2.3.4.5");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    const std::string own = bench.key.map_uid_of_content("1.2.3.4.5", bench.original_digest);
    EXPECT_EQ(text(data_set, 0x00080018), own);
    EXPECT_NE(own, bench.key.map_uid("1.2.3.4.5"));
    EXPECT_EQ(text(data_set, 0x0020000D), bench.key.map_uid("1.2.3.4"));
}

TEST(HeaderCleaner, GivesThePatientTheProjectsPseudonym) {
    const Bench bench;
    DataSet first = small_ct();
    DataSet second = small_ct();
    put(second.root(), 0x00080018, Vr::UI, "1.2.3.4.6");
    DataSet other = small_ct();
    put(other.root(), 0x00100021, Vr::LO, "OTHER-HOSPITAL");

    ASSERT_TRUE(bench.clean(first).has_value());
    ASSERT_TRUE(bench.clean(second).has_value());
    ASSERT_TRUE(bench.clean(other).has_value());

    const std::string pseudonym = bench.key.pseudonym("EFF-", "", "PAT-4711");
    EXPECT_EQ(text(first, 0x00100020), pseudonym);
    EXPECT_EQ(text(second, 0x00100020), pseudonym);
    EXPECT_NE(text(other, 0x00100020), pseudonym);
}

TEST(HeaderCleaner, GivesANestedPatientThePrefixOfTheRuleToo) {
    Bench bench;
    bench.rule.patient_prefix = "SITE-";
    DataSet data_set = small_ct();
    Item nested = data_set.root().append_item(rules::Tag{0x0008, 0x2218}).value();
    put(nested, 0x00100020, Vr::LO, "PAT-0815");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    Item kept = data_set.root().find(rules::Tag{0x0008, 0x2218})->items().front();
    EXPECT_EQ(kept.text(rules::Tag{0x0010, 0x0020}).value(), bench.key.pseudonym("SITE-", "", "PAT-0815"));
}

TEST(HeaderCleaner, RemovesPrivateGroupInsideNestedSequence) {
    const Bench bench;
    DataSet data_set = small_ct();
    Item item = data_set.root().append_item(Tag{0x0008, 0x1115}).value();
    put(item, 0x00081155, Vr::UI, "1.2.3");
    put(item, 0x00290010, Vr::LO, "ACME HEADER");
    put(item, 0x00291008, Vr::LO, "Mustermann^Erika");

    const auto outcome = bench.clean(data_set);

    ASSERT_TRUE(outcome.has_value());
    const Item kept = data_set.root().find(Tag{0x0008, 0x1115})->items().at(0);
    EXPECT_FALSE(kept.find(Tag{0x0029, 0x0010}).has_value());
    EXPECT_FALSE(kept.find(Tag{0x0029, 0x1008}).has_value());
    EXPECT_EQ(outcome->actions[Action::X], 2U);
}

TEST(HeaderCleaner, KeepsTheCreatorOfAPrivateAttributeThatARuleKeeps) {
    Bench bench;
    bench.rule.profile.overrides["(0029,xx08,ACME HEADER)"] = Action::K;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00290010, Vr::LO, "ACME HEADER");
    put(data_set.root(), 0x00290011, Vr::LO, "ACME OTHER");
    put(data_set.root(), 0x00291008, Vr::LO, "protocol");
    put(data_set.root(), 0x00291108, Vr::LO, "secret");

    const auto outcome = bench.clean(data_set);

    ASSERT_TRUE(outcome.has_value());
    EXPECT_TRUE(has(data_set, 0x00291008));
    EXPECT_TRUE(has(data_set, 0x00290010));
    EXPECT_FALSE(has(data_set, 0x00290011));
    EXPECT_FALSE(has(data_set, 0x00291108));
}

TEST(HeaderCleaner, RemovesWhatDescribesTheEncodingOrTheMedium) {
    const Bench bench;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00080000, Vr::UL, std::string_view{"\4\0\0\0", 4});
    put(data_set.root(), 0x00041130, Vr::CS, "MUSTERMANN");
    put(data_set.root(), 0xFFFCFFFC, Vr::OB, "Mustermann");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_FALSE(has(data_set, 0x00080000));
    EXPECT_FALSE(has(data_set, 0x00041130));
    EXPECT_FALSE(has(data_set, 0xFFFCFFFC));
}

TEST(HeaderCleaner, RefusesPixelDataInAKeptSequence) {
    const Bench bench;
    DataSet data_set = small_ct();
    Item item = data_set.root().append_item(Tag{0x0008, 0x1115}).value();
    put(item, 0x7FE00010, Vr::OW, "samples!");

    const auto outcome = bench.clean(data_set);

    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().fault, Fault::kQuarantine);
    EXPECT_EQ(outcome.error().where.value, 0x7FE00010);
}

TEST(HeaderCleaner, RemovesTheIconWithItsPixels) {
    const Bench bench;
    DataSet data_set = small_ct();
    Item icon = data_set.root().append_item(Tag{0x0088, 0x0200}).value();
    put(icon, 0x7FE00010, Vr::OW, "samples!");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_FALSE(has(data_set, 0x00880200));
}

TEST(HeaderCleaner, CountsEachAttributeOnceByItsAction) {
    const Bench bench;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00090010, Vr::LO, "ACME");

    const auto outcome = bench.clean(data_set);

    ASSERT_TRUE(outcome.has_value());
    std::uint32_t sum = 0;
    for (const Action action : rules::kActions) {
        sum += outcome->actions[action];
    }
    EXPECT_EQ(sum, 10U);
    EXPECT_EQ(outcome->actions[Action::U], 4U);
    EXPECT_EQ(outcome->actions[Action::X], 1U);
}

TEST(HeaderCleaner, IsAFunctionOfItsInput) {
    const Bench bench;
    const auto clean_once = [&] {
        DataSet data_set = small_ct();
        EXPECT_TRUE(bench.clean(data_set).has_value());
        const auto* syntax = rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
        return data_set.serialise(*syntax).value();
    };

    EXPECT_EQ(clean_once(), clean_once());
}

}  // namespace
}  // namespace efface::pipeline
