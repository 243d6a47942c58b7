// Goal: requests of real tools are taken as they come; what PS3.8 counts or orders is enforced; nothing
// that is cut short or contradicts itself gets further.
#include "node/dimse/associate_pdu.h"

#include "node/dimse/limits.h"
#include "node/dimse/wire.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

std::span<const std::byte> body_of(const Bytes& pdu) {
    return std::span{pdu}.subspan(kPduHeaderBytes);
}

Bytes item(std::uint8_t type, const Bytes& value) {
    Bytes out;
    WireWriter writer{out};
    writer.u8(type);
    writer.u8(0xEE);  // Reserved: not tested.
    writer.u16(value.size());
    return out + value;
}

Bytes text(std::string_view value) {
    Bytes out;
    WireWriter{out}.text(value);
    return out;
}

Bytes numbers(std::initializer_list<unsigned> values) {
    Bytes out;
    for (const unsigned value : values) {
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

Bytes context_item(std::uint8_t id, const Bytes& sub_items) {
    return item(0x20, numbers({id, 0xEE, 0xEE, 0xEE}) + sub_items);
}

Bytes usual_context(std::uint8_t id) {
    return context_item(id, item(0x30, text(kCt)) + item(0x40, text(kImplicit)));
}

const Bytes kApplicationContextItem = item(0x10, text("1.2.840.10008.3.1.1.1"));
const Bytes kMaximumLengthItem = item(0x51, numbers({0, 0, 0x40, 0}));

// The body of an A-ASSOCIATE-RQ with these items.
Bytes request_body(const Bytes& items) {
    return numbers({0, 1, 0xEE, 0xEE}) + text("EFFACE          MODALITY        ") +
           Bytes(32, std::byte{0xEE}) + items;
}

Bytes request_with_user(const Bytes& sub_items) {
    return request_body(kApplicationContextItem + usual_context(1) + item(0x50, sub_items));
}

Bytes role_item(std::string_view sop_class, unsigned scu, unsigned scp) {
    return item(
        0x54, numbers({0, static_cast<unsigned>(sop_class.size())}) + text(sop_class) + numbers({scu, scp})
    );
}

TEST(AssociatePdu, TakesTheRequestsOfRealTools) {
    struct Captured {
        std::string_view hex;
        std::string_view calling;
        std::string_view version;
        std::size_t contexts;
    };

    for (const Captured& captured :
         {Captured{kStorescuRequest, "STORESCU", "OFFIS_DCMTK_367", 128},
          Captured{kDcmsendRequest, "DCMSEND", "OFFIS_DCMTK_367", 2},
          Captured{kPynetdicomRequest, "PYNETDICOM", "PYNETDICOM_304", 3},
          Captured{kOrthancRequest, "ORTHANC", "OFFIS_DCMTK_367", 127}}) {
        SCOPED_TRACE(captured.calling);
        const Bytes pdu = from_hex_text(captured.hex);
        const auto request = decode_associate_request(body_of(pdu));

        ASSERT_TRUE(request) << request.error().message();
        EXPECT_EQ(request->calling_ae, captured.calling);
        EXPECT_EQ(request->application_context, kDicomApplicationContext);
        EXPECT_EQ(request->user.implementation_version, captured.version);
        EXPECT_FALSE(request->user.implementation_uid.empty());
        EXPECT_EQ(request->contexts.size(), captured.contexts);
        for (const RequestedContext& context : request->contexts) {
            EXPECT_FALSE(context.abstract_syntax.empty());
            EXPECT_FALSE(context.transfer_syntaxes.empty());
        }
    }
}

TEST(AssociatePdu, ReadsRolesWindowAndIdentityOfPynetdicom) {
    const auto request = decode_associate_request(body_of(from_hex_text(kPynetdicomRequest)));

    ASSERT_TRUE(request);
    ASSERT_EQ(request->user.roles.size(), 1U);
    EXPECT_EQ(request->user.roles[0].sop_class_uid, kCt);
    EXPECT_TRUE(request->user.roles[0].scp);
    EXPECT_EQ(request->user.asynchronous_window->invoked, 5);
    EXPECT_TRUE(request->user.user_identity);
    EXPECT_TRUE(request->user.user_identity_answer);
}

TEST(AssociatePdu, TakesRolesForSixtyClassesAndUnknownSubItems) {
    Bytes user = kMaximumLengthItem + item(0x77, text("unknown"));
    for (int i = 0; i < 60; ++i) {
        user = user + role_item("1.2.3." + std::to_string(i), 1, 0);
    }

    const auto request = decode_associate_request(request_with_user(user + item(0xFE, {})));

    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->user.roles.size(), 60U);
    EXPECT_EQ(request->user.pdu_bytes_max, 0x4000U);
}

TEST(AssociatePdu, SkipsUnknownItemsAndReservedFields) {
    const auto request = decode_associate_request(request_body(
        item(0x99, text("?")) + kApplicationContextItem +
        context_item(1, item(0x31, text("?")) + item(0x30, text(kCt)) + item(0x40, text(kImplicit))) +
        item(0x50, kMaximumLengthItem)
    ));

    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->contexts.size(), 1U);
    EXPECT_EQ(request->called_ae, "EFFACE");
    EXPECT_EQ(request->calling_ae, "MODALITY");
}

