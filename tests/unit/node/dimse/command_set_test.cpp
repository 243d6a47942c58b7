#include "node/dimse/command_set.h"

#include "node/dimse/limits.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

Bytes element(std::uint32_t group, std::uint32_t number, std::uint32_t length, const Bytes& value) {
    Bytes out;
    const auto put = [&out](std::uint32_t v, int count) {
        for (int i = 0; i < count; ++i) {
            out.push_back(static_cast<std::byte>((v >> (8 * i)) & 0xFFU));
        }
    };
    put(group, 2);
    put(number, 2);
    put(length, 4);
    return out + value;
}

Bytes us(std::uint32_t number, std::uint32_t value) {
    return element(
        0, number, 2, {static_cast<std::byte>(value & 0xFFU), static_cast<std::byte>(value >> 8U)}
    );
}

TEST(CommandSet, EchoRequestHasTheBytesOfPs37) {
    EXPECT_EQ(
        encode_echo_request(1),
        from_hex_text("0000000004000000380000000000020012000000312e322e3834302e31303030382e312e3100"
                      "0000000102000000300000001001020000000100000000080200000001"
                      "01")
    );
}

TEST(CommandSet, StoreRequestRoundTrips) {
    const auto command = decode_command_set(encode_store_request(0x1234, kCt, "1.2.3.45", 2));

    ASSERT_TRUE(command);
    EXPECT_EQ(command->field, kCommandStoreRq);
    EXPECT_TRUE(command->is_request());
    EXPECT_EQ(command->message_id, 0x1234);
    EXPECT_EQ(command->priority, 2);
    EXPECT_EQ(command->sop_class_uid, kCt);
    EXPECT_EQ(command->sop_instance_uid.reveal(), "1.2.3.45");
    EXPECT_TRUE(command->has_data_set());
}

TEST(CommandSet, ResponseRepeatsItsRequest) {
    const auto request = decode_command_set(store_command(7));
    const auto response = decode_command_set(encode_response(*request, 0xA700));

    ASSERT_TRUE(response);
    EXPECT_EQ(response->field, kCommandStoreRsp);
    EXPECT_FALSE(response->is_request());
    EXPECT_EQ(response->responded_id, 7);
    EXPECT_EQ(response->status, 0xA700);
    EXPECT_EQ(response->sop_class_uid, kCt);
    EXPECT_EQ(response->sop_instance_uid.reveal(), "1.2.3");
    EXPECT_FALSE(response->has_data_set());
}

TEST(CommandSet, IsTolerantOfOrderAndOfUnknownElements) {
    const Bytes bytes = us(0x0800, 0x0101) + element(0, 0x4321, 4, from_hex_text("deadbeef")) +
                        us(0x0110, 9) + us(0x0100, kCommandEchoRq);

    const auto command = decode_command_set(bytes);

    ASSERT_TRUE(command);
    EXPECT_EQ(command->message_id, 9);
}

TEST(CommandSet, RefusesEveryTruncation) {
    const Bytes whole = store_command(1);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        SCOPED_TRACE(length);
        const auto command = decode_command_set(std::span{whole}.first(length));
        // A cut between two elements may leave a legal set, but never one with this data set's UID.
        EXPECT_TRUE(!command || command->sop_instance_uid.reveal().empty());
    }
}

TEST(CommandSet, RefusesWhatCannotStandThere) {
    const Bytes usual = us(0x0100, kCommandEchoRq) + us(0x0110, 1) + us(0x0800, 0x0101);
    ASSERT_TRUE(decode_command_set(usual));

    EXPECT_FALSE(decode_command_set({}));
    EXPECT_FALSE(decode_command_set(us(0x0100, kCommandEchoRq) + us(0x0110, 1))) << "no data set type";
    EXPECT_FALSE(decode_command_set(us(0x0110, 1) + us(0x0800, 0x0101))) << "no command field";
    EXPECT_FALSE(decode_command_set(usual + us(0x0110, 2))) << "an element twice";
    EXPECT_FALSE(decode_command_set(usual + element(8, 0x0018, 2, from_hex_text("3100")))) << "another group";
    EXPECT_FALSE(decode_command_set(usual + element(0, 0x1002, 0xFFFFFFFF, {}))) << "undefined length";
    EXPECT_FALSE(decode_command_set(usual + element(0, 0x0120, 4, from_hex_text("01000000"))))
        << "long number";
    EXPECT_FALSE(decode_command_set(usual + element(0xFFFE, 0xE000, 0, {}))) << "an item";
    EXPECT_FALSE(
        decode_command_set(usual + element(0, 0x4321, kCommandSetBytesMax, Bytes(kCommandSetBytesMax)))
    ) << "too long";
}

TEST(CommandSet, RefusesNestedSequencesWithoutFollowingThem) {
    Bytes nested;
    for (int depth = 0; depth < 250; ++depth) {
        nested = nested + element(0, 0x1002, 0xFFFFFFFF, {}) + element(0xFFFE, 0xE000, 0xFFFFFFFF, {});
    }

    EXPECT_FALSE(decode_command_set(nested));
}

TEST(CommandSet, AnIllegalUidIsSeenAsPresentButEmpty) {
    const Bytes bytes = us(0x0100, kCommandStoreRq) + us(0x0110, 1) + us(0x0800, 0) +
                        element(0, 0x1000, 4, from_hex_text("61626364"));

    const auto command = decode_command_set(bytes);

    ASSERT_TRUE(command);
    EXPECT_TRUE(command->sop_instance_present);
    EXPECT_TRUE(command->sop_instance_uid.reveal().empty());
}

}  // namespace
}  // namespace efface::node
