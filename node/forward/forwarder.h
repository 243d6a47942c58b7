// Forwarder: every destination with its lanes. One stuck destination blocks nothing else: lanes share
// only the forwarding thread, on which nothing blocks.
// Thread rule: made before the io_context runs; due() and drain() from any thread.
#pragma once

#include "config/settings/settings.h"
#include "node/forward/lane.h"
#include "pipeline/spool/spool.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace efface::node {

struct ForwarderParts {
    Environment& environment;
    pipeline::Spool& spool;
    db::Writer& writer;
    db::AuditLog& audit;
    const AuditIdentity& identity;
    Metrics& metrics;
    std::function<void(std::function<void()>)> run_blocking;
    /// May block for as long as a resolver does.
    std::function<void(std::function<void()>)> resolve;
    std::function<void()> jobs_changed;
};

class Forwarder {
public:
    /// `io` is run by exactly one thread: the forwarding thread.
    Forwarder(
        boost::asio::io_context& io, ForwarderParts parts,
        const std::vector<DestinationSettings>& destinations
    );
    ~Forwarder();
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;

    /// Starts to look for due deliveries, at once and once a second.
    void start();
    /// Deliveries to these destinations may be due.
    void due(const std::vector<std::string>& destinations);
    /// Ends what is under way, gives back the rest; `done` on the forwarding thread.
    void drain(std::function<void()> done);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace efface::node
