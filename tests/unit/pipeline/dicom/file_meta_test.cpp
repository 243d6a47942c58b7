#include "pipeline/dicom/file_meta.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

TEST(FileMeta, IsExactlyOurElementsAfterAZeroPreamble) {
    const std::string frame = encode_file_meta({"1.2.3", "1.2.34", "1.2"});

    EXPECT_EQ(frame.substr(0, 128), std::string(128, '\0'));
    EXPECT_EQ(frame.substr(128, 4), "DICM");
    EXPECT_EQ(frame.substr(132, 8), std::string("\x02\0\0\0UL\x04\0", 8));
    const auto length = static_cast<unsigned char>(frame[140]);
    EXPECT_EQ(frame.size(), 144U + length);
    EXPECT_EQ(frame.substr(144, 14), std::string("\x02\0\x01\0OB\0\0\x02\0\0\0\0\x01", 14));
    EXPECT_EQ(
        frame.substr(158, 14), std::string(
                                   "\x02\0\x02\0UI\x06\0"
                                   "1.2.3\0",
                                   14
                               )
    );
    EXPECT_EQ(
        frame.substr(172, 14), std::string(
                                   "\x02\0\x03\0UI\x06\0"
                                   "1.2.34",
                                   14
                               )
    );
    EXPECT_EQ(frame.size() % 2, 0U);
    EXPECT_NE(frame.find("EFFACE"), std::string::npos);
}

}  // namespace
}  // namespace efface::pipeline
