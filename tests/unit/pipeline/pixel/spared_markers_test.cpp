// Goal: a marker is spared only where it is read as one that the rule names and stands alone; a letter of a
// line that is blackened is not. Method: boxes, and a reader that is told what stands in each.
#include "pipeline/pixel/spared_markers.h"

#include <gtest/gtest.h>

#include <map>

namespace efface::testing {
namespace {

using namespace pipeline;

constexpr Box kMarker{100, 100, 120, 120};

/// By their left edges.
class ToldReader final : public LineReader {
public:
    explicit ToldReader(std::map<std::int64_t, std::string> texts) : texts_{std::move(texts)} {}

    Result<std::string> read(const PictureView&, const Box& line) override {
        if (fails) {
            return fail(Fault::kRetry, "the reader failed");
        }
        lines.push_back(line);
        const auto text = texts_.find(line.left);
        return text == texts_.end() ? std::string{} : text->second;
    }

    std::vector<Box> lines;
    bool fails = false;

private:
    std::map<std::int64_t, std::string> texts_;
};

rules::MarkerSet allowed(std::initializer_list<std::string_view> texts) {
    rules::MarkerSet markers;
    for (const std::string_view text : texts) {
        markers.set(rules::marker_index(text).value());
    }
    return markers;
}

Result<SparedText> spare(
    const std::vector<Box>& found, ToldReader& reader, const rules::MarkerSet& markers = allowed({"L", "AP"})
) {
    std::vector<Detection> detections;
    for (const Box& box : found) {
        detections.push_back({box, 0.9F});
    }
    const Picture picture{1000, 1000, 1};
    return spare_markers(detections, picture.view(), markers, reader);
}

TEST(SparedMarkers, OneThatIsReadAndNamedStaysAndOtherTextDoesNot) {
    ToldReader reader{{{100, "L"}, {500, "R"}, {800, "Li"}}};

    const auto spared = spare({kMarker, {500, 500, 520, 520}, {800, 800, 840, 820}}, reader);

    ASSERT_TRUE(spared.has_value());
    EXPECT_EQ(spared->markers, std::vector<Box>{kMarker});
    ASSERT_EQ(spared->text.size(), 2U);
    EXPECT_EQ(spared->text[0].box.left, 500) << "R is not among those that the rule names";
}

TEST(SparedMarkers, NothingIsReadWhereTheRuleNamesNone) {
    ToldReader reader{{{100, "L"}}};

    const auto spared = spare({kMarker}, reader, {});

    EXPECT_EQ(spared->text.size(), 1U);
    EXPECT_TRUE(reader.lines.empty());
}

TEST(SparedMarkers, BoxesThatShareAPixelAreReadAsOneLine) {
    ToldReader reader{{{95, "AP"}}};

    const auto spared = spare({kMarker, {118, 102, 140, 121}, {95, 99, 101, 122}}, reader);

    ASSERT_TRUE(spared.has_value());
    EXPECT_EQ(spared->markers, (std::vector<Box>{{95, 99, 140, 122}}));
    EXPECT_TRUE(spared->text.empty());
}

TEST(SparedMarkers, ALetterCloseToOtherTextIsNone) {
    const std::vector<std::pair<std::string, Box>> others{
        {"behind it", {179, 100, 300, 120}},
        {"two lines above", {100, 20, 200, 41}},
        {"a higher line", {240, 100, 400, 145}},
        {"down the picture", {160, 100, 180, 400}}};
    for (const auto& [what, other] : others) {
        ToldReader reader{{{100, "L"}}};

        const auto spared = spare({kMarker, other}, reader);

        ASSERT_TRUE(spared.has_value());
        EXPECT_TRUE(spared->markers.empty()) << what;
        EXPECT_EQ(spared->text.size(), 2U) << what;
    }
    ToldReader reader{{{100, "L"}}};
    EXPECT_EQ(spare({kMarker, {181, 100, 300, 120}}, reader)->markers.size(), 1U) << "three heights away";
}

TEST(SparedMarkers, OnAScreenFullOfTextNothingIsRead) {
    std::vector<Box> found{kMarker};
    for (std::size_t i = 0; i < kLinesReadMax; ++i) {
        found.push_back({900, static_cast<std::int64_t>(20 * i), 950, static_cast<std::int64_t>(20 * i + 10)}
        );
    }
    ToldReader reader{{{100, "L"}}};

    EXPECT_TRUE(spare(found, reader)->markers.empty());
    EXPECT_TRUE(reader.lines.empty());
}

TEST(SparedMarkers, AReaderThatFailsIsAnErrorAndNoAnswer) {
    ToldReader reader{{{100, "L"}}};
    reader.fails = true;

    EXPECT_FALSE(spare({kMarker}, reader).has_value());
}

}  // namespace
}  // namespace efface::testing
