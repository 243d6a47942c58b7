// DicomCarrier: delivers to a DICOM AE (Storage SCU, PS3.4 annex B) over one association that is
// kept while it fits the next batch. Stored bytes are streamed after their File Meta Information,
// parsing nothing.
//
// Each (SOP class, transfer syntax) gets a presentation context of its own; a second one per class
// offers the native syntaxes, so that a refusal tells what a transcoded output would have to be. Where an
// instance has a companion, Segmentation Storage is proposed in Explicit VR Little Endian too.
// Thread rule: as Carrier.
#pragma once

#include "node/dimse/store_client.h"
#include "node/forward/carrier.h"
#include "pipeline/spool/spool.h"

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace efface::node {

struct DicomCarrierOptions {
    RemoteAe remote;
    Limits limits;
    std::chrono::seconds idle{30};
    /// Where names are resolved and cold files read: a hanging resolver must not delay other destinations.
    RunBlocking resolve;
};

class DicomCarrier final : public Carrier {
public:
    DicomCarrier(
        boost::asio::io_context& io, Environment& environment, pipeline::Spool& spool,
        DicomCarrierOptions options
    );
    ~DicomCarrier() override;
    void prepare(const std::vector<db::Delivery>& batch, Done done) override;
    void send(const db::Delivery& delivery, Done done) override;
    void rest() override;
    void close() override;

private:
    using Pair = std::pair<std::string, std::string>;  // SOP class, transfer syntax.

    struct Contexts {
        std::set<Pair> pairs;
        std::set<std::string> classes;  ///< Of what may be transcoded: no companion's.
    };

    void open(const Contexts& wanted, Done done);
    bool takes_companion(const db::Delivery& delivery) const;
    Carried unsupported(const db::Delivery& delivery) const;
    void post(std::function<void()> work);

    boost::asio::io_context& io_;
    Environment& environment_;
    pipeline::Spool& spool_;
    const DicomCarrierOptions options_;
    std::shared_ptr<StoreClient> client_;
    std::set<Pair> proposed_;
    std::chrono::nanoseconds resting_since_{0};
};

}  // namespace efface::node
