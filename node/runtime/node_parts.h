// The parts of a Node, in construction order: what is needed by others first, so that destruction in
// reverse order takes nothing away from anyone. Starting them is node_start.cpp, draining
// node.cpp. Only node.cpp and its neighbours include this.
#pragma once

#include "db/audit/audit_log.h"
#include "db/sqlite/writer.h"
#include "db/store/store.h"
#include "node/control/control_server.h"
#include "node/dimse/acceptor.h"
#include "node/dispatch/dispatcher.h"
#include "node/forward/forwarder.h"
#include "node/ingest/ingest.h"
#include "node/log/log.h"
#include "node/metrics/metrics.h"
#include "node/runtime/admission.h"
#include "node/runtime/maintenance.h"
#include "node/runtime/node.h"
#include "node/runtime/project_set.h"
#include "node/runtime/start_audit.h"
#include "node/web/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace efface::node {

/// What the process exits with: stopped in order, or halted by a fault that needs a person.
inline constexpr int kExitOk = 0;
inline constexpr int kExitHalted = 6;

/// An io_context with the threads that run it until it is told to stop.
class NamedPool {
public:
    NamedPool(const char* name, int threads) : io_{threads}, name_{name}, threads_wanted_{threads} {}

    ~NamedPool() { stop(); }

    NamedPool(const NamedPool&) = delete;
    NamedPool& operator=(const NamedPool&) = delete;

    void start();
    /// Handlers that are queued run; then the threads end.
    void finish();
    /// The threads end after the handler they are in.
    void stop();

    boost::asio::io_context& io() { return io_; }

    void post(std::function<void()> work) { boost::asio::post(io_, std::move(work)); }

private:
    boost::asio::io_context io_;
    const char* name_;
    int threads_wanted_;
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_;
    std::vector<std::thread> threads_;
};

/// Gives the calling thread the name that ps and gdb show.
void name_this_thread(const char* name);

struct Node::Parts final : Pages {
    Parts(Environment& world, Settings given, NodeOptions chosen, ProjectSet loaded);

    // Constant after construction.
    Environment& environment;
    const Settings settings;
    const NodeOptions options;
    const ProjectSet projects;
    const AuditIdentity identity;

    // Safe from any thread.
    Log log;
    Metrics metrics;
    std::atomic<bool> listening{false};
    std::atomic<bool> draining{false};
    std::atomic<int> exit_code{0};
    UnixMicros started_at = 0;

    // The database: written by the writer's thread only.
    std::optional<db::Database> database;
    db::AuditLog audit;
    std::optional<db::Writer> writer;
    std::thread writer_thread;
    // A reader of its own for counts; guarded by the mutex, since pages come on any thread.
    mutable std::optional<db::Database> reader;
    mutable std::mutex reader_mutex;

    std::optional<pipeline::Spool> spool;

    NamedPool disk{"efface-disk", 4};
    // Apart from the disk: a resolver may hang for half a minute.
    NamedPool resolve{"efface-resolve", 4};
    NamedPool control{"efface-control", 1};
    NamedPool forward{"efface-forward", 1};
    NamedPool dicom{"efface-dicom", 2};

    std::optional<WorkerPool> pool;
    std::vector<std::thread> cleaners;
    std::vector<std::thread> gatekeepers;

    std::optional<Forwarder> forwarder;
    std::optional<Dispatcher> dispatcher;
    std::thread dispatch_thread;

    std::optional<Admission> admission;
    std::optional<Ingest> ingest;
    std::optional<Maintenance> maintenance;
    std::optional<boost::asio::steady_timer> clock;
    std::optional<boost::asio::signal_set> signals;
    std::optional<HttpServer> http;
    std::unique_ptr<ControlServer> control_server;
    std::unique_ptr<Acceptor> acceptor;

    // Start, in this order; the error is for the person who starts the node.
    tl::expected<void, std::string> open_store();
    tl::expected<void, std::string> start_workers();
    void start_forwarding();
    void start_dispatch();
    tl::expected<void, std::string> start_control();
    tl::expected<void, std::string> listen();

    void tick();
    void stop_because(int code);
    void drain();
    Status append_audit(const db::AuditEntry& entry);
    std::string not_ready_because() const override;
    std::string metrics_text() const override;
    Json live_status() const;
    tl::expected<void, std::string> start_control_socket();
    StartFacts start_facts() const;
    /// "": every destination.
    void deliveries_due(const std::string& destination);

    mutable std::mutex reason_mutex;
    std::string spool_reason;  // Guarded by reason_mutex.
    std::mutex stop_mutex;
    std::condition_variable stop_changed;
    bool stop_wanted = false;  // Guarded by stop_mutex.
};

}  // namespace efface::node
