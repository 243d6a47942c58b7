// Carrier: how bytes get to one kind of destination. A lane drives it: prepare for a batch, send one
// instance after another, come to rest. Implementations: DicomCarrier, FolderCarrier.
// Thread rule: every call and every callback on the forwarding thread; callbacks never inline.
#pragma once

#include "db/jobs/delivery_store.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace efface::node {

/// What came of one instance, or of getting ready for a batch.
struct Carried {
    enum class Result : std::uint8_t {
        kDelivered,
        kWarning,      ///< Delivered, but the destination says that something is not as it was.
        kRetry,        ///< Nothing is wrong with the instance: later.
        kPermanent,    ///< The destination will not take this instance.
        kUnsupported,  ///< No transfer syntax in common; `transcode_to` may name one that would do.
        kOutputGone,   ///< Our own output could not be read: it must be made again.
    };
    Result result = Result::kRetry;
    std::uint16_t status = 0;  ///< DIMSE status, 0 where there was none.
    bool alarm = false;        ///< B006: the archive dropped elements.
    std::string reason;        ///< Literals, numbers, names from the configuration.
    std::string transcode_to;
    db::Sent sent = db::Sent::kWhole;  ///< Less only where that is certain.
    bool usable = true;  ///< The carrier can go on with the next instance without a new prepare().
};

class Carrier {
public:
    using Done = std::function<void(Carried)>;
    virtual ~Carrier() = default;
    /// Gets ready to send these (an association with their contexts); kDelivered means ready.
    virtual void prepare(const std::vector<db::Delivery>& batch, Done done) = 0;
    /// The output of a delivery, or companion_of() one. A delivery with a companion that the destination is
    /// known not to take is kPermanent before anything of it is sent: the instance would arrive alone.
    virtual void send(const db::Delivery& delivery, Done done) = 0;
    /// There is nothing to send now; called again and again. May let go of the association after a while.
    virtual void rest() = 0;
    /// Ends everything; pending callbacks may or may not still come.
    virtual void close() = 0;
};

}  // namespace efface::node
