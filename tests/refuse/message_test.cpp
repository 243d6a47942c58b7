// Goal: a message that is not as PS3.7 and PS3.8 want it ends in the status or the A-ABORT that they name,
// keeps nothing, and leaves the service up. One offence each.
#include "config/json.h"
#include "tests/refuse/refuse_fixture.h"

namespace efface::testing {
namespace {

using db::AuditEvent;
using node::Bytes;
using node::PduType;

constexpr std::uint8_t kContext = 1;

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// The elements of a C-STORE-RQ for the usual CT, without group length.
Bytes store_elements(std::uint16_t data_set_type = 0x0000, std::uint16_t field = node::kCommandStoreRq) {
    return joined(
        {command_uid(0x0002, kCtClass), command_number(0x0100, field), command_number(0x0110, 1),
         command_number(0x0700, 0), command_number(0x0800, data_set_type), command_uid(0x1000, kInstanceUid)}
    );
}

Bytes command_pdu(const Bytes& command) {
    return data_pdu(kContext, /*is_command=*/true, /*is_last=*/true, command);
}

Bytes store_pdu() {
    return command_pdu(command_of(store_elements()));
}

Bytes data_set_pdu(bool is_last = true) {
    return data_pdu(kContext, /*is_command=*/false, is_last, bytes_from(ct_instance().data_set));
}

/// (0008,1140) of implicit VR, one in another, for `bytes` bytes; never closed.
Bytes nested_sequences(std::size_t bytes) {
    const std::string level{"\x08\x00\x40\x11\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 16};
    std::string nested;
    while (nested.size() < bytes) {
        nested += level;
    }
    return bytes_from(nested);
}

struct Offence {
    const char* name;
    Bytes (*bytes)();
};

void PrintTo(const Offence& offence, std::ostream* out) {
    *out << offence.name;
}

std::string name_of(const ::testing::TestParamInfo<Offence>& offence) {
    return offence.param.name;
}

class RefusedWithAbort : public ::testing::TestWithParam<Offence> {};

TEST_P(RefusedWithAbort, AndNothingIsKept) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));

    scu.send(GetParam().bytes());

    EXPECT_TRUE(scu.receive().is(PduType::kAbort));
    EXPECT_TRUE(node.wait_for_audit(AuditEvent::kAssociationAborted));
    EXPECT_TRUE(node.answers());
    expect_nothing_kept(node);
}

