#include "node/dimse/status_table.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

TEST(StatusTable, SaysWhatEachAnswerMeansToASender) {
    struct Expected {
        std::uint16_t status;
        Delivery delivery;
        bool alarm;
    };

    constexpr std::array kExpected{
        Expected{0x0000, Delivery::kDelivered, false},
        Expected{0x0001, Delivery::kDeliveredWithWarning, false},
        Expected{0x0107, Delivery::kDeliveredWithWarning, false},
        Expected{0x0116, Delivery::kDeliveredWithWarning, false},
        Expected{0xB000, Delivery::kDeliveredWithWarning, false},
        Expected{0xB006, Delivery::kDeliveredWithWarning, true},
        Expected{0xB007, Delivery::kDeliveredWithWarning, false},
        Expected{0xBABE, Delivery::kDeliveredWithWarning, false},
        Expected{0xA700, Delivery::kRetry, false},
        Expected{0xA7FF, Delivery::kRetry, false},
        Expected{0x0213, Delivery::kRetry, false},
        Expected{0x0111, Delivery::kAlreadyThere, false},
        Expected{0xA900, Delivery::kPermanent, false},
        Expected{0xC123, Delivery::kPermanent, false},
        Expected{0x0117, Delivery::kPermanent, false},
        Expected{0x0122, Delivery::kPermanent, false},
        Expected{0x0124, Delivery::kPermanent, false},
        Expected{0x0210, Delivery::kPermanent, false},
        Expected{0x0211, Delivery::kPermanent, false},
        Expected{0x0212, Delivery::kPermanent, false},
        Expected{0x0110, Delivery::kPermanent, false},
        Expected{0xA800, Delivery::kPermanent, false},
        Expected{0xFF00, Delivery::kPermanent, false},
        Expected{0x1234, Delivery::kPermanent, false},
    };
    for (const Expected& expected : kExpected) {
        SCOPED_TRACE(testing::Message() << std::hex << expected.status);

        const StatusMeaning meaning = meaning_of(expected.status);

        EXPECT_EQ(meaning.delivery, expected.delivery);
        EXPECT_EQ(meaning.alarm, expected.alarm);
        EXPECT_FALSE(meaning.text.view().empty());
    }
}

TEST(StatusTable, AnswersAFaultWithTheStatusOfTheDesign) {
    EXPECT_EQ(status_of(Fault::kRetry), 0xA700);
    EXPECT_EQ(status_of(Fault::kHalt), 0xA700);
    EXPECT_EQ(status_of(Fault::kRefuse), 0xC000);
    EXPECT_EQ(status_of(Fault::kQuarantine), 0xC000);
}

}  // namespace
}  // namespace efface::node
