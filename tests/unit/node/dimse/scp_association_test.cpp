// Goal: an association ends up where PS3.7 and PS3.8 want it, whatever the peer sends and however
// slowly, and the sink and the audit hear the truth about it. Method: a whole ScpAssociation over an
// in-memory transport on a simulated clock.
#include "node/dimse/scp_association.h"

#include "node/dimse/status_table.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"
#include "tests/unit/node/dimse/memory_transport.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

using Kind = AssociationEventKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

class ScpAssociationTest : public testing::Test {
protected:
    void start(Limits limits = {}) {
        services_ = std::make_shared<ScpServices>(limits, usual_offer(), policy_, sink_, observer_);
        AssociationFacts facts;
        facts.peer_address = "192.0.2.7";
        facts.id = services_->registry.admit(facts.peer_address).value();
        auto association = std::make_shared<ScpAssociation>(
            services_, std::make_unique<MemoryTransport>(loop_, wire_), facts
        );
        services_->registry.attach(facts.id, association);
        association_ = association;
        association->start();
        loop_.run();
    }

    void TearDown() override { new_wire(); }

    // The connection at hand is lost; the next one starts afresh.
    void new_wire() {
        end(IoFailure::kLost);
        while (!sink_.pending.empty()) {
            sink_.complete_one();
        }
        loop_.run();
        EXPECT_TRUE(association_.expired());
        wire_ = Wire{};
    }

    void receive(const Bytes& bytes) {
        wire_.to_read.insert(wire_.to_read.end(), bytes.begin(), bytes.end());
        poke();
    }

    void end(IoFailure failure) {
        wire_.read_failure = failure;
        poke();
    }

    void poke() {
        if (wire_.transport != nullptr) {
            wire_.transport->progress();
        }
        loop_.run();
    }

    void associate(Limits limits = {}) {
        start(limits);
        receive(encode_associate_request(usual_request()));
        ASSERT_EQ(type_of(take_written().back()), PduType::kAssociateAc);
    }

    std::vector<Bytes> take_written() { return split_pdus(std::exchange(wire_.written, {})); }

    // The status of the one response that was written.
    std::uint16_t take_status() {
        const auto pdus = take_written();
        EXPECT_EQ(pdus.size(), 1U);
        if (pdus.size() != 1 || type_of(pdus[0]) != PduType::kDataTf) {
            ADD_FAILURE() << "no response";
            return 0xDEAD;
        }
        const auto response = decode_command_set(std::span{pdus[0]}.subspan(12));
        EXPECT_TRUE(response && !response->is_request());
        return response->status.value_or(0xDEAD);
    }

    void expect_abort(AbortSource source, AbortReason reason) {
        const auto pdus = take_written();
        ASSERT_FALSE(pdus.empty());
        EXPECT_EQ(pdus.back(), encode_abort(source, reason));
    }

    void store(std::uint8_t context_id, const Bytes& data, std::string_view sop_class = kCt) {
        receive(data_pdu(context_id, true, true, store_command(1, sop_class)));
        receive(data_pdu(context_id, false, true, data));
    }

    const AssociationEvent& last_event() { return observer_.events.back(); }

    TestLoop loop_;
    Wire wire_;
    TestPolicy policy_;
    TestSink sink_;
    TestObserver observer_;
    std::shared_ptr<ScpServices> services_;
    std::weak_ptr<ScpAssociation> association_;
};

