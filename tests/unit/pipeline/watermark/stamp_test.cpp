// Goal: a stamp and its second stand for each other, and no other text is a stamp. Method: known answers.
#include "pipeline/watermark/stamp.h"

#include <gtest/gtest.h>

#include <array>

namespace efface::pipeline {
namespace {

TEST(WatermarkStamp, IsTheSecondInUtc) {
    EXPECT_EQ(stamp_text(0), "GPEN-MED-19700101-000000");
    EXPECT_EQ(stamp_text(1796099400), "GPEN-MED-20261201-043000");
    EXPECT_EQ(stamp_text(0xFFFFFFFFU), "GPEN-MED-21060207-062815");
}

TEST(WatermarkStamp, IsReadBackAsTheSameSecond) {
    for (std::uint64_t second = 0; second <= 0xFFFFFFFFU; second += 86399 * 13) {
        const auto whole = static_cast<std::uint32_t>(second);

        EXPECT_EQ(parse_stamp(stamp_text(whole)), whole);
    }
    EXPECT_EQ(parse_stamp("GPEN-MED-21060207-062815"), 0xFFFFFFFFU);
}

TEST(WatermarkStamp, RefusesEveryOtherText) {
    constexpr std::array kNoStamps{
        "",
        "GPEN-MED-20261201-04300",
        "GPEN-MED-20261201-0430000",
        "gpen-med-20261201-043000",
        "GPEN-MED-20261301-043000",
        "GPEN-MED-20270229-043000",
        "GPEN-MED-20261201-240000",
        "GPEN-MED-20261201-046000",
        "GPEN-MED-20261201-0430-1",
        "GPEN-MED-2026 201-043000",
        "GPEN-MED-20261201 043000",
        "GPEN-MED-19691231-235959",
        "GPEN-MED-21060207-062816",
    };
    for (const char* text : kNoStamps) {
        EXPECT_EQ(parse_stamp(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace efface::pipeline
