// Goal: ink is given to a reader only where all that stands in the box, and close to it, is one line of
// capitals. Method: drawn letters, and beside them what a reader could overlook.
#include "pipeline/read/line_ink.h"

#include "tests/unit/pipeline/read/drawn_line.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::line_ink;

TEST(LineInk, IsTheLettersDarkOnWhiteWhicheverIsBrighter) {
    for (const auto& [ground, letters] : {std::pair{20, 220}, {230, 90}}) {
        DrawnLine line{static_cast<std::uint8_t>(ground), static_cast<std::uint8_t>(letters)};
        line.write("LT");

        const auto ink = line_ink(line.picture.view(), line.box);

        ASSERT_TRUE(ink.has_value());
        EXPECT_EQ(ink->strokes, 2U);
        EXPECT_EQ(ink->letters.rows, static_cast<std::size_t>(kLetterHeight));
        EXPECT_EQ(ink->letters.view().at(0, 0), 0) << "the stem of the L";
        EXPECT_EQ(ink->letters.view().at(20, 5), 255) << "ground";
    }
}

TEST(LineInk, IsNoneWhereAnythingElseStandsInTheBoxOrCloseToIt) {
    const std::vector<std::pair<std::string, Box>> others{
        {"a dot", {130, 84, 136, 90}},
        {"an apostrophe", {140, 50, 144, 60}},
        {"a small letter", {140, 64, 160, 90}},
        {"a rule under it", {50, 98, 200, 101}},
        {"a line from the edge", {0, 70, 60, 72}}};
    for (const auto& [what, at] : others) {
        DrawnLine line;
        line.write("LT");
        ASSERT_TRUE(line_ink(line.picture.view(), line.box).has_value());

        line.paint(at, 220);

        EXPECT_FALSE(line_ink(line.picture.view(), line.box).has_value()) << what;
    }
}

TEST(LineInk, IsNoneWhereFainterLettersStandBesideIt) {
    DrawnLine line;
    line.write("LT");
    line.paint({line.box.right, 52, line.box.right + 6, 90}, 110);

    EXPECT_FALSE(line_ink(line.picture.view(), line.box).has_value());
}

TEST(LineInk, TwoWordsAreNoLineOfIt) {
    DrawnLine line;
    line.write("L");
    line.box.right += 20;
    line.write("T");

    EXPECT_FALSE(line_ink(line.picture.view(), line.box).has_value());
}

TEST(LineInk, IsNoneInFaintLettersColourOrNoise) {
    DrawnLine faint{100, 130};
    faint.write("LT");
    EXPECT_FALSE(line_ink(faint.picture.view(), faint.box).has_value());

    const pipeline::Picture colour{320, 140, 3};
    EXPECT_FALSE(line_ink(colour.view(), faint.box).has_value());

    DrawnLine noise;
    for (std::size_t i = 0; i < noise.picture.samples.size(); ++i) {
        noise.picture.samples[i] = static_cast<std::uint8_t>(i * 2654435761U >> 8U);
    }
    EXPECT_FALSE(line_ink(noise.picture.view(), faint.box).has_value());
}

TEST(LineInk, ABoxBeyondThePictureOrOfNothingHasNone) {
    DrawnLine line;
    line.write("LT");

    EXPECT_FALSE(line_ink(line.picture.view(), {-50, -50, 2, 2}).has_value());
    EXPECT_FALSE(line_ink(line.picture.view(), {400, 10, 500, 60}).has_value());
    EXPECT_FALSE(line_ink(line.picture.view(), {60, 60, 60, 60}).has_value());
}

}  // namespace
}  // namespace efface::testing
