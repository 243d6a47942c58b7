#include "pipeline/unit/explanation.h"

#include "config/json.h"
#include "tests/unit/pipeline/unit/synthetic_instance.h"
#include "tests/unit/pipeline/unit/unit_fixture.h"

namespace efface::pipeline {
namespace {

Json explain(const UnitBench& bench, const std::string& file) {
    return explain_unit(
        std::as_bytes(std::span{file}), {bench.order, bench.rules, bench.key, std::uint64_t{1} << 30U}
    );
}

const Json* attribute(const Json& explanation, std::string_view path, std::string_view tag) {
    for (const Json& row : explanation["attributes"]) {
        if (row["path"] == path && row["tag"] == tag) {
            return &row;
        }
    }
    return nullptr;
}

TEST(Explanation, NamesRuleActionRowAndReasonAtEveryDepth) {
    const UnitBench bench{kHeaderOnlyRules};
    SyntheticInstance instance;
    instance.edit_header = [](Item root) {
        Item item = root.append_item(rules::Tag{0x0008, 0x1115}).value();
        EXPECT_TRUE(item.put(rules::Tag{0x0020, 0x000E}, rules::Vr::UI, "1.2.3"));
    };

    const Json json = explain(bench, instance.file());

    EXPECT_EQ(json["outcome"], "would-clean");
    EXPECT_EQ(json["rule"], "all-header-only");
    ASSERT_EQ(json["steps"].size(), 1U);
    EXPECT_TRUE(json["steps"][0]["matched"].get<bool>());
    const Json* name = attribute(json, "", "(0010,0010)");
    ASSERT_NE(name, nullptr);
    EXPECT_EQ((*name)["keyword"], "PatientName");
    EXPECT_EQ((*name)["source"], "table");
    EXPECT_FALSE((*name)["why"].get<std::string>().empty());
    const Json* nested = attribute(json, "(0008,1115)[1]/", "(0020,000E)");
    ASSERT_NE(nested, nullptr);
    EXPECT_EQ((*nested)["action"], "U");
    EXPECT_EQ((*nested)["edit"], "replace");
}

TEST(Explanation, HoldsNoValueOfTheInstance) {
    const UnitBench bench{kHeaderOnlyRules};

    const std::string text = dump_json(explain(bench, SyntheticInstance{}.file()));

    for (const std::string_view value : {"Mustermann", "PAT-4711", "1.2.3.4.5"}) {
        EXPECT_EQ(text.find(value), std::string::npos);
    }
}

TEST(Explanation, SaysWhyAnInstanceWouldNotPass) {
    const UnitBench bench{kHeaderOnlyRules};

    EXPECT_EQ(explain(bench, "no DICOM")["outcome"], "refused");
    const std::string file = SyntheticInstance{}.file();
    const Json cut = explain(bench, file.substr(0, file.size() - 5));
    EXPECT_EQ(cut["outcome"], "quarantined");
    EXPECT_FALSE(cut["reason"].get<std::string>().empty());
}

}  // namespace
}  // namespace efface::pipeline
