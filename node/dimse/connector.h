// Connector: a name or address and a port to a connected socket: resolves, then tries each address in
// the resolver's order under a share of the time that is left, so that one dead address does not use
// up the time of the others.
// Thread rule: confined to the strand it was given.
#pragma once

#include "node/dimse/store_client.h"
#include "node/dimse/tcp_transport.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace efface::node {

/// A name with more addresses is tried no further.
inline constexpr std::size_t kAddressesMax = 16;

struct ConnectResult {
    TransportFailure failure = TransportFailure::kNone;
    std::optional<TcpSocket> socket;
};

class Connector {
public:
    /// Calls back once, within `strand`. Returned: what cancels it (then kCancelled is reported).
    static std::function<void()> connect(
        const Strand& strand, const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout,
        const RunBlocking& run_blocking, std::function<void(ConnectResult)> done
    );
};

}  // namespace efface::node
