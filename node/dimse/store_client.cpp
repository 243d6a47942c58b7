#include "node/dimse/store_client.h"

#include "config/assert.h"
#include "node/dimse/command_set.h"
#include "node/dimse/connector.h"
#include "node/dimse/implementation.h"
#include "node/dimse/send_plan.h"
#include "node/dimse/upper_layer.h"
#include "rules/vocabulary/sop_class.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace efface::node {
namespace {

TransportFailure failure_of(UpperEnd::Cause cause) {
    switch (cause) {
        case UpperEnd::Cause::kAbortedByPeer:
            return TransportFailure::kAborted;
        case UpperEnd::Cause::kProtocol:
            return TransportFailure::kProtocol;
        case UpperEnd::Cause::kClosed:
            return TransportFailure::kClosed;
        case UpperEnd::Cause::kTimedOut:
            return TransportFailure::kTimedOut;
        case UpperEnd::Cause::kAbortedByUs:
            break;
    }
    return TransportFailure::kCancelled;
}

}  // namespace

std::string_view failure_name(TransportFailure failure) {
    switch (failure) {
        case TransportFailure::kNone:
            return "none";
        case TransportFailure::kUnresolved:
            return "name not resolved";
        case TransportFailure::kConnectRefused:
            return "connect refused";
        case TransportFailure::kRejectedTransient:
            return "association rejected for now";
        case TransportFailure::kRejectedPermanent:
            return "association rejected";
        case TransportFailure::kAborted:
            return "aborted by the peer";
        case TransportFailure::kClosed:
            return "connection lost";
        case TransportFailure::kTimedOut:
            return "timed out";
        case TransportFailure::kProtocol:
            return "peer broke the protocol";
        case TransportFailure::kContextNotAccepted:
            return "presentation context not accepted";
        case TransportFailure::kFileUnreadable:
            return "stored file not readable";
        case TransportFailure::kCancelled:
            return "cancelled";
    }
    return "unknown";
}

// The association and the one operation in progress. Confined to strand_; kept alive by what is
// outstanding.
class StoreClient::Session final : public UpperLayerUser, public std::enable_shared_from_this<Session> {
public:
    using Done = std::function<void(Outcome)>;

    Session(boost::asio::io_context& io, const Limits& limits, RunBlocking run_blocking)
        : limits_{limits},
          run_blocking_{std::move(run_blocking)},
          strand_{boost::asio::make_strand(io.get_executor())} {}

    /// Runs `work` on the strand, later.
    template <class Work>
    void post(Work work) {
        boost::asio::post(strand_, [self = shared_from_this(), work = std::move(work)]() mutable {
            work(*self);
        });
    }

    void open(const RemoteAe& remote, std::vector<ProposedContext> contexts, Done done);
    void echo(Done done);
    void store(const StoreItem& item, Done done);
    void release(Done done);
    void abort(TransportFailure failure, Literal why);

    struct Context {
        std::uint8_t id = 0;
        std::string sop_class_uid;
        std::string transfer_syntax_uid;  ///< Empty: not accepted.
    };

    const Context* find_context(std::string_view sop_class_uid, std::string_view syntax_uid) const;

    const std::vector<Context>& contexts() const { return contexts_; }

private:
    void associate_confirmed(AssociateAccept accept) override;
    void associate_rejected(Rejection rejection) override;
    void fragment_received(const Fragment& fragment) override;
    void release_indicated() override;
    void release_confirmed() override;
    void ended(const UpperEnd& end) override;

    void closed() override {}

    std::shared_ptr<void> lifetime() override { return shared_from_this(); }

    /// False (and answered) if no operation can start.
    bool begin(Done& done);
    bool begin_within_association(Done& done);
    void connected(ConnectResult result);
    void take_response();
    void complete_if_answered();
    void complete(Outcome outcome);
    void fail_all(TransportFailure failure);

    void fill(std::size_t slot);
    void filled(std::size_t slot, SendPlan::ReadResult result);
    void send_next();
    void sent(bool succeeded);

    const Limits limits_;
    const RunBlocking run_blocking_;
    const Strand strand_;

    BufferPool read_buffers_{1};
    AssociateRequest request_;
    std::vector<Context> contexts_;
    std::uint32_t peer_pdu_bytes_max_ = 0;
    std::function<void()> cancel_connect_;