const Offence kAborted[]{
    {"CommandSetOf104KilobytesOfNestedSequences",
     [] {
         return command_pdu(joined({command_number(0x0100, 1), nested_sequences(104 * 1024)}));
     }},
    {"CommandSetOfNestedSequencesWithinTheLimit",
     [] {
         return command_pdu(joined({command_number(0x0100, 1), nested_sequences(4000)}));
     }},
    {"CommandSetThatNeverEnds",
     [] {
         Bytes all;
         for (int i = 0; i < 10; ++i) {
             all = joined({all, data_pdu(kContext, true, false, Bytes(1000, std::byte{0}))});
         }
         return all;
     }},
    {"CommandSetCutInsideAnElement",
     [] {
         Bytes command = command_of(store_elements());
         command.resize(command.size() - 3);
         return command_pdu(command);
     }},
    {"CommandElementThatClaimsFourGigabytes",
     [] {
         Bytes command = command_of(store_elements());
         std::fill(command.begin() + 16, command.begin() + 20, std::byte{0xFF});
         return command_pdu(command);
     }},
    {"CommandElementTwice",
     [] {
         return command_pdu(joined({store_elements(), command_number(0x0110, 2)}));
     }},
    {"CommandNumberOfThreeBytes",
     [] {
         return command_pdu(joined(
             {command_element(0x0100, std::string_view{"\1\0\0", 3}), command_number(0x0110, 1),
              command_number(0x0800, 0)}
         ));
     }},
    {"CommandSetOfAnotherGroup",
     [] { return command_pdu(bytes_from(ct_instance().data_set.substr(0, 60))); }},
    {"CommandSetWithoutCommandField",
     [] {
         return command_pdu(joined({command_number(0x0110, 1), command_number(0x0800, 0)}));
     }},
    {"CommandSetWithoutMessageId",
     [] {
         return command_pdu(joined({command_number(0x0100, 1), command_number(0x0800, 0)}));
     }},
    {"EmptyCommandSet", [] { return command_pdu({}); }},
    {"ResponseWhereARequestWasDue",
     [] { return command_pdu(command_of(store_elements(0x0101, node::kCommandStoreRsp))); }},
    {"DataSetWithoutItsCommand", [] { return data_set_pdu(); }},
    {"CommandWithinADataSet",
     [] {
         return joined({store_pdu(), data_set_pdu(false), store_pdu()});
     }},
    {"DataOfAnotherContextWithinAMessage",
     [] {
         return joined({store_pdu(), data_pdu(3, false, false, Bytes(10))});
     }},
    {"DataOfAContextThatWasNotAccepted",
     [] { return data_pdu(11, true, true, command_of(store_elements())); }},
    {"DataOfAContextThatWasNotAskedFor",
     [] { return data_pdu(201, true, true, command_of(store_elements())); }},
    {"EmptyCommandWithinADataSet",
     [] {
         return joined({store_pdu(), data_set_pdu(false), data_pdu(kContext, true, true, {})});
     }},
    {"EmptyDataValuesWithoutEnd",
     [] {
         Bytes all = store_pdu();
         for (int i = 0; i < 100; ++i) {
             all = joined({all, data_pdu(kContext, false, false, {})});
         }
         return all;
     }},
    {"DataValueLongerThanItsPdu", [] { return raw_data_pdu(1000, kContext, 3, Bytes(10)); }},
    {"DataValueShorterThanItsHeader", [] { return raw_data_pdu(1, kContext, 3, Bytes(10)); }},
    {"DataValueOfLengthZero", [] { return raw_data_pdu(0, kContext, 3, {}); }},
    {"DataValueThatClaimsFourGigabytes", [] { return raw_data_pdu(0xFFFFFFFF, kContext, 3, Bytes(10)); }},
    {"DataValueWithUnknownFlags", [] { return raw_data_pdu(12, kContext, 0xF3, Bytes(10)); }},
    {"PduThatClaimsFourGigabytes",
     [] {
         return bytes_from(std::string_view{"\x04\x00\xFF\xFF\xFF\xFF\x00\x00\x00\x10\x01\x03", 12});
     }},
    {"PduBeyondTheNegotiatedLength", [] { return data_pdu(kContext, true, false, Bytes(200 * 1024)); }},
    {"PduTooShortForADataValue",
     [] {
         return bytes_from(std::string_view{"\x04\x00\x00\x00\x00\x02\x00\x00", 8});
     }},
    {"PduOfUnknownType",
     [] {
         return bytes_from(std::string_view{"\x42\x00\x00\x00\x00\x04\x00\x00\x00\x00", 10});
     }},
    {"ReleaseRequestOfAnotherLength",
     [] {
         return bytes_from(std::string_view{"\x05\x00\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00", 14});
     }},
    {"AssociateAcceptOfARequestor", [] { return node::encode_associate_accept({}); }},
};

INSTANTIATE_TEST_SUITE_P(Message, RefusedWithAbort, ::testing::ValuesIn(kAborted), name_of);

struct WrongCommand {
    const char* name;
    std::uint16_t status;
    Bytes (*command)();
    bool with_data_set = true;
};

void PrintTo(const WrongCommand& wrong, std::ostream* out) {
    *out << wrong.name;
}

class RefusedWithStatus : public ::testing::TestWithParam<WrongCommand> {};

TEST_P(RefusedWithStatus, AndTheAssociationGoesOn) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));

    scu.send(command_pdu(GetParam().command()));
    if (GetParam().with_data_set) {
        scu.send(data_set_pdu());
    }

    EXPECT_EQ(scu.receive_status(), GetParam().status);
    EXPECT_EQ(scu.echo(), 0x0000);
    EXPECT_TRUE(scu.release());
    expect_nothing_kept(node);
}

Bytes store_of(std::string_view sop_class, std::string_view instance) {
    return node::encode_store_request(1, sop_class, instance, 0);
}

const WrongCommand kWrongCommands[]{
    {"SopClassThatIsNotTheContexts", 0x0122, [] { return store_of(kMrClass, kInstanceUid); }},
    {"SopClassThatNobodyNegotiated", 0x0122, [] { return store_of(kPrivateClass, kInstanceUid); }},
    {"SopClassOfADicomDir", 0x0122, [] { return store_of(kDicomDirClass, kInstanceUid); }},
    {"InstanceUidThatIsNone", 0x0117, [] { return store_of(kCtClass, "../../etc/passwd"); }},
    {"InstanceUidOfSeventyCharacters", 0x0117,
     [] { return store_of(kCtClass, "1.2." + std::string(66, '3')); }},
    {"NoInstanceUid", 0x0212,
     [] {
         return command_of(joined(
             {command_uid(0x0002, kCtClass), command_number(0x0100, 1), command_number(0x0110, 1),
              command_number(0x0800, 0)}
         ));
     }},
    {"NoSopClass", 0x0212,
     [] {
         return command_of(joined(
             {command_number(0x0100, 1), command_number(0x0110, 1), command_number(0x0800, 0),
              command_uid(0x1000, kInstanceUid)}
         ));
     }},
    {"StoreWithoutADataSet", 0x0212, [] { return command_of(store_elements(0x0101)); }, false},
    {"FindWhereOnlyStoreIsOffered", 0x0211, [] { return command_of(store_elements(0x0000, 0x0020)); }},
    {"DeleteWhereOnlyStoreIsOffered", 0x0211, [] { return command_of(store_elements(0x0101, 0x0150)); },
     false},
    {"EchoWithADataSet", 0x0212, [] { return command_of(store_elements(0x0000, node::kCommandEchoRq)); }},
};

