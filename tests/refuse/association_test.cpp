// Goal: who is not known or comes too often is turned away for the right reason, and who behaves badly
// on a connection harms nobody else. PS3.8 9.2, 9.3.4 (Table 9-21).
#include "config/json.h"
#include "tests/refuse/refuse_fixture.h"

namespace efface::testing {
namespace {

using db::AuditEvent;
using node::PduType;

std::optional<node::Rejection> rejection_of(const Answer& answer) {
    if (!answer.is(PduType::kAssociateRj) || answer.body.size() != 4) {
        return std::nullopt;
    }
    return node::decode_reject(std::span<const std::byte, 4>{answer.body});
}

RunningNodeOptions with_settings(std::function<void(Settings&)> edit) {
    return {.edit_settings = std::move(edit)};
}

void only_modality(Settings& settings) {
    settings.peers.front().calling_ae = "MODALITY";
}

TEST(RefuseAssociation, UnknownCallingAe) {
    RunningNode node{with_settings(only_modality)};

    EXPECT_EQ(rejection_of(RawScu{node.port()}.associate(usual_request("STRANGER"))), node::kRejectCallingAe);

    EXPECT_TRUE(node.wait_for_audit(AuditEvent::kAssociationRejected));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, UnknownCalledAe) {
    RunningNode node{with_settings(only_modality)};

    EXPECT_EQ(
        rejection_of(RawScu{node.port()}.associate(usual_request("MODALITY", "NOBODY"))),
        node::kRejectCalledAe
    );

    EXPECT_TRUE(node.wait_for_audit(AuditEvent::kAssociationRejected));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, KnownAeFromAnotherAddress) {
    RunningNode node{with_settings([](Settings& settings) {
        settings.peers.front().addresses = {*CidrBlock::parse("192.0.2.0/24")};
    })};

    EXPECT_EQ(rejection_of(RawScu{node.port()}.associate()), node::kRejectCallingAe);
}

TEST(RefuseAssociation, AnotherApplicationContext) {
    RunningNode node;
    std::string request;
    for (const std::byte byte : node::encode_associate_request(usual_request())) {
        request += static_cast<char>(byte);
    }
    const std::size_t at = request.find(node::kDicomApplicationContext);
    ASSERT_NE(at, std::string::npos);
    request[at] = '2';
    RawScu scu{node.port()};

    scu.send(bytes_from(request));

    EXPECT_EQ(rejection_of(scu.receive()), node::kRejectApplicationContext);
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, OneMoreThanTheNodeTakes) {
    RunningNode node{with_settings([](Settings& settings) { settings.listen.associations_max = 2; })};
    RawScu first{node.port()};
    RawScu second{node.port()};
    ASSERT_TRUE(first.associate(usual_request("CT1")).is(PduType::kAssociateAc));
    ASSERT_TRUE(second.associate(usual_request("CT2")).is(PduType::kAssociateAc));

    const auto rejection = rejection_of(RawScu{node.port()}.associate(usual_request("CT3")));

    EXPECT_EQ(rejection, node::kRejectLocalLimit);
    EXPECT_EQ(first.store(ct_instance()), 0x0000);
    EXPECT_TRUE(second.release());
    EXPECT_TRUE(eventually([&] { return node.answers(); })) << "there is room again";
}

TEST(RefuseAssociation, OneMoreThanAPeerMayHave) {
    RunningNode node{with_settings([](Settings& settings) { settings.peers.front().associations_max = 1; })};
    RawScu first{node.port()};
    ASSERT_TRUE(first.associate().is(PduType::kAssociateAc));

    EXPECT_EQ(rejection_of(RawScu{node.port()}.associate()), node::kRejectLocalLimit);
    EXPECT_EQ(first.echo(), 0x0000);
}

TEST(RefuseAssociation, SoftWatermarkIsTransient) {
    RunningNode node{with_settings([](Settings& settings) {
        settings.spool.soft_free = {~std::uint64_t{0}, false};
    })};

    EXPECT_EQ(rejection_of(RawScu{node.port()}.associate()), node::kRejectTemporaryCongestion);
}

TEST(RefuseAssociation, RequestOfGarbage) {
    RunningNode node;
    RawScu scu{node.port()};

    scu.send(bytes_from("GET / HTTP/1.1\r\nHost: efface\r\n\r\n"));

    EXPECT_TRUE(scu.receive().is(PduType::kAbort));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, RequestThatClaimsFourGigabytes) {
    RunningNode node;
    RawScu scu{node.port()};

    scu.send(bytes_from(std::string_view{"\x01\x00\xFF\xFF\xFF\xFF", 6}));

    EXPECT_TRUE(scu.receive().is(PduType::kAbort));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, DataBeforeAnyRequest) {
    RunningNode node;
    RawScu scu{node.port()};

    scu.send_store_command(ct_instance(), 1);

    EXPECT_TRUE(scu.receive().is(PduType::kAbort));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, SecondRequestWithinAnAssociation) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(PduType::kAssociateAc));

    EXPECT_TRUE(scu.associate().is(PduType::kAbort));
    EXPECT_TRUE(node.answers());
}

TEST(RefuseAssociation, SilentConnectionDelaysNobodyAndIsClosed) {
    RunningNode node{with_settings([](Settings& settings) { settings.listen.artim_timeout_seconds = 1; })};
    RawScu silent{node.port()};

    EXPECT_EQ(node.store(ct_instance()), 0x0000);

    EXPECT_TRUE(silent.ended());
}

TEST(RefuseAssociation, IdleAssociationDelaysNobodyAndIsEnded) {
    RunningNode node{with_settings([](Settings& settings) { settings.listen.idle_timeout_seconds = 1; })};
    RawScu idle{node.port()};
    ASSERT_TRUE(idle.associate().is(PduType::kAssociateAc));

    EXPECT_EQ(node.store(ct_instance()), 0x0000);

    EXPECT_TRUE(idle.receive().is(PduType::kAbort));
}

TEST(RefuseAssociation, DripFedMessageDelaysNobodyAndIsEnded) {
    RunningNode node{with_settings([](Settings& settings) { settings.listen.read_timeout_seconds = 1; })};
    RawScu dripping{node.port()};
    ASSERT_TRUE(dripping.associate().is(PduType::kAssociateAc));
    const node::Bytes command =
        data_pdu(1, true, true, node::encode_store_request(1, kCtClass, kInstanceUid, 0));

    // A byte of one message for every message of another peer, until the node has had enough.
    std::size_t dripped = 0;
    std::size_t stored = 0;
    while (dripped < command.size() && dripping.send(std::span{command}.subspan(dripped, 1))) {
        ++dripped;
        const Instance instance = ct_instance("1.2.3." + std::to_string(dripped));
        ASSERT_EQ(node.store(instance), 0x0000);
        ++stored;
        if (dripping.receive(std::chrono::milliseconds{20}).is(PduType::kAbort)) {
            break;
        }
    }

    EXPECT_GT(stored, 0U);
    EXPECT_TRUE(node.wait_for_audit(AuditEvent::kAssociationAborted));
    EXPECT_EQ(node.jobs().size(), stored);
}

}  // namespace
}  // namespace efface::testing