    // The operation in progress.
    Done done_;
    bool associated_ = false;
    std::uint16_t message_id_ = 0;
    std::uint16_t expected_response_ = 0;  ///< Command field; 0: none is due.
    bool request_sent_ = false;
    std::optional<std::uint16_t> status_;
    Bytes response_;
    std::optional<Outcome> held_outcome_;  ///< Waits for a file read that cannot be stopped.
    /// After the association ended: what every further operation is told.
    std::optional<TransportFailure> failed_;
    TransportFailure abort_failure_ = TransportFailure::kCancelled;

    // C-STORE: one buffer is written while the other is filled.
    enum class Slot : std::uint8_t { kFree, kFilling, kReady, kWriting };

    std::optional<SendPlan> plan_;
    ReadBuffer send_buffers_[2];
    std::span<const std::byte> ready_[2];
    Slot slots_[2] = {Slot::kFree, Slot::kFree};
    std::size_t next_to_send_ = 0;

    std::unique_ptr<UpperLayer> upper_;
};

bool StoreClient::Session::begin(Done& done) {
    EFFACE_ASSERT(!done_);
    if (failed_) {
        done({.failure = *failed_});
        return false;
    }
    done_ = std::move(done);
    request_sent_ = false;
    status_.reset();
    response_.clear();
    return true;
}

bool StoreClient::Session::begin_within_association(Done& done) {
    if (!associated_ && !failed_) {
        failed_ = TransportFailure::kClosed;  // Never opened.
    }
    return begin(done);
}

void StoreClient::Session::open(const RemoteAe& remote, std::vector<ProposedContext> contexts, Done done) {
    if (!begin(done)) {
        return;
    }
    request_.called_ae = remote.called_ae;
    request_.calling_ae = remote.calling_ae;
    request_.user.pdu_bytes_max = limits_.pdu_bytes_max;
    request_.user.implementation_uid = kImplementationClassUid;
    request_.user.implementation_version = kImplementationVersionName;
    for (ProposedContext& context : contexts) {
        const auto id = static_cast<std::uint8_t>(2 * contexts_.size() + 1);
        contexts_.push_back({.id = id, .sop_class_uid = context.sop_class_uid, .transfer_syntax_uid = {}});
        request_.contexts.push_back(
            {.id = id,
             .abstract_syntax = std::move(context.sop_class_uid),
             .transfer_syntaxes = std::move(context.transfer_syntax_uids)}
        );
    }
    cancel_connect_ = Connector::connect(
        strand_, remote.host, remote.port, limits_.connect, run_blocking_,
        [self = shared_from_this()](ConnectResult result) { self->connected(std::move(result)); }
    );
}

void StoreClient::Session::connected(ConnectResult result) {
    cancel_connect_ = {};
    if (result.failure != TransportFailure::kNone) {
        fail_all(result.failure);
        return;
    }
    upper_ = std::make_unique<UpperLayer>(
        make_tcp_transport(std::move(*result.socket)), read_buffers_, limits_, *this
    );
    upper_->start_requestor(request_);
}

void StoreClient::Session::associate_confirmed(AssociateAccept accept) {
    associated_ = true;
    peer_pdu_bytes_max_ = accept.user.pdu_bytes_max;
    for (AnsweredContext& answer : accept.contexts) {
        const auto context = std::ranges::find(contexts_, answer.id, &Context::id);
        if (context != contexts_.end() && answer.result == ContextResult::kAccepted) {
            context->transfer_syntax_uid = std::move(answer.transfer_syntax);
        }
    }
    upper_->expect(false, kNever);
    complete({.failure = TransportFailure::kNone, .association_open = true});
}

void StoreClient::Session::associate_rejected(Rejection rejection) {
    failed_ = rejection.is_transient() ? TransportFailure::kRejectedTransient
                                       : TransportFailure::kRejectedPermanent;
    complete({.failure = *failed_, .rejection = rejection});
}

const StoreClient::Session::Context* StoreClient::Session::find_context(
    std::string_view sop_class_uid, std::string_view syntax_uid
) const {
    const auto found = std::ranges::find_if(contexts_, [&](const Context& context) {
        return context.sop_class_uid == sop_class_uid && !context.transfer_syntax_uid.empty() &&
               (syntax_uid.empty() || context.transfer_syntax_uid == syntax_uid);
    });
    return found == contexts_.end() ? nullptr : &*found;
}

