// The reading and writing half of UpperLayer.
#include "config/assert.h"
#include "node/dimse/upper_layer.h"

#include <cstring>

namespace efface::node {
namespace {

/// Unsent PDUs of ours at which we stop reading: a peer that takes no answers gets no further.
constexpr std::size_t kOutgoingMax = 8;
/// After a failed write the peer's A-ABORT may still be unread; it is looked for this long.
constexpr std::chrono::seconds kLostReadTime{1};

}  // namespace

void UpperLayer::pump() {
    if (std::exchange(pumping_, true)) {
        return;  // The loop further up the stack goes on.
    }
    while (step()) {
    }
    pumping_ = false;
}

// One piece of progress; false if there is none to make until a read, a write or the user is done.
bool UpperLayer::step() {
    if (transport_closed_ || state_ == UpperState::kSta1 || state_ == UpperState::kSta4) {
        return false;
    }
    if (held_) {
        prefetch();
        return false;
    }
    if (outgoing_.size() > kOutgoingMax) {
        return false;
    }
    if (put_back_ || !current_.empty()) {
        consume();
        return true;
    }
    if (!next_.empty()) {
        std::swap(current_, next_);
        return true;
    }
    if (reading_) {
        return false;
    }
    if (read_failure_ != IoFailure::kNone) {
        take_read_failure();
        return true;
    }
    start_read(current_);
    return false;
}

// While the user works on current_: one buffer ahead within a message. After an abort of ours the same
// buffer serves to throw away what still comes.
void UpperLayer::prefetch() {
    const bool wanted = within_message_ || state_ == UpperState::kSta13;
    if (wanted && !reading_ && next_.empty() && read_failure_ == IoFailure::kNone) {
        start_read(next_);
    }
}

PduParser::Found UpperLayer::parse_next() {
    const std::span<const std::byte> input{
        current_.buffer.get() + current_.begin, current_.end - current_.begin};
    const PduParser::Found found = parser_.next(input);
    current_.begin += found.consumed;
    if (parser_.at_boundary()) {
        pdu_budget_ = limits_.pdu_read;
    }
    return found;
}

void UpperLayer::consume() {
    const PduParser::Found found = put_back_ ? *std::exchange(put_back_, {}) : parse_next();
    switch (found.kind) {
        case PduParser::Kind::kNeedMore:
            break;
        case PduParser::Kind::kInvalid:
            refuse(found.reason, found.why);
            break;
        case PduParser::Kind::kDataPdu:
            take_data_pdu();
            break;
        case PduParser::Kind::kFragment:
            if (takes_data()) {
                user_.fragment_received(gather(found.fragment));
            }
            break;
        case PduParser::Kind::kPdu:
            take_pdu(found);
            break;
    }
}

bool UpperLayer::takes_data() const {
    return state_ == UpperState::kSta6 || state_ == UpperState::kSta7;
}

void UpperLayer::take_data_pdu() {
    abort_reason_ = AbortReason::kUnexpectedPdu;
    end_ = {.cause = UpperEnd::Cause::kProtocol, .why = Literal{"P-DATA-TF in a wrong state"}};
    on(UpperEvent::kEvt10);
}

// Joins the pieces of one data set that one read has brought: small PDUs would otherwise cost the user a
// call each. The headers between them are closed over by moving the shorter side.
Fragment UpperLayer::gather(Fragment joined) {
    const auto more_may_follow = [&joined] {
        return !joined.is_command && !joined.bytes.empty() && !(joined.is_last && joined.ends);
    };
    while (more_may_follow() && !current_.empty() && takes_data()) {
        const PduParser::Found found = parse_next();
        if (found.kind == PduParser::Kind::kNeedMore) {
            continue;
        }
        if (found.kind == PduParser::Kind::kDataPdu) {
            take_data_pdu();
            continue;
        }
        const Fragment& next = found.fragment;
        if (found.kind != PduParser::Kind::kFragment || next.is_command || next.bytes.empty() ||
            next.context_id != joined.context_id) {
            put_back_ = found;
            break;
        }
        std::byte* const first = current_.buffer.get() + (joined.bytes.data() - current_.buffer.get());
        std::byte* const second = current_.buffer.get() + (next.bytes.data() - current_.buffer.get());
        const std::size_t size = joined.bytes.size() + next.bytes.size();
        if (joined.bytes.size() < next.bytes.size()) {
            std::byte* const begin = second - joined.bytes.size();
            std::memmove(begin, first, joined.bytes.size());
            joined.bytes = {begin, size};
        } else {
            std::memmove(first + joined.bytes.size(), second, next.bytes.size());
            joined.bytes = {first, size};
        }
        joined.is_last = next.is_last;
        joined.ends = next.ends;
    }
    return joined;
}

void UpperLayer::take_pdu(const PduParser::Found& found) {
    abort_reason_ = AbortReason::kUnexpectedPdu;
    end_ = {.cause = UpperEnd::Cause::kProtocol, .why = Literal{"PDU in a wrong state"}};
    switch (found.type) {
        case PduType::kAssociateRq:
            take_associate_request(found.body);
            break;
        case PduType::kAssociateAc:
            take_associate_accept(found.body);
            break;
        case PduType::kAssociateRj:
            rejection_ = decode_reject(found.body.first<4>());
            on(UpperEvent::kEvt4);
            break;
        case PduType::kReleaseRq:
            on(UpperEvent::kEvt12);
            break;
        case PduType::kReleaseRp:
            on(UpperEvent::kEvt13);
            break;
        case PduType::kAbort:
            end_ = {.cause = UpperEnd::Cause::kAbortedByPeer, .why = Literal{"A-ABORT by the peer's user"}};
            if (decode_abort_source(found.body.first<4>()) == AbortSource::kServiceProvider) {
                end_.why = Literal{"A-ABORT by the peer's provider"};
            }
            on(UpperEvent::kEvt16);
            break;
        case PduType::kDataTf:
            break;  // Comes as kDataPdu.
    }
}

void UpperLayer::take_associate_request(std::span<const std::byte> body) {
    if (state_ == UpperState::kSta2) {
        auto request = decode_associate_request(body);
        if (!request) {
            refuse(AbortReason::kInvalidParameter, request.error().text);
            return;
        }
        request_ = std::move(*request);
    }
    on(UpperEvent::kEvt6);
}

void UpperLayer::take_associate_accept(std::span<const std::byte> body) {
    if (state_ == UpperState::kSta5) {
        auto accept = decode_associate_accept(body);
        if (!accept) {
            refuse(AbortReason::kInvalidParameter, accept.error().text);
            return;
        }
        accept_ = std::move(*accept);
    }
    on(UpperEvent::kEvt3);
}

void UpperLayer::take_read_failure() {
    const IoFailure failure = std::exchange(read_failure_, IoFailure::kNone);
    if (failure != IoFailure::kTimedOut || lost_by_ != kNever) {
        end_ = {.cause = UpperEnd::Cause::kClosed, .why = Literal{"connection lost"}};
        if (failure == IoFailure::kEnd) {
            end_.why = Literal{"connection closed by the peer"};
        }
        on(UpperEvent::kEvt17);
    } else if (state_ == UpperState::kSta2 || state_ == UpperState::kSta13) {
        end_ = {.cause = UpperEnd::Cause::kTimedOut, .why = Literal{"no A-ASSOCIATE-RQ in time"}};
        on(UpperEvent::kEvt18);
    } else {
        end_ = {.cause = UpperEnd::Cause::kTimedOut, .why = Literal{"nothing from the peer in time"}};
        if (!parser_.at_boundary() || within_message_) {
            end_.why = Literal{"a PDU did not come in time"};
        }
        on(UpperEvent::kEvt15);
    }
}

TimePoint UpperLayer::read_deadline(TimePoint now) const {
    if (lost_by_ != kNever) {
        return lost_by_;
    }
    if (state_ == UpperState::kSta2 || state_ == UpperState::kSta13) {
        return artim_deadline_;
    }
    if (within_message_ || !parser_.at_boundary()) {
        return now + std::chrono::duration_cast<TimePoint::duration>(pdu_budget_);
    }
    return begin_by_;
}

void UpperLayer::start_read(Chunk& chunk) {
    EFFACE_ASSERT(!reading_ && chunk.empty());
    const bool idle = !within_message_ && parser_.at_boundary();
    if (idle) {
        release_idle_buffers();
    }
    reading_ = true;
    read_started_ = transport_->now();
    transport_->set_read_deadline(read_deadline(read_started_));
    if (!idle) {
        read_into(chunk);
        return;
    }
    transport_->wait_readable([this, &chunk, keep = user_.lifetime()](IoResult result) {
        if (result.failure == IoFailure::kNone && !transport_closed_) {
            read_into(chunk);
        } else {
            read_done(chunk, result);
        }
    });
}

void UpperLayer::read_into(Chunk& chunk) {
    if (!chunk.buffer) {
        chunk.buffer = buffers_.take();
    }
    transport_->read_some(
        {chunk.buffer.get(), kReadBufferBytes},
        [this, &chunk, keep = user_.lifetime()](IoResult result) { read_done(chunk, result); }
    );
}

void UpperLayer::read_done(Chunk& chunk, IoResult result) {
    reading_ = false;
    const auto elapsed = transport_->now() - read_started_;
    time_reading_ += elapsed;
    if (within_message_ || !parser_.at_boundary()) {
        pdu_budget_ -= elapsed;
    }
    chunk.begin = 0;
    chunk.end = result.bytes;
    bytes_received_ += result.bytes;
    if (held_ && state_ == UpperState::kSta13) {
        chunk.end = 0;  // Thrown away; the other buffer is still the user's.
    }
    if (result.failure != IoFailure::kNone) {
        read_failure_ = result.failure;
    }
    if (transport_closed_) {
        tell_closed();
        return;
    }
    if (held_ && state_ == UpperState::kSta13 && read_failure_ != IoFailure::kNone) {
        take_read_failure();
    }
    pump();
}

void UpperLayer::release_idle_buffers() {
    // While the user holds, a piece of current_ is lent to it.
    if (!held_ && current_.empty()) {
        buffers_.give(std::move(current_.buffer));
        current_ = {};
    }
    if (!reading_ && next_.empty()) {
        buffers_.give(std::move(next_.buffer));
        next_ = {};
    }
}

void UpperLayer::enqueue(Outgoing outgoing) {
    if (transport_closed_) {
        if (outgoing.done) {
            outgoing.done(false);
        }
        return;
    }
    outgoing_.push_back(std::move(outgoing));
    start_write();
}

void UpperLayer::start_write() {
    if (writing_ || outgoing_.empty() || transport_closed_ || lost_by_ != kNever) {
        return;
    }
    writing_ = true;
    const Outgoing& front = outgoing_.front();
    transport_->set_write_deadline(transport_->now() + limits_.write);
    transport_->write(
        front.owned.empty() ? front.borrowed : std::span<const std::byte>{front.owned},
        [this, keep = user_.lifetime()](IoResult result) { write_done(result); }
    );
}

void UpperLayer::write_done(IoResult result) {
    writing_ = false;
    bytes_sent_ += result.bytes;
    const auto done = std::move(outgoing_.front().done);
    outgoing_.pop_front();
    const bool sent = result.failure == IoFailure::kNone;
    if (done) {
        done(sent);
    }
    if (transport_closed_) {
        tell_closed();
        return;
    }
    if (sent) {
        start_write();
    } else if (reading_ && result.failure == IoFailure::kLost) {
        // The peer may have said why (A-ABORT, A-ASSOCIATE-RJ) before it closed; that is worth more.
        lost_by_ = transport_->now() + kLostReadTime;
        transport_->set_read_deadline(lost_by_);
    } else {
        end_ = {.cause = UpperEnd::Cause::kClosed, .why = Literal{"connection lost"}};
        if (result.failure == IoFailure::kTimedOut) {
            end_ = {.cause = UpperEnd::Cause::kTimedOut, .why = Literal{"the peer takes no data"}};
        }
        on(UpperEvent::kEvt17);
    }
    pump();
}

}  // namespace efface::node