TEST_F(ScpAssociationTest, TakesAnEchoAStoreAndARelease) {
    associate();
    receive(data_pdu(1, true, true, encode_echo_request(1)));
    EXPECT_EQ(take_status(), 0x0000);
    store(3, Bytes(1000, std::byte{'x'}));
    EXPECT_EQ(take_status(), 0x0000);

    receive(encode_release_request());
    EXPECT_EQ(type_of(take_written().back()), PduType::kReleaseRp);
    end(IoFailure::kEnd);

    ASSERT_EQ(sink_.records.size(), 1U);
    const TestSink::Record& record = *sink_.records[0];
    EXPECT_EQ(record.bytes, std::string(1000, 'x'));
    EXPECT_TRUE(record.finished);
    EXPECT_EQ(record.request.sop_class_uid, kCt);
    EXPECT_EQ(record.request.sop_instance_uid.reveal(), "1.2.3");
    EXPECT_EQ(record.request.transfer_syntax_uid, kExplicit);
    EXPECT_EQ(record.request.association->calling_ae, "MODALITY");
    EXPECT_EQ(record.request.association->called_ae, "EFFACE");
    EXPECT_EQ(record.request.association->implementation_version, "TEST_1");
    EXPECT_EQ(record.request.association->project, "project");
    ASSERT_EQ(observer_.events.size(), 2U);
    EXPECT_EQ(observer_.events[0].kind, Kind::kAccepted);
    EXPECT_EQ(observer_.events[0].contexts_accepted, 3U);
    EXPECT_EQ(observer_.events[0].contexts_refused, 1U);
    EXPECT_EQ(last_event().kind, Kind::kReleased);
    EXPECT_EQ(last_event().echoes, 1U);
    EXPECT_EQ(last_event().stores_succeeded, 1U);
    EXPECT_GT(last_event().bytes_received, 1000U);
    EXPECT_TRUE(wire_.closed);
    EXPECT_TRUE(association_.expired());
    EXPECT_EQ(services_->registry.count(), 0U);
}

TEST_F(ScpAssociationTest, RequestsOfRealToolsAreAccepted) {
    for (const std::string_view hex :
         {kStorescuRequest, kDcmsendRequest, kPynetdicomRequest, kOrthancRequest}) {
        new_wire();
        start();
        receive(from_hex_text(hex));

        const auto pdus = take_written();

        ASSERT_EQ(pdus.size(), 1U);
        ASSERT_EQ(type_of(pdus[0]), PduType::kAssociateAc);
        const auto accept = decode_associate_accept(std::span{pdus[0]}.subspan(6));
        ASSERT_TRUE(accept);
        const auto accepted =
            std::ranges::count(accept->contexts, ContextResult::kAccepted, &AnsweredContext::result);
        EXPECT_GE(accepted, 1);
        end(IoFailure::kLost);
        EXPECT_TRUE(association_.expired());
    }
}

TEST_F(ScpAssociationTest, EveryByteMayComeAlone) {
    wire_.read_bytes_max = 1;
    associate();

    store(3, Bytes(300, std::byte{'y'}));

    EXPECT_EQ(take_status(), 0x0000);
    EXPECT_EQ(sink_.records.at(0)->bytes, std::string(300, 'y'));
}

TEST_F(ScpAssociationTest, SmallPdusOfOneReadComeAsOnePiece) {
    associate();
    Bytes sent;
    Bytes pdus;
    for (int i = 0; i < 50; ++i) {
        const Bytes piece(static_cast<std::size_t>(1 + 37 * (i % 7)), static_cast<std::byte>(i));
        sent = sent + piece;
        pdus = pdus + data_pdu(3, false, i == 49, piece);
    }
    // What follows the data set in the same read must not be drawn into it.
    receive(
        data_pdu(3, true, true, store_command(1)) + pdus + data_pdu(1, true, true, encode_echo_request(2))
    );

    const TestSink::Record& record = *sink_.records.at(0);
    EXPECT_EQ(record.pieces, 1U);
    EXPECT_EQ(record.bytes, std::string(reinterpret_cast<const char*>(sent.data()), sent.size()));
    EXPECT_EQ(take_written().size(), 2U);
}

TEST_F(ScpAssociationTest, JoiningStopsAtAnotherContextsDataAndAtAReleaseWithinAMessage) {
    associate();
    receive(
        data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(10)) +
        data_pdu(5, false, true, Bytes(10))
    );
    EXPECT_EQ(sink_.records.at(0)->bytes.size(), 10U);
    expect_abort(AbortSource::kServiceProvider, AbortReason::kInvalidParameter);

    new_wire();
    associate();
    receive(
        data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(10)) +
        encode_release_request()
    );
    EXPECT_EQ(sink_.records.at(1)->bytes.size(), 10U);
    EXPECT_TRUE(sink_.records.at(1)->destroyed);
    EXPECT_EQ(type_of(take_written().back()), PduType::kReleaseRp);
}

