// Acceptor: the Storage and Verification SCP. Listens on several endpoints and runs each connection as
// a state machine on the io_context; no connection has a thread, so an idle one delays nobody.
//
// Thread rule: every method may be called from any thread. The policy, sink and observer must outlive
// the io_context's last run.
#pragma once

#include "config/result.h"
#include "node/dimse/association.h"
#include "node/dimse/instance_sink.h"
#include "node/dimse/limits.h"
#include "node/dimse/offer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace efface::node {

struct ListenEndpoint {
    std::string address = "::";  ///< A numeric address; "::" takes IPv4 too.
    std::uint16_t port = 11112;  ///< 0: the system chooses; see Acceptor::ports.
};

struct AcceptorOptions {
    std::vector<ListenEndpoint> endpoints{ListenEndpoint{}};
    Limits limits;
};

class Acceptor {
public:
    Acceptor(
        boost::asio::io_context& io, AcceptorOptions options, Offer offer, AssociationPolicy& policy,
        InstanceSink& sink, AssociationObserver& observer
    );
    /// Stops listening and forgets; open associations go on until they end or abort_all ended them.
    ~Acceptor();
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    /// Binds and listens on every endpoint, or on none. Fault::kHalt with the errno.
    Status listen();
    /// The bound ports, in the order of the endpoints.
    std::vector<std::uint16_t> ports() const;
    /// New connections are refused by the system from here on.
    void stop_listening();
    /// Stops listening, lets each association finish the message it is in, then aborts it; calls `done` once
    /// when none is left. An association without a message in progress is aborted at once.
    void drain(std::function<void()> done);
    /// Aborts every association now; an instance in transfer is abandoned. The peers then have limits.artim
    /// to close; a second call closes the connections that are still open.
    void abort_all();
    /// Connections that are open, with or without an association.
    std::size_t open_count() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace efface::node
