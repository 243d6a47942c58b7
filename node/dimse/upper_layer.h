// UpperLayer: the DICOM upper layer protocol machine of one association (PS3.8 9.2) over a Transport.
// The table in state_table.cpp decides; this file performs the actions, reads PDUs under deadlines
// and writes them in order.
//
// Reading: at most two buffers. While the user holds (its sink is busy), one more buffer is filled and
// then the connection is left alone, so that TCP slows the sender down. The time of a PDU counts only
// while a read is outstanding.
// Thread rule: confined to the transport's strand; the user's callbacks run there.
#pragma once

#include "node/dimse/associate_pdu.h"
#include "node/dimse/buffer_pool.h"
#include "node/dimse/limits.h"
#include "node/dimse/pdu_parser.h"
#include "node/dimse/state_table.h"
#include "node/dimse/transport.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace efface::node {

/// How an association came to its end when it was not released.
struct UpperEnd {
    enum class Cause : std::uint8_t {
        kAbortedByPeer,  ///< A-ABORT received.
        kAbortedByUs,    ///< abort() was called.
        kProtocol,       ///< The peer broke PS3.8, or sent what its user refused; A-ABORT sent.
        kClosed,         ///< The connection was lost or closed.
        kTimedOut,       ///< A deadline passed.
    };
    Cause cause = Cause::kClosed;
    Literal why{""};
};

/// Who uses the service: the SCP or the SCU. Callbacks may call back into the UpperLayer.
class UpperLayerUser {
public:
    virtual ~UpperLayerUser() = default;

    virtual void associate_indicated(AssociateRequest request) { static_cast<void>(request); }

    virtual void associate_confirmed(AssociateAccept accept) { static_cast<void>(accept); }

    virtual void associate_rejected(Rejection rejection) { static_cast<void>(rejection); }

    /// Pieces of one data set that came in one read are joined, so `starts` and `ends` speak of several data
    /// values then. fragment.bytes stay valid until the callback returns, or until resume() if it called
    /// hold().
    virtual void fragment_received(const Fragment& fragment) = 0;

    virtual void release_indicated() {}

    virtual void release_confirmed() {}

    /// The association (or the attempt) is over, other than by release or rejection. Once at most.
    virtual void ended(const UpperEnd& end) = 0;
    /// The connection is closed; nothing follows. Once.
    virtual void closed() = 0;
    /// Keeps the user, and with it this object, alive while a read or write is outstanding.
    virtual std::shared_ptr<void> lifetime() = 0;
};

class UpperLayer {
public:
    UpperLayer(
        std::unique_ptr<Transport> transport, BufferPool& buffers, const Limits& limits, UpperLayerUser& user
    );
    ~UpperLayer();

    /// The acceptor's side of a new connection.
    void start_acceptor();
    /// The requestor's side, once the connection stands.
    void start_requestor(const AssociateRequest& request);

    void accept(const AssociateAccept& accept);
    /// A-ASSOCIATE-RJ, from within associate_indicated.
    void reject(const Rejection& rejection);
    /// P-DATA: whole P-DATA-TF PDUs. The second form's bytes stay the caller's until `done`, which is called
    /// even if the association has ended.
    void send(Bytes pdus);
    void send_borrowed(std::span<const std::byte> pdus, std::function<void(bool sent)> done);
    void release();
    void answer_release();
    /// A-ABORT; without an association, or after an A-ABORT or A-RELEASE-RP, closes the connection.
    void abort(Literal why);
    /// The peer's PDU is of the right form but says what it must not: A-ABORT by the service provider.
    void refuse(AbortReason reason, Literal why);

    /// No further fragment_received until resume().
    void hold();
    void resume();
    /// Tells whether a message is on its way in (kept buffers, the deadline between PDUs is limits.pdu_read),
    /// and when, if not, the next PDU must have begun.
    void expect(bool within_message, TimePoint begin_by);

    UpperState state() const { return state_; }

    Transport& transport() const { return *transport_; }

    std::uint64_t bytes_received() const { return bytes_received_; }

    std::uint64_t bytes_sent() const { return bytes_sent_; }

    /// Time for which a read was outstanding so far.
    std::chrono::nanoseconds time_reading() const { return time_reading_; }

    std::size_t outgoing_count() const { return outgoing_.size(); }

private:
    struct Chunk {
        ReadBuffer buffer;
        std::size_t begin = 0;
        std::size_t end = 0;

        bool empty() const { return begin == end; }
    };

    struct Outgoing {
        Bytes owned;
        std::span<const std::byte> borrowed;
        std::function<void(bool)> done;
    };

    bool on(UpperEvent event);
    void perform(UpperAction action);
    void perform_establishment(UpperAction action);
    void perform_release(UpperAction action);
    void perform_abort(UpperAction action);
    void decide_request();
    void start_artim();
    void indicate_end();
    void send_abort(AbortSource source, AbortReason reason);
    void close_transport();
    void tell_closed();

    void pump();
    bool step();
    PduParser::Found parse_next();
    void consume();
    bool takes_data() const;
    void take_data_pdu();
    Fragment gather(Fragment joined);
    void prefetch();
    void take_pdu(const PduParser::Found& found);
    void take_associate_request(std::span<const std::byte> body);
    void take_associate_accept(std::span<const std::byte> body);
    void take_read_failure();
    void start_read(Chunk& chunk);
    void read_into(Chunk& chunk);
    void read_done(Chunk& chunk, IoResult result);
    TimePoint read_deadline(TimePoint now) const;
    void release_idle_buffers();

    void enqueue(Outgoing outgoing);
    void start_write();
    void write_done(IoResult result);

    // Constant after construction.
    const std::unique_ptr<Transport> transport_;
    BufferPool& buffers_;
    const Limits& limits_;
    UpperLayerUser& user_;

    // Confined to the strand.
    UpperState state_ = UpperState::kSta1;
    bool is_requestor_ = false;
    PduParser parser_;
    std::optional<PduParser::Found> put_back_;  ///< Parsed, not taken yet; its bytes are in current_.
    Chunk current_;
    Chunk next_;
    bool reading_ = false;
    bool pumping_ = false;
    bool held_ = false;
    bool transport_closed_ = false;
    bool closed_told_ = false;
    bool end_told_ = false;
    bool within_message_ = false;
    IoFailure read_failure_ = IoFailure::kNone;
    TimePoint artim_deadline_ = kNever;
    TimePoint begin_by_ = kNever;
    TimePoint lost_by_ = kNever;  ///< A write failed: how long to look for the reason in what was sent to us.
    TimePoint read_started_{};
    std::chrono::nanoseconds pdu_budget_;
    std::chrono::nanoseconds time_reading_{0};
    std::uint64_t bytes_received_ = 0;
    std::uint64_t bytes_sent_ = 0;

    bool writing_ = false;
    std::deque<Outgoing> outgoing_;

    // What the event at hand carries.
    Outgoing to_send_;
    std::optional<AssociateRequest> request_;
    std::optional<AssociateAccept> accept_;
    Rejection rejection_;
    AbortReason abort_reason_ = AbortReason::kNotSpecified;
    UpperEnd end_;
};

}  // namespace efface::node