void StoreClient::Session::echo(Done done) {
    if (!begin_within_association(done)) {
        return;
    }
    const Context* context = find_context(rules::kVerificationSopClass, {});
    if (context == nullptr) {
        complete({.failure = TransportFailure::kContextNotAccepted, .association_open = true});
        return;
    }
    expected_response_ = kCommandEchoRsp;
    request_sent_ = true;
    upper_->expect(false, upper_->transport().now() + limits_.response);
    upper_->send(encode_command_pdus(context->id, encode_echo_request(++message_id_), peer_pdu_bytes_max_));
}

void StoreClient::Session::store(const StoreItem& item, Done done) {
    if (!begin_within_association(done)) {
        return;
    }
    const Context* context = find_context(item.sop_class_uid, item.transfer_syntax_uid);
    if (context == nullptr) {
        complete({.failure = TransportFailure::kContextNotAccepted, .association_open = true});
        return;
    }
    expected_response_ = kCommandStoreRsp;
    const Bytes command = encode_store_request(
        ++message_id_, item.sop_class_uid, item.sop_instance_uid.reveal(), item.priority
    );
    plan_.emplace(
        encode_command_pdus(context->id, command, peer_pdu_bytes_max_),
        FileRange{.fd = item.fd, .offset = item.offset, .length = item.length}, context->id,
        peer_pdu_bytes_max_
    );
    next_to_send_ = 0;
    fill(0);
}

// Lays out the next buffer and reads its part of the file.
void StoreClient::Session::fill(std::size_t slot) {
    EFFACE_ASSERT(slots_[slot] == Slot::kFree);
    if (!send_buffers_[slot]) {
        send_buffers_[slot] = std::make_unique_for_overwrite<std::byte[]>(kSendBufferBytes);
    }
    slots_[slot] = Slot::kFilling;
    plan_->lay_out({send_buffers_[slot].get(), kSendBufferBytes});
    SendPlan::ReadResult result = plan_->read_cached();
    if (result == SendPlan::ReadResult::kWouldWait && run_blocking_) {
        run_blocking_([self = shared_from_this(), slot] {
            const SendPlan::ReadResult waited = self->plan_->read_waiting();
            boost::asio::post(self->strand_, [self, slot, waited] { self->filled(slot, waited); });
        });
        return;
    }
    if (result == SendPlan::ReadResult::kWouldWait) {
        result = plan_->read_waiting();
    }
    filled(slot, result);
}

void StoreClient::Session::filled(std::size_t slot, SendPlan::ReadResult result) {
    slots_[slot] = Slot::kReady;
    ready_[slot] = plan_->ready();
    if (held_outcome_) {  // The association ended while the disk was busy.
        complete(*std::exchange(held_outcome_, {}));
        return;
    }
    if (result != SendPlan::ReadResult::kReady) {
        abort(TransportFailure::kFileUnreadable, "stored file could not be read");
        return;
    }
    send_next();
}

void StoreClient::Session::send_next() {
    const std::size_t slot = next_to_send_;
    const std::size_t other = 1 - slot;
    if (slots_[slot] != Slot::kReady || slots_[other] == Slot::kWriting) {
        return;
    }
    slots_[slot] = Slot::kWriting;
    next_to_send_ = other;
    // While this one is on its way, the next is read.
    upper_->send_borrowed(ready_[slot], [this](bool succeeded) { sent(succeeded); });
    if (!plan_ || failed_ || plan_->complete()) {
        return;
    }
    fill(other);
}

void StoreClient::Session::sent(bool succeeded) {
    slots_[1 - next_to_send_] = Slot::kFree;
    if (!succeeded || !plan_ || failed_) {
        return;  // ended() tells, or has told.
    }
    const bool all_sent = plan_->complete() && slots_[next_to_send_] == Slot::kFree;
    if (all_sent) {
        request_sent_ = true;
        upper_->expect(false, upper_->transport().now() + limits_.response);
        complete_if_answered();
        return;
    }
    send_next();
}

void StoreClient::Session::fragment_received(const Fragment& fragment) {
    const auto context = std::ranges::find(contexts_, fragment.context_id, &Context::id);
    const bool accepted = context != contexts_.end() && !context->transfer_syntax_uid.empty();
    if (!accepted || !fragment.is_command || expected_response_ == 0 || status_ ||
        response_.size() + fragment.bytes.size() > kCommandSetBytesMax) {
        upper_->refuse(AbortReason::kInvalidParameter, "unexpected data value");
        return;
    }
    response_.insert(response_.end(), fragment.bytes.begin(), fragment.bytes.end());
    if (fragment.is_last && fragment.ends) {
        take_response();
    }
}