// What an A-ASSOCIATE-RJ says.

TEST_F(ScpAssociationTest, RejectsWithTheReasonOfThePolicy) {
    policy_.on_decide = [](const AssociationFacts& facts) {
        EXPECT_EQ(facts.peer_address, "192.0.2.7");
        return AssociationDecision::reject(kRejectCallingAe, "unknown calling AE title");
    };
    start();

    receive(encode_associate_request(usual_request()));

    EXPECT_EQ(take_written().at(0), encode_reject(kRejectCallingAe));
    EXPECT_EQ(last_event().kind, Kind::kRejected);
    EXPECT_EQ(last_event().rejection, kRejectCallingAe);
    EXPECT_EQ(last_event().reason.view(), "unknown calling AE title");
    EXPECT_FALSE(wire_.closed) << "the peer closes first, or ARTIM runs out";
    loop_.advance(Limits{}.artim);
    EXPECT_TRUE(wire_.closed);
    EXPECT_TRUE(association_.expired());
    EXPECT_EQ(observer_.events.size(), 1U);
}

TEST_F(ScpAssociationTest, RejectsAnotherProtocolVersionAndApplicationContext) {
    start();
    Bytes pdu = encode_associate_request(usual_request());
    pdu[7] = std::byte{2};
    receive(pdu);
    EXPECT_EQ(take_written().at(0), encode_reject(kRejectProtocolVersion));

    new_wire();
    start();
    pdu = encode_associate_request(usual_request());
    pdu[7] = std::byte{3};  // Bit 0 counts, whatever other versions the peer speaks.
    receive(pdu);
    EXPECT_EQ(type_of(take_written().at(0)), PduType::kAssociateAc);

    new_wire();
    start();
    pdu = encode_associate_request(usual_request());
    pdu[6 + 68 + 4] = std::byte{'2'};
    receive(pdu);
    EXPECT_EQ(take_written().at(0), encode_reject(kRejectApplicationContext));
}

TEST_F(ScpAssociationTest, RejectsForNowWhenThereAreTooMany) {
    Limits limits;
    limits.associations_max = 0;
    start(limits);

    receive(encode_associate_request(usual_request()));

    EXPECT_EQ(take_written().at(0), encode_reject(kRejectLocalLimit));
}

// Statuses.

TEST_F(ScpAssociationTest, AnswersWhatItCannotDoWithTheStatusOfPs37) {
    associate();
    store(5, Bytes(10), kCt);  // The context is MR's.
    EXPECT_EQ(take_status(), dimse_status::kSopClassNotSupported);
    store(1, Bytes(10), kVerification);
    EXPECT_EQ(take_status(), dimse_status::kSopClassNotSupported);
    receive(data_pdu(3, true, true, encode_echo_request(1)));
    EXPECT_EQ(take_status(), dimse_status::kSopClassNotSupported);
    receive(
        data_pdu(3, true, true, store_command(1, kCt, "not-a-uid")) + data_pdu(3, false, true, Bytes(10))
    );
    EXPECT_EQ(take_status(), dimse_status::kInvalidObjectInstance);
    receive(data_pdu(3, true, true, store_command(1, "", "1.2")) + data_pdu(3, false, true, Bytes(10)));
    EXPECT_EQ(take_status(), dimse_status::kMistypedArgument);
    receive(data_pdu(3, true, true, store_command(1, kCt, "")) + data_pdu(3, false, true, Bytes(10)));
    EXPECT_EQ(take_status(), dimse_status::kMistypedArgument);
    Bytes find = store_command(1);
    find[find.size() - 1] = std::byte{0};
    const auto at = std::ranges::search(find, from_hex_text("00000001020000000100")).begin();
    *(at + 8) = std::byte{0x20};  // C-FIND-RQ.
    receive(data_pdu(3, true, true, find) + data_pdu(3, false, true, Bytes(10)));
    EXPECT_EQ(take_status(), dimse_status::kUnrecognizedOperation);
    EXPECT_TRUE(sink_.records.empty());

    store(3, Bytes(10));
    EXPECT_EQ(take_status(), 0x0000) << "the association goes on";
}

