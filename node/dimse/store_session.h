// StoreClient::Session: the association of a StoreClient and the one operation in progress.
// Thread rule: confined to strand_; kept alive by what is outstanding.
#pragma once

#include "node/dimse/buffer_pool.h"
#include "node/dimse/connector.h"
#include "node/dimse/send_plan.h"
#include "node/dimse/store_client.h"
#include "node/dimse/upper_layer.h"

#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace efface::node {

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
    RequestSent given_ = RequestSent::kNothing;
    bool request_written_ = false;  ///< The transport has taken its last byte: the next may follow.
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

}  // namespace efface::node