void StoreClient::Session::take_response() {
    const auto response = decode_command_set(response_);
    if (!response || response->field != expected_response_ || response->responded_id != message_id_ ||
        !response->status || response->has_data_set()) {
        upper_->refuse(AbortReason::kInvalidParameter, "response does not fit its request");
        return;
    }
    status_ = response->status;
    complete_if_answered();
}

// A response may come before the last byte of the request: the rest is sent all the same, or the next
// message would begin within this one.
void StoreClient::Session::complete_if_answered() {
    if (status_ && request_sent_) {
        expected_response_ = 0;
        upper_->expect(false, kNever);
        complete({.failure = TransportFailure::kNone, .status = *status_, .association_open = true});
    }
}

void StoreClient::Session::release(Done done) {
    if (begin_within_association(done)) {
        upper_->release();
    }
}

void StoreClient::Session::release_confirmed() {
    failed_ = TransportFailure::kClosed;
    complete({});
}

void StoreClient::Session::release_indicated() {
    upper_->answer_release();
    // In a release collision our own release goes on.
    if (upper_->state() == UpperState::kSta13) {
        fail_all(TransportFailure::kClosed);
    }
}

void StoreClient::Session::abort(TransportFailure failure, Literal why) {
    abort_failure_ = failure;
    if (cancel_connect_) {
        const auto cancel = cancel_connect_;
        cancel();
    } else if (upper_) {
        upper_->abort(why);
    } else {
        fail_all(failure);
    }
}

void StoreClient::Session::ended(const UpperEnd& end) {
    fail_all(end.cause == UpperEnd::Cause::kAbortedByUs ? abort_failure_ : failure_of(end.cause));
}

void StoreClient::Session::fail_all(TransportFailure failure) {
    if (!failed_) {
        failed_ = failure;
    }
    if (done_) {
        complete({.failure = *failed_});
    }
}

void StoreClient::Session::complete(Outcome outcome) {
    outcome.request_sent = request_sent_;
    if (slots_[0] == Slot::kFilling || slots_[1] == Slot::kFilling) {
        held_outcome_ = outcome;  // The descriptor is in use until filled().
        return;
    }
    if (done_) {
        plan_.reset();
        const Done done = std::exchange(done_, {});
        done(outcome);
    }
}

StoreClient::StoreClient(boost::asio::io_context& io, Limits limits, RunBlocking run_blocking)
    : session_{std::make_shared<Session>(io, limits, std::move(run_blocking))} {}

StoreClient::~StoreClient() {
    abort();
}

void StoreClient::open(
    RemoteAe remote, std::vector<ProposedContext> contexts, std::function<void(Outcome)> done
) {
    EFFACE_ASSERT(!contexts.empty() && contexts.size() <= kPresentationContextsMax);
    session_->post([remote = std::move(remote), contexts = std::move(contexts),
                    done = std::move(done)](Session& session) mutable {
        session.open(remote, std::move(contexts), std::move(done));
    });
}

void StoreClient::echo(std::function<void(Outcome)> done) {
    session_->post([done = std::move(done)](Session& session) mutable { session.echo(std::move(done)); });
}

void StoreClient::store(StoreItem item, std::function<void(Outcome)> done) {
    session_->post([item = std::move(item), done = std::move(done)](Session& session) mutable {
        session.store(item, std::move(done));
    });
}

void StoreClient::release(std::function<void(Outcome)> done) {
    session_->post([done = std::move(done)](Session& session) mutable { session.release(std::move(done)); });
}

void StoreClient::abort() {
    session_->post([](Session& session) { session.abort(TransportFailure::kCancelled, "cancelled"); });
}

bool StoreClient::accepts(std::string_view sop_class_uid, std::string_view transfer_syntax_uid) const {
    return session_->find_context(sop_class_uid, transfer_syntax_uid) != nullptr;
}

std::vector<std::string> StoreClient::accepted_syntaxes(std::string_view sop_class_uid) const {
    std::vector<std::string> syntaxes;
    for (const Session::Context& context : session_->contexts()) {
        if (context.sop_class_uid == sop_class_uid && !context.transfer_syntax_uid.empty()) {
            syntaxes.push_back(context.transfer_syntax_uid);
        }
    }
    return syntaxes;
}

}  // namespace efface::node
