// ScpAssociation: one association in which we are SCP: Verification and Storage (PS3.4 annexes A, B).
//
// One message at a time, as negotiated. A C-STORE's data set goes to the InstanceSink piece by piece;
// while the sink is busy the UpperLayer holds. A data set that we will not keep is read and thrown
// away before the response, because the peer sends it in any case.
// Thread rule: confined to the transport's strand; drain and abort may be called from any thread.
// Kept alive by the operations that are outstanding: a read, a write, or the sink's.
#pragma once

#include "node/dimse/association_registry.h"
#include "node/dimse/command_set.h"
#include "node/dimse/instance_sink.h"
#include "node/dimse/negotiate.h"
#include "node/dimse/upper_layer.h"

#include <atomic>
#include <memory>

namespace efface::node {

/// What all associations of an Acceptor share.
struct ScpServices {
    const Limits limits;
    const Offer offer;
    AssociationPolicy& policy;
    InstanceSink& sink;
    AssociationObserver& observer;
    std::atomic<bool> draining{false};
    BufferPool buffers{limits.pooled_buffers_max};
    AssociationRegistry registry{limits};
};

class ScpAssociation final : public UpperLayerUser, public std::enable_shared_from_this<ScpAssociation> {
public:
    /// `facts` holds the id and the addresses.
    ScpAssociation(
        std::shared_ptr<ScpServices> services, std::unique_ptr<Transport> transport, AssociationFacts facts
    );

    /// Within the transport's strand.
    void start();
    /// Aborts once no message is in progress.
    void drain();
    void abort();

private:
    enum class Phase : std::uint8_t {
        kCommand,  ///< Collecting a command set; empty between messages.
        kData,     ///< Handing a data set to the sink.
        kDiscard,  ///< Reading a data set only to answer with status_.
    };

    void associate_indicated(AssociateRequest request) override;
    void fragment_received(const Fragment& fragment) override;
    void release_indicated() override;
    void ended(const UpperEnd& end) override;
    void closed() override;

    std::shared_ptr<void> lifetime() override { return shared_from_this(); }

    void accept(const AssociateRequest& request, std::string project);
    void reject(Rejection rejection, Literal reason);

    void take_command_fragment(const Fragment& fragment);
    void take_command(const AcceptedContext& context);
    void take_echo(const AcceptedContext& context);
    void take_store(const AcceptedContext& context);
    std::uint16_t status_of_store(const AcceptedContext& context) const;
    /// Answers now, or after the data set that the command announced.
    void refuse_message(std::uint16_t status);

    void take_data_fragment(const Fragment& fragment);
    void appended(Status status);
    void finish_instance();
    void finished(std::uint16_t status);
    void respond(std::uint16_t status);

    /// The peer broke PS3.7: A-ABORT.
    void break_off(Literal why);
    void over(AssociationEventKind kind, Literal reason);
    AssociationEvent event(AssociationEventKind kind, Literal reason) const;

    // Constant after construction.
    const std::shared_ptr<ScpServices> services_;
    const std::uint64_t id_;

    // Confined to the strand.
    std::shared_ptr<const AssociationFacts> facts_;
    ContextTable contexts_;
    std::uint32_t contexts_refused_ = 0;
    std::uint32_t peer_pdu_bytes_max_ = 0;
    TimePoint started_{};
    Phase phase_ = Phase::kCommand;
    Bytes command_bytes_;
    CommandSet command_;
    std::uint8_t context_id_ = 0;  ///< Of the message in progress; 0 between messages.
    std::uint32_t empty_fragments_ = 0;
    std::chrono::nanoseconds message_began_{0};
    std::uint16_t status_ = 0;
    std::unique_ptr<IncomingInstance> instance_;
    bool sink_busy_ = false;   ///< append or finish has not called back.
    bool last_piece_ = false;  ///< The piece that the sink has ends the data set.
    bool finishing_ = false;
    bool draining_ = false;
    bool over_ = false;
    std::uint32_t echoes_ = 0;
    std::uint32_t stores_succeeded_ = 0;
    std::uint32_t stores_failed_ = 0;

    UpperLayer upper_;
};

}  // namespace efface::node
