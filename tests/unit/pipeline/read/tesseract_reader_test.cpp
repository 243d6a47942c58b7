// Goal: the reader says what stands there, all of it, or nothing. Method: letters of bars.
#include "pipeline/read/tesseract_reader.h"

#include "tests/unit/pipeline/read/drawn_line.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace efface::testing {
namespace {

using pipeline::TesseractReader;

TEST(TesseractReader, ReadsCapitalsAndNothingWhereMoreStandsThere) {
    std::ifstream file{std::string{pipeline::kReaderModelPath}, std::ios::binary};
    const std::string model{std::istreambuf_iterator<char>{file}, {}};
    const auto reader = TesseractReader::make(std::as_bytes(std::span{model}));
    ASSERT_TRUE(reader.has_value()) << reader.error().message();
    for (const std::string text : {"LT", "HT", "L", "TILL"}) {
        DrawnLine line;
        line.write(text);

        const auto read = (*reader)->read(line.picture.view(), line.box);

        ASSERT_TRUE(read.has_value()) << read.error().message();
        EXPECT_EQ(*read, text);
    }

    DrawnLine dotted;
    dotted.write("L");
    dotted.paint({92, 84, 98, 90}, 220);
    EXPECT_EQ((*reader)->read(dotted.picture.view(), dotted.box).value_or("failed"), "");
}

TEST(TesseractReader, WhatIsNoModelIsRefused) {
    const std::string text = "no model";

    const auto reader = TesseractReader::make(std::as_bytes(std::span{text}));

    ASSERT_FALSE(reader.has_value());
    EXPECT_EQ(reader.error().fault, Fault::kHalt);
}

}  // namespace
}  // namespace efface::testing