TEST_F(ScpAssociationTest, AnswersTheSinksRefusalAfterTheDataSet) {
    associate();
    sink_.begin_error = Error{.fault = Fault::kRetry, .text = "disk full", .where = {}};
    receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(10)));
    EXPECT_TRUE(take_written().empty());
    receive(data_pdu(3, false, true, Bytes(10)));
    EXPECT_EQ(take_status(), 0xA700);

    sink_.begin_error.reset();
    sink_.append_status = fail(Fault::kRetry, "disk full");
    receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(10)));
    EXPECT_TRUE(sink_.records.at(0)->destroyed) << "abandoned at once";
    EXPECT_TRUE(take_written().empty());
    receive(data_pdu(3, false, true, Bytes(10)));
    EXPECT_EQ(take_status(), 0xA700);
    EXPECT_FALSE(sink_.records.at(0)->finished);

    sink_.append_status = {};
    sink_.finish_status = 0xA900;
    store(3, Bytes(10));
    EXPECT_EQ(take_status(), 0xA900);
    receive(encode_release_request());
    EXPECT_EQ(last_event().stores_failed, 3U);
    EXPECT_EQ(last_event().stores_succeeded, 0U);
}

TEST_F(ScpAssociationTest, AnEmptyDataSetIsTheSinksToJudge) {
    associate();

    store(3, {});

    EXPECT_EQ(take_status(), 0x0000);
    EXPECT_EQ(sink_.records.at(0)->pieces, 0U);
}

TEST_F(ScpAssociationTest, ACancelIsPassedOver) {
    associate();
    Bytes cancel = encode_echo_request(1);
    const auto at = std::ranges::search(cancel, from_hex_text("00000001020000003000")).begin();
    *(at + 8) = std::byte{0xFF};
    *(at + 9) = std::byte{0x0F};
    receive(data_pdu(1, true, true, cancel));
    EXPECT_TRUE(take_written().empty());
    receive(data_pdu(1, true, true, encode_echo_request(2)));
    EXPECT_EQ(take_status(), 0x0000);
}

// Peers that break the rules.

TEST_F(ScpAssociationTest, BreaksOffWithPeersThatBreakTheRules) {
    const Bytes command = store_command(1);
    const Bytes half{command.begin(), command.begin() + 20};
    Bytes empties;
    for (std::uint32_t i = 0; i <= kEmptyFragmentsMax; ++i) {
        empties = empties + data_pdu(3, false, false, {});
    }

    struct Offence {
        const char* name;
        Bytes bytes;
    };

    const std::vector<Offence> offences{
        {"unknown context", data_pdu(9, true, true, command)},
        {"refused context", data_pdu(7, true, true, command)},
        {"data before command", data_pdu(3, false, true, Bytes(10))},
        {"command within data", data_pdu(3, true, true, command) + data_pdu(3, true, true, command)},
        {"data within command", data_pdu(3, true, false, half) + data_pdu(3, false, true, Bytes(10))},
        {"another context's data", data_pdu(3, true, true, command) + data_pdu(5, false, true, Bytes(10))},
        {"another context's command", data_pdu(3, true, false, half) + data_pdu(5, true, true, half)},
        {"a response", data_pdu(3, true, true, encode_response(*decode_command_set(command), 0))},
        {"a broken command", data_pdu(3, true, true, half)},
        {"104 KB of command", data_pdu(3, true, true, Bytes(104 * 1024))},
        {"command without end",
         data_pdu(3, true, false, Bytes(4000)) + data_pdu(3, true, false, Bytes(4000))},
        {"empty values", data_pdu(3, true, true, command) + empties},
        {"too long a PDU", data_pdu(3, true, true, Bytes(Limits{}.pdu_bytes_max + 2000))},
    };
    for (const Offence& offence : offences) {
        SCOPED_TRACE(offence.name);
        new_wire();
        associate();

        receive(offence.bytes);

        expect_abort(AbortSource::kServiceProvider, AbortReason::kInvalidParameter);
        EXPECT_EQ(last_event().kind, Kind::kAborted);
        EXPECT_FALSE(last_event().reason.view().empty());
        end(IoFailure::kEnd);
        EXPECT_TRUE(association_.expired());
        for (const auto& record : sink_.records) {
            EXPECT_TRUE(record->destroyed);
            EXPECT_FALSE(record->finished);
        }
    }
}