TEST(AssociatePdu, EncodedRequestReadsBackTheSame) {
    const AssociateRequest request = usual_request();
    const auto read = decode_associate_request(body_of(encode_associate_request(request)));

    ASSERT_TRUE(read);
    EXPECT_EQ(read->called_ae, request.called_ae);
    EXPECT_EQ(read->calling_ae, request.calling_ae);
    EXPECT_EQ(read->protocol_version, 1);
    ASSERT_EQ(read->contexts.size(), request.contexts.size());
    EXPECT_EQ(read->contexts[1].transfer_syntaxes, request.contexts[1].transfer_syntaxes);
    EXPECT_EQ(read->user.implementation_uid, request.user.implementation_uid);
}

TEST(AssociatePdu, RefusesEveryTruncationOfARealRequest) {
    const Bytes pdu = from_hex_text(kPynetdicomRequest);
    for (std::size_t length = 0; length < pdu.size() - kPduHeaderBytes; ++length) {
        SCOPED_TRACE(length);
        const auto request = decode_associate_request(body_of(pdu).first(length));
        // A cut between two items leaves less, never something else.
        EXPECT_TRUE(!request || request->user.implementation_uid.empty());
    }
}

TEST(AssociatePdu, RefusesWhatStandsThereTwice) {
    const Bytes uid = item(0x52, text("1.2.3"));
    const Bytes version = item(0x55, text("V"));
    const Bytes window = item(0x53, numbers({0, 1, 0, 1}));
    const Bytes identity = item(0x58, numbers({1, 0, 0, 1, 'x', 0, 0}));
    const Bytes role = role_item(kCt, 1, 0);
    const Bytes extended = item(0x56, numbers({0, 3}) + text("1.2") + numbers({1}));
    const Bytes common = item(0x57, numbers({0, 3}) + text("1.2") + numbers({0, 0, 0, 0}));
    for (const Bytes& one : {kMaximumLengthItem, uid, version, window, identity, role, extended, common}) {
        SCOPED_TRACE(std::to_integer<int>(one[0]));
        EXPECT_TRUE(decode_associate_request(request_with_user(one)));
        EXPECT_FALSE(decode_associate_request(request_with_user(one + one)));
    }
    // Once per class, and extended and common extended negotiation are two things.
    EXPECT_TRUE(decode_associate_request(request_with_user(role + role_item(kMr, 1, 0) + extended + common)));
    const Bytes application = kApplicationContextItem;
    EXPECT_FALSE(decode_associate_request(request_body(application + application + usual_context(1))));
    const Bytes user = item(0x50, kMaximumLengthItem);
    EXPECT_FALSE(decode_associate_request(request_body(application + usual_context(1) + user + user)));
}

