#include "config/result.h"

#include <gtest/gtest.h>

namespace efface {
namespace {

Result<int> half(int n) {
    if (n % 2 != 0) {
        return fail(Fault::kQuarantine, "odd", Where::number(n));
    }
    return n / 2;
}

Result<int> quarter(int n) {
    EFFACE_TRY(const int h, half(n));
    return half(h);
}

TEST(Result, TryHandsTheErrorToTheCaller) {
    EXPECT_EQ(*quarter(8), 2);
    EXPECT_EQ(quarter(6).error().message(), "odd (3)");
}

TEST(Result, MessageOfATagIsWrittenAsTheStandardWritesIt) {
    EXPECT_EQ(
        (Error{Fault::kRefuse, "bad value", Where::tag(0x0010'0020)}.message()), "bad value (0010,0020)"
    );
}

}  // namespace
}  // namespace efface