TEST_F(ScpAssociationTest, ANestedCommandSetOf104KilobytesEndsInAnAbort) {
    associate();
    Bytes nested;
    while (nested.size() < 104U * 1024U) {
        nested = nested + from_hex_text(
                              "00000210ffffffff"
                              "feff00e0ffffffff"
                          );
    }

    receive(data_pdu(3, true, true, nested));

    expect_abort(AbortSource::kServiceProvider, AbortReason::kInvalidParameter);
}

TEST_F(ScpAssociationTest, PdusOfAnotherStateEndInAnAbort) {
    for (const Bytes& pdu :
         {encode_associate_request(usual_request()), encode_associate_accept({}),
          encode_reject(kRejectNoReason), encode_release_response()}) {
        SCOPED_TRACE(static_cast<int>(type_of(pdu)));
        new_wire();
        associate();

        receive(pdu);

        expect_abort(AbortSource::kServiceProvider, AbortReason::kUnexpectedPdu);
        EXPECT_EQ(last_event().kind, Kind::kAborted);
    }
}

TEST_F(ScpAssociationTest, AnythingButARequestAtTheStartIsDropped) {
    for (const Bytes& pdu :
         {encode_release_request(), data_pdu(1, true, true, Bytes(10)),
          from_hex_text("474554202f20485454502f312e31"), Bytes(6 + 67)}) {
        new_wire();
        observer_.events.clear();
        start();

        receive(pdu);

        expect_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified);
        ASSERT_EQ(observer_.events.size(), 1U);
        EXPECT_EQ(last_event().kind, Kind::kDropped);
        end(IoFailure::kEnd);
        EXPECT_TRUE(association_.expired());
    }
}

TEST_F(ScpAssociationTest, AfterAnAbortOfOursEverythingIsThrownAwayUntilThePeerCloses) {
    associate();
    receive(data_pdu(9, true, true, Bytes(10)));
    take_written();

    receive(Bytes(300'000, std::byte{'z'}));
    EXPECT_FALSE(wire_.closed);
    EXPECT_TRUE(wire_.to_read.empty());
    loop_.advance(Limits{}.artim);

    EXPECT_TRUE(wire_.closed);
    EXPECT_TRUE(association_.expired());
}

// Ends in the middle of an instance.

TEST_F(ScpAssociationTest, AnEndWithinAnInstanceAbandonsIt) {
    for (const int how : {0, 1, 2, 3}) {
        SCOPED_TRACE(how);
        new_wire();
        sink_.records.clear();
        associate();
        receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(100)));
        ASSERT_FALSE(sink_.records.at(0)->destroyed);

        if (how == 0) {
            receive(encode_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified));
        } else if (how == 1) {
            end(IoFailure::kEnd);  // Half-closed.
        } else if (how == 2) {
            end(IoFailure::kLost);
        } else {
            receive(encode_release_request());
        }

        EXPECT_TRUE(sink_.records.at(0)->destroyed);
        EXPECT_FALSE(sink_.records.at(0)->finished);
        EXPECT_TRUE(last_event().instance_abandoned);
        EXPECT_EQ(last_event().kind, how == 3 ? Kind::kReleased : Kind::kAborted);
        end(IoFailure::kEnd);
        EXPECT_TRUE(association_.expired());
    }
}

TEST_F(ScpAssociationTest, AnInstanceIsNotDestroyedWhileTheSinkIsBusyWithIt) {
    sink_.deferred = true;
    associate();
    receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(100)));

    association_.lock()->abort();
    loop_.run();
    end(IoFailure::kEnd);
    EXPECT_TRUE(wire_.closed);
    EXPECT_FALSE(sink_.records.at(0)->destroyed);
    EXPECT_TRUE(last_event().instance_abandoned);
    sink_.complete_one();
    loop_.run();

    EXPECT_TRUE(sink_.records.at(0)->destroyed);
    EXPECT_TRUE(association_.expired());
}

