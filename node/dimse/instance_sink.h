// InstanceSink: where received instances go (node/ingest implements it). Asynchronous, with back
// pressure: while a done is outstanding, the association reads at most one more buffer.
//
// Thread rule: begin, append, finish and the destructor of one IncomingInstance are called one after
// another, never at once, from any of the io_context's threads. done may be called once, inline or
// later, from any thread. None of the calls may block.
#pragma once

#include "config/phi.h"
#include "config/result.h"
#include "node/dimse/association.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace efface::node {

/// A C-STORE-RQ (PS3.7 9.3.1.1) and the context it came on. The UIDs are digits and dots, at most 64
/// characters, and are not checked further.
struct StoreRequest {
    std::uint16_t message_id = 0;
    std::string sop_class_uid;
    Phi<std::string> sop_instance_uid;
    std::string transfer_syntax_uid;  ///< As negotiated for the presentation context.
    std::uint8_t context_id = 0;
    std::uint16_t priority = 0;      ///< 0 medium, 1 high, 2 low.
    std::string move_originator_ae;  ///< Empty where absent.
    std::uint16_t move_originator_id = 0;
    std::shared_ptr<const AssociationFacts> association;
};

/// One instance on its way in. Destroyed without finish: abandoned, nothing may be kept. It is never
/// destroyed while an append or finish has not called its done, so done must come or the association
/// (and its buffers) stay for ever.
class IncomingInstance {
public:
    virtual ~IncomingInstance() = default;
    /// The next bytes of the data set; never empty, at most kReadBufferBytes, valid until done.
    /// An error ends the instance: the rest is read and thrown away, and the C-STORE-RSP carries
    /// status_of(error.fault).
    virtual void append(std::span<const std::byte> bytes, std::function<void(Status)> done) = 0;
    /// All bytes were appended. done gets the status of the C-STORE-RSP; 0x0000 only by promise P1.
    /// The association may be gone when done is called: the instance stays received all the same.
    virtual void finish(std::function<void(std::uint16_t dimse_status)> done) = 0;
    /// append() of the last bytes and finish() in one, for a sink that can spare the way back between them.
    virtual void append_last(
        std::span<const std::byte> bytes, std::function<void(std::uint16_t dimse_status)> done
    );
};

class InstanceSink {
public:
    virtual ~InstanceSink() = default;
    /// An error is answered with status_of(error.fault), after the data set was read and thrown away. For
    /// another status, return an instance whose finish says so.
    virtual Result<std::unique_ptr<IncomingInstance>> begin(const StoreRequest& request) = 0;
};

}  // namespace efface::node
