// The protocol half of UpperLayer: events to actions by the table. Reading and writing stand in
// upper_layer_io.cpp.
#include "node/dimse/upper_layer.h"

#include "config/assert.h"

namespace efface::node {

UpperLayer::UpperLayer(
    std::unique_ptr<Transport> transport, BufferPool& buffers, const Limits& limits, UpperLayerUser& user
)
    : transport_{std::move(transport)},
      buffers_{buffers},
      limits_{limits},
      user_{user},
      parser_{limits.pdu_bytes_max + kDataPduToleranceBytes},
      pdu_budget_{limits.pdu_read} {
    EFFACE_ASSERT(limits.pdu_bytes_max >= kPeerPduBytesMin);
}

UpperLayer::~UpperLayer() = default;

void UpperLayer::start_acceptor() {
    on(UpperEvent::kEvt5);
}

void UpperLayer::start_requestor(const AssociateRequest& request) {
    is_requestor_ = true;
    to_send_ = {.owned = encode_associate_request(request), .borrowed = {}, .done = {}};
    on(UpperEvent::kEvt1);
    on(UpperEvent::kEvt2);  // The caller has connected already.
}

void UpperLayer::accept(const AssociateAccept& accept) {
    to_send_ = {.owned = encode_associate_accept(accept), .borrowed = {}, .done = {}};
    on(UpperEvent::kEvt7);
}

void UpperLayer::reject(const Rejection& rejection) {
    rejection_ = rejection;
    on(UpperEvent::kEvt8);
}

void UpperLayer::send(Bytes pdus) {
    to_send_ = {.owned = std::move(pdus), .borrowed = {}, .done = {}};
    on(UpperEvent::kEvt9);
}

void UpperLayer::send_borrowed(std::span<const std::byte> pdus, std::function<void(bool)> done) {
    to_send_ = {.owned = {}, .borrowed = pdus, .done = std::move(done)};
    if (!on(UpperEvent::kEvt9)) {
        const auto too_late = std::exchange(to_send_, {}).done;
        too_late(false);
    }
}

void UpperLayer::release() {
    on(UpperEvent::kEvt11);
}

void UpperLayer::answer_release() {
    on(UpperEvent::kEvt14);
}

void UpperLayer::abort(Literal why) {
    end_ = {.cause = UpperEnd::Cause::kAbortedByUs, .why = why};
    // Without an association there is nobody to send an A-ABORT to: as if the timer had run out.
    const bool waits_for_peer = state_ == UpperState::kSta2 || state_ == UpperState::kSta13;
    on(waits_for_peer ? UpperEvent::kEvt18 : UpperEvent::kEvt15);
    pump();
}

void UpperLayer::refuse(AbortReason reason, Literal why) {
    abort_reason_ = reason;
    end_ = {.cause = UpperEnd::Cause::kProtocol, .why = why};
    on(UpperEvent::kEvt19);
    pump();
}

void UpperLayer::hold() {
    held_ = true;
}

void UpperLayer::resume() {
    held_ = false;
    pump();
}

void UpperLayer::expect(bool within_message, TimePoint begin_by) {
    within_message_ = within_message;
    begin_by_ = begin_by;
    if (reading_) {
        transport_->set_read_deadline(read_deadline(transport_->now()));
    }
}

// False if the table has no action: a local request that comes after the association has ended.
bool UpperLayer::on(UpperEvent event) {
    const UpperAction action = action_for(state_, event);
    if (action == UpperAction::kNone) {
        return false;
    }
    const UpperActionRow& row = action_row(action);
    const bool collision_at_acceptor = action == UpperAction::kAR8 && !is_requestor_;
    // The state changes first, because the user may answer from within an indication.
    state_ = collision_at_acceptor ? row.otherwise : row.next;
    perform(action);
    return true;
}

void UpperLayer::perform(UpperAction action) {
    switch (action) {
        case UpperAction::kDT1:
        case UpperAction::kAR7:
            enqueue(std::exchange(to_send_, {}));
            break;
        case UpperAction::kDT2:
        case UpperAction::kAR6:
            break;  // Met at the head of a P-DATA-TF; its fragments are indicated as they arrive.
        default:
            perform_establishment(action);
            perform_release(action);
            perform_abort(action);
    }
}

// Table 9-6.
void UpperLayer::perform_establishment(UpperAction action) {
    switch (action) {
        case UpperAction::kAE2:
            enqueue(std::exchange(to_send_, {}));
            begin_by_ = transport_->now() + limits_.associate;
            pump();
            break;
        case UpperAction::kAE3:
            user_.associate_confirmed(std::move(*std::exchange(accept_, {})));
            break;
        case UpperAction::kAE4:
            end_told_ = true;
            user_.associate_rejected(rejection_);
            close_transport();
            break;
        case UpperAction::kAE5:
            start_artim();
            pump();
            break;
        case UpperAction::kAE6:
            decide_request();
            break;
        case UpperAction::kAE7:
            enqueue(std::exchange(to_send_, {}));
            break;
        case UpperAction::kAE8:
            end_told_ = true;
            enqueue({.owned = encode_reject(rejection_), .borrowed = {}, .done = {}});
            start_artim();
            break;
        default:
            break;
    }
}

// AE-6. Whether the request is acceptable, the protocol version included, is decided by the user: its
// reject() leads through AE-8 to the PDU, the timer and the state that AE-6 would lead to.
void UpperLayer::decide_request() {
    artim_deadline_ = kNever;
    user_.associate_indicated(std::move(*std::exchange(request_, {})));
}

// Table 9-8.
void UpperLayer::perform_release(UpperAction action) {
    switch (action) {
        case UpperAction::kAR1:
            enqueue({.owned = encode_release_request(), .borrowed = {}, .done = {}});
            expect(false, transport_->now() + limits_.release);
            break;
        case UpperAction::kAR2:
        case UpperAction::kAR8:
            user_.release_indicated();
            break;
        case UpperAction::kAR3:
            end_told_ = true;
            user_.release_confirmed();
            close_transport();
            break;
        case UpperAction::kAR4:
            end_told_ = true;
            enqueue({.owned = encode_release_response(), .borrowed = {}, .done = {}});
            start_artim();
            break;
        case UpperAction::kAR5:
            close_transport();
            break;
        case UpperAction::kAR9:
            enqueue({.owned = encode_release_response(), .borrowed = {}, .done = {}});
            break;
        case UpperAction::kAR10:
            user_.release_confirmed();
            break;
        default:
            break;
    }
}

// Table 9-9.
void UpperLayer::perform_abort(UpperAction action) {
    switch (action) {
        case UpperAction::kAA1:
            send_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified);
            start_artim();
            indicate_end();
            break;
        case UpperAction::kAA2:
        case UpperAction::kAA3:
        case UpperAction::kAA4:
        case UpperAction::kAA5:
            indicate_end();
            close_transport();
            break;
        case UpperAction::kAA7:
            send_abort(AbortSource::kServiceProvider, AbortReason::kUnexpectedPdu);
            break;
        case UpperAction::kAA8:
            send_abort(AbortSource::kServiceProvider, abort_reason_);
            start_artim();
            indicate_end();
            break;
        default:
            break;  // AA-6 ignores the PDU.
    }
}

void UpperLayer::start_artim() {
    artim_deadline_ = transport_->now() + limits_.artim;
    if (reading_) {
        transport_->set_read_deadline(artim_deadline_);
    }
}

void UpperLayer::send_abort(AbortSource source, AbortReason reason) {
    enqueue({.owned = encode_abort(source, reason), .borrowed = {}, .done = {}});
}

void UpperLayer::indicate_end() {
    if (!std::exchange(end_told_, true)) {
        user_.ended(end_);
    }
}

void UpperLayer::close_transport() {
    if (!std::exchange(transport_closed_, true)) {
        transport_->close();
    }
    tell_closed();
}

void UpperLayer::tell_closed() {
    if (transport_closed_ && !reading_ && !writing_ && !std::exchange(closed_told_, true)) {
        while (!outgoing_.empty()) {
            const auto dropped = std::move(outgoing_.front().done);
            outgoing_.pop_front();
            if (dropped) {
                dropped(false);
            }
        }
        release_idle_buffers();
        user_.closed();
    }
}

}  // namespace efface::node