TEST_F(ScpAssociationTest, AnInstanceThatIsBeingFinishedStaysReceived) {
    sink_.deferred = true;
    associate();
    store(3, Bytes(10));
    sink_.complete_one();  // append
    ASSERT_TRUE(sink_.records.at(0)->finished);

    association_.lock()->abort();
    loop_.run();
    EXPECT_FALSE(last_event().instance_abandoned);
    sink_.complete_one();
    end(IoFailure::kEnd);

    EXPECT_TRUE(association_.expired());
}

// Back pressure.

TEST_F(ScpAssociationTest, WhileTheSinkIsBusyAtMostOneMoreBufferIsRead) {
    sink_.deferred = true;
    associate();
    receive(data_pdu(3, true, true, store_command(1)));
    const std::size_t reads_before = wire_.reads;
    for (int i = 0; i < 10; ++i) {
        const Bytes pdu = data_pdu(3, false, i == 9, Bytes(100'000));
        wire_.to_read.insert(wire_.to_read.end(), pdu.begin(), pdu.end());
    }
    poke();

    EXPECT_EQ(wire_.reads - reads_before, 2U);
    EXPECT_EQ(sink_.records.at(0)->pieces, 1U);
    for (int i = 0; i < 200 && !sink_.pending.empty(); ++i) {
        EXPECT_EQ(sink_.pending.size(), 1U) << "one at a time";
        sink_.complete_one();
        loop_.run();
    }
    EXPECT_EQ(sink_.records.at(0)->bytes.size(), 1'000'000U);
    EXPECT_EQ(take_status(), 0x0000);
}

TEST_F(ScpAssociationTest, TimeThatTheSinkTakesIsNotThePeers) {
    sink_.deferred = true;
    associate();
    receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, true, Bytes(100)));

    loop_.advance(Limits{}.pdu_read * 10);
    sink_.complete_one();
    loop_.advance(Limits{}.idle * 10);
    sink_.complete_one();
    loop_.run();

    EXPECT_EQ(take_status(), 0x0000);
    EXPECT_FALSE(wire_.closed);
}

TEST_F(ScpAssociationTest, APeerThatTakesNoAnswersIsReadNoFurther) {
    associate();
    wire_.writes_stall = true;
    for (int i = 0; i < 1000; ++i) {
        receive(data_pdu(1, true, true, encode_echo_request(1)));
    }

    EXPECT_GT(wire_.to_read.size(), 10'000U);
    loop_.advance(Limits{}.write);
    EXPECT_EQ(last_event().kind, Kind::kAborted);
    EXPECT_TRUE(association_.expired());
}

// Deadlines.

TEST_F(ScpAssociationTest, ASilentConnectionIsClosedByArtim) {
    start();
    loop_.advance(Limits{}.artim - milliseconds{1});
    EXPECT_FALSE(wire_.closed);
    loop_.advance(milliseconds{1});
    EXPECT_TRUE(wire_.closed);
    EXPECT_EQ(last_event().kind, Kind::kDropped);
}

TEST_F(ScpAssociationTest, ADripFedRequestIsClosedByArtim) {
    start();
    const Bytes pdu = encode_associate_request(usual_request());
    std::size_t sent = 0;
    while (!wire_.closed && sent < pdu.size()) {
        receive({pdu[sent++]});
        loop_.advance(seconds{1});
    }
    EXPECT_TRUE(wire_.closed);
    EXPECT_LE(sent, 16U);
}

TEST_F(ScpAssociationTest, ADripFedPduIsAborted) {
    associate();
    receive(data_pdu(3, true, true, store_command(1)));
    const Bytes pdu = data_pdu(3, false, true, Bytes(1000));
    std::size_t sent = 0;
    while (last_event().kind == Kind::kAccepted && sent < pdu.size()) {
        receive({pdu[sent++]});
        loop_.advance(seconds{1});
    }

    EXPECT_EQ(last_event().kind, Kind::kAborted);
    EXPECT_EQ(last_event().reason.view(), "a PDU did not come in time");
    EXPECT_TRUE(last_event().instance_abandoned);
    EXPECT_LE(sent, 32U);
    expect_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified);
}