INSTANTIATE_TEST_SUITE_P(
    Message, RefusedWithStatus, ::testing::ValuesIn(kWrongCommands),
    [](const auto& wrong) { return std::string{wrong.param.name}; }
);

/// How a sender goes away in the middle of an instance.
struct Departure {
    const char* name;
    void (*leave)(RawScu&);
};

void PrintTo(const Departure& departure, std::ostream* out) {
    *out << departure.name;
}

class MidInstance : public ::testing::TestWithParam<Departure> {};

TEST_P(MidInstance, NothingIsKept) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));
    scu.send(store_pdu());
    scu.send(data_set_pdu(/*is_last=*/false));

    GetParam().leave(scu);

    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kAssociationAborted));
    const db::AuditRow row = node.audit(AuditEvent::kAssociationAborted).front();
    EXPECT_NE(row.entry.detail.find("\"instance_abandoned\":true"), std::string::npos) << row.entry.detail;
    expect_nothing_kept(node);
    EXPECT_EQ(node.store(ct_instance()), 0x0000) << "the same instance may come again";
}

const Departure kDepartures[]{
    {"Abort", [](RawScu& scu) { scu.abort(); }},
    {"HalfClose", [](RawScu& scu) { scu.half_close(); }},
    {"Close", [](RawScu& scu) { scu.close(); }},
};

INSTANTIATE_TEST_SUITE_P(Message, MidInstance, ::testing::ValuesIn(kDepartures), [](const auto& departure) {
    return std::string{departure.param.name};
});

TEST(RefuseMessage, ReleaseMidInstanceKeepsNothing) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));
    scu.send(store_pdu());
    scu.send(data_set_pdu(/*is_last=*/false));

    EXPECT_TRUE(scu.release());

    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kAssociationReleased));
    const db::AuditRow row = node.audit(AuditEvent::kAssociationReleased).front();
    EXPECT_NE(row.entry.detail.find("\"instance_abandoned\":true"), std::string::npos) << row.entry.detail;
    expect_nothing_kept(node);
}

TEST(RefuseMessage, HalfCloseAfterAWholeInstanceIsNoOffence) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));
    scu.send(store_pdu());
    scu.send(data_set_pdu());

    scu.half_close();

    // The answer may be lost with the association; the instance is either whole or not there.
    EXPECT_TRUE(scu.ended());
    EXPECT_TRUE(node.answers());
    EXPECT_LE(node.jobs().size(), 1U);
}

TEST(RefuseMessage, InstanceLargerThanTheNodeTakes) {
    constexpr std::uint64_t kBytesMax = 64 * 1024;
    RunningNode node{
        {.edit_settings = [](Settings& settings) { settings.listen.instance_bytes_max = kBytesMax; }}};
    Elements ct = ct_elements();
    ct.put(0x7FE00010, rules::Vr::OW, std::string(kBytesMax, '\x2A'));
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));

    EXPECT_EQ(scu.store(ct_of(ct)), 0xC000);

    EXPECT_EQ(scu.echo(), 0x0000);
    EXPECT_EQ(node.audit_count(AuditEvent::kRefused), 1U);
    expect_nothing_kept(node);
}

TEST(RefuseMessage, HardWatermarkIsOutOfResources) {
    RunningNode node{{.edit_settings = [](Settings& settings) {
        settings.spool.hard_free = {~std::uint64_t{0}, false};
    }}};
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));

    EXPECT_EQ(scu.store(ct_instance()), 0xA700);

    EXPECT_EQ(scu.echo(), 0x0000);
    expect_nothing_kept(node);
}

TEST(RefuseMessage, DeflatedIsNotNegotiated) {
    RunningNode node;
    RawScu scu{node.port()};
    const Answer answer = scu.associate();
    ASSERT_TRUE(answer.is(PduType::kAssociateAc));
    const auto accept = node::decode_associate_accept(answer.body);
    ASSERT_TRUE(accept);

    for (const node::AnsweredContext& context : accept->contexts) {
        const bool refused = context.id == 9 || context.id == 11 || context.id == 15;
        EXPECT_EQ(context.result == node::ContextResult::kAccepted, !refused) << int{context.id};
    }
    scu.send_store_command(ct_instance(), 9);
    EXPECT_TRUE(scu.receive().is(PduType::kAbort));
}

}  // namespace
}  // namespace efface::testing