TEST(AssociatePdu, ContextIdsAreOddDistinctAndAtMost128) {
    Bytes items = kApplicationContextItem;
    for (unsigned id = 1; id < 256; id += 2) {
        items = items + usual_context(static_cast<std::uint8_t>(id));
    }
    EXPECT_TRUE(decode_associate_request(request_body(items)));
    EXPECT_FALSE(decode_associate_request(request_body(items + usual_context(1)))) << "129 contexts";
    EXPECT_FALSE(decode_associate_request(request_body(kApplicationContextItem + usual_context(2))))
        << "even";
    EXPECT_FALSE(decode_associate_request(request_body(kApplicationContextItem + usual_context(0))))
        << "zero";
    EXPECT_FALSE(
        decode_associate_request(request_body(kApplicationContextItem + usual_context(3) + usual_context(3)))
    ) << "twice";
    EXPECT_FALSE(decode_associate_request(request_body(kApplicationContextItem))) << "none";
}

TEST(AssociatePdu, AContextHasOneAbstractAndAtLeastOneTransferSyntax) {
    const Bytes abstract = item(0x30, text(kCt));
    const Bytes transfer = item(0x40, text(kImplicit));
    for (const Bytes& wrong : {abstract, transfer, abstract + abstract + transfer, Bytes{}}) {
        EXPECT_FALSE(decode_associate_request(request_body(kApplicationContextItem + context_item(1, wrong)))
        );
    }
}

TEST(AssociatePdu, RefusesLengthsThatLie) {
    Bytes longer = item(0x30, text(kCt));
    longer[3] = std::byte{200};
    EXPECT_FALSE(decode_associate_request(request_body(kApplicationContextItem + context_item(1, longer))));
    EXPECT_FALSE(decode_associate_request(request_with_user(item(0x51, numbers({0, 0x40, 0})))));
    EXPECT_FALSE(decode_associate_request(request_with_user(item(0x51, numbers({0, 0, 0, 7})))))
        << "tiny PDUs";
    EXPECT_FALSE(decode_associate_request(request_with_user(item(0x53, numbers({0, 1})))));
    EXPECT_FALSE(decode_associate_request(request_with_user(item(0x54, numbers({0, 9, '1', 1, 0})))));
    EXPECT_FALSE(decode_associate_request(request_with_user(item(0x56, numbers({0, 9, '1'})))));
}

TEST(AssociatePdu, IllegalTextIsReadAsEmpty) {
    EXPECT_EQ(read_uid(std::string_view{"1.2.3\0", 6}), "1.2.3");
    EXPECT_EQ(read_uid("1.2.3 "), "1.2.3");
    EXPECT_EQ(read_uid("1.02.3"), "1.02.3");
    EXPECT_EQ(read_uid("1.2.x"), "");
    EXPECT_EQ(read_uid(std::string(65, '1')), "");
    EXPECT_EQ(read_ae_title("  AE 1  "), "AE 1");
    EXPECT_EQ(read_ae_title("A\\B"), "");
    EXPECT_EQ(read_ae_title("A\nB"), "");
}

TEST(AssociatePdu, AcceptRoundTripsAndRefusesTruncation) {
    AssociateAccept accept;
    accept.contexts = {
        {1, ContextResult::kAccepted, std::string{kImplicit}},
        {3, ContextResult::kAbstractSyntaxNotSupported, std::string{kImplicit}}};
    accept.user.pdu_bytes_max = 0;
    accept.user.implementation_uid = "1.2.3";
    const Bytes pdu = encode_associate_accept(accept);

    const auto read = decode_associate_accept(body_of(pdu));

    ASSERT_TRUE(read);
    ASSERT_EQ(read->contexts.size(), 2U);
    EXPECT_EQ(read->contexts[0].transfer_syntax, kImplicit);
    EXPECT_EQ(read->contexts[1].result, ContextResult::kAbstractSyntaxNotSupported);
    EXPECT_EQ(read->user.pdu_bytes_max, 0U);
    for (std::size_t length = 0; length < pdu.size() - kPduHeaderBytes; ++length) {
        const auto cut = decode_associate_accept(body_of(pdu).first(length));
        EXPECT_TRUE(!cut || cut->user.implementation_uid.empty());
    }
}

}  // namespace
}  // namespace efface::node
