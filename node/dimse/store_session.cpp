#include "node/dimse/store_session.h"

#include "config/assert.h"
#include "node/dimse/command_set.h"
#include "rules/vocabulary/implementation.h"
#include "rules/vocabulary/sop_class.h"

#include <algorithm>

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

bool StoreClient::Session::begin(Done& done) {
    EFFACE_ASSERT(!done_);
    if (failed_) {
        done({.failure = *failed_});
        return false;
    }
    done_ = std::move(done);
    given_ = RequestSent::kNothing;
    request_written_ = false;
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
    request_.user.implementation_uid = rules::kImplementationClassUid;
    request_.user.implementation_version = rules::kImplementationVersionName;
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
    given_ = RequestSent::kWhole;
    request_written_ = true;
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
    // From here on the peer may get these bytes, whether or not anyone tells us.
    given_ = plan_ && plan_->complete() ? RequestSent::kWhole : RequestSent::kPart;
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
        request_written_ = true;
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
    if (status_ && request_written_) {
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
    outcome.request = given_;
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

}  // namespace efface::node