TEST_F(ScpAssociationTest, AMessageDripFedPduByPduIsAborted) {
    Limits limits;
    limits.message = seconds{60};
    associate(limits);
    receive(data_pdu(3, true, true, store_command(1)));
    int pdus = 0;
    while (last_event().kind == Kind::kAccepted && pdus < 1000) {
        receive(data_pdu(3, false, false, Bytes(1)));
        loop_.advance(seconds{10});
        ++pdus;
    }

    EXPECT_EQ(last_event().reason.view(), "a message took too long");
    EXPECT_LE(pdus, 8);
}

TEST_F(ScpAssociationTest, AnIdleAssociationIsAbortedAndOneThatWorksIsNot) {
    associate();
    for (int i = 0; i < 5; ++i) {
        loop_.advance(Limits{}.idle - seconds{1});
        receive(data_pdu(1, true, true, encode_echo_request(1)));
        EXPECT_EQ(take_status(), 0x0000);
    }
    loop_.advance(Limits{}.idle);
    expect_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified);
    EXPECT_EQ(last_event().reason.view(), "nothing from the peer in time");
}

TEST_F(ScpAssociationTest, APeerSilentAfterItsCommandIsAborted) {
    associate();
    receive(data_pdu(3, true, true, store_command(1)));

    loop_.advance(Limits{}.pdu_read);

    EXPECT_EQ(last_event().kind, Kind::kAborted);
    EXPECT_TRUE(last_event().instance_abandoned);
}

// Stopping.

TEST_F(ScpAssociationTest, DrainingFinishesTheMessageInProgress) {
    sink_.deferred = true;
    associate();
    receive(data_pdu(3, true, true, store_command(1)) + data_pdu(3, false, false, Bytes(10)));

    association_.lock()->drain();
    loop_.run();
    EXPECT_EQ(last_event().kind, Kind::kAccepted);
    sink_.complete_one();
    receive(data_pdu(3, false, true, Bytes(10)));
    sink_.complete_one();
    sink_.complete_one();
    loop_.run();

    const auto pdus = take_written();
    ASSERT_EQ(pdus.size(), 2U);
    EXPECT_EQ(decode_command_set(std::span{pdus[0]}.subspan(12))->status, 0x0000);
    EXPECT_EQ(type_of(pdus[1]), PduType::kAbort);
    EXPECT_EQ(last_event().stores_succeeded, 1U);
}

TEST_F(ScpAssociationTest, DrainingAbortsAnIdleAssociationAndClosesAnUnassociatedConnection) {
    associate();
    association_.lock()->drain();
    loop_.run();
    EXPECT_EQ(type_of(take_written().back()), PduType::kAbort);

    new_wire();
    start();
    association_.lock()->drain();
    loop_.run();
    EXPECT_TRUE(wire_.closed);
    EXPECT_TRUE(association_.expired());
}

TEST(AssociationRegistry, BoundsConnectionsWithoutAnAssociation) {
    Limits limits;
    limits.pending_max = 3;
    limits.pending_per_address_max = 2;
    AssociationRegistry registry{limits};
    const auto first = registry.admit("192.0.2.1");
    ASSERT_TRUE(first && registry.admit("192.0.2.1"));
    EXPECT_FALSE(registry.admit("192.0.2.1"));
    EXPECT_TRUE(registry.admit("192.0.2.2"));
    EXPECT_FALSE(registry.admit("192.0.2.3"));

    const auto load = registry.establish(*first, "AE");
    ASSERT_TRUE(load);
    EXPECT_EQ(load->open_total, 0U);
    const auto second = registry.admit("192.0.2.1");
    ASSERT_TRUE(second);
    const auto second_load = registry.establish(*second, "AE");
    EXPECT_EQ(second_load->open_total, 1U);
    EXPECT_EQ(second_load->open_from_calling_ae, 1U);
    EXPECT_EQ(second_load->open_from_address, 1U);
}

}  // namespace
}  // namespace efface::node
