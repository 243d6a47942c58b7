// Node: every part and every thread of a running node, in the order in which they start and drain.
//
//   threads   dicom x2   associations (node/dimse)          disk x4    spool writes and syncs, folder copies
//             resolve x4 names of destinations              (apart: a resolver may hang)
//             forward    destinations (node/forward)        writer     the database's one writer
//             control    signals, clock, HTTP, control      dispatch   claims jobs
//             cleaner xN, gatekeeper xM: one worker process each
//
// Start: settings -> keys, rules -> database -> recovery -> workers -> forward -> listen.
// Drain: stop listening, finish messages -> stop claiming -> workers finish -> deliveries under way
// finish -> writer finishes -> close. What is not finished is durable and goes on at the next start.
// Thread rule: start(), run() and the destructor belong to one thread; request_stop() is safe anywhere.
#pragma once

#include "config/environment.h"
#include "config/settings/settings.h"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace efface::node {

struct NodeOptions {
    std::string worker_path;  ///< Empty: efface-worker beside the running program.
    /// A held series or study is complete when nothing of it came for this long.
    std::chrono::milliseconds hold_quiet{30'000};
    /// How often maintenance looks at spool, holds and retention.
    std::chrono::milliseconds tick{1000};
};

class Node {
public:
    /// Everything up to listening. The error is for the person who starts the node.
    static tl::expected<std::unique_ptr<Node>, std::string> start(
        Environment& environment, Settings settings, NodeOptions options
    );
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    /// Runs until SIGTERM, SIGINT, request_stop() or a fault to halt on; drains; returns the exit code.
    int run();
    void request_stop();
    /// The bound DICOM ports, in the order of [listen] addresses.
    std::vector<std::uint16_t> dicom_ports() const;
    /// 0: HTTP is off.
    std::uint16_t http_port() const;

private:
    struct Parts;
    explicit Node(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// "0.1.0": what work orders, receipts and (0018,1020) name.
std::string_view software_version();

}  // namespace efface::node
