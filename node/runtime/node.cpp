#include "node/runtime/node.h"

#include "node/runtime/gauges.h"
#include "node/runtime/node_parts.h"

#include <future>
#include <utility>

namespace efface::node {

namespace {

/// Associations that are still in a message after this long are cut off when the node drains.
constexpr std::chrono::seconds kDrainMax{60};

}  // namespace

std::string_view software_version() {
    return EFFACE_VERSION;
}

Node::Parts::Parts(Environment& world, Settings given, NodeOptions chosen, ProjectSet loaded)
    : environment{world},
      settings{std::move(given)},
      options{std::move(chosen)},
      projects{std::move(loaded)},
      identity{projects.audit_key},
      log{world.clock, settings.node.log_level, settings.node.log_format} {}

Node::Node(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}

Node::~Node() {
    if (!parts_->draining.load()) {
        parts_->drain();
    }
}

tl::expected<std::unique_ptr<Node>, std::string> Node::start(
    Environment& environment, Settings settings, NodeOptions options
) {
    auto projects = load_projects(settings);
    if (!projects) {
        return tl::unexpected(projects.error());
    }
    std::unique_ptr<Node> node{new Node{
        std::make_unique<Parts>(environment, std::move(settings), std::move(options), std::move(*projects))}};
    Parts& parts = *node->parts_;
    parts.started_at = environment.clock.now();
    if (auto opened = parts.open_store(); !opened) {
        return tl::unexpected(opened.error());
    }
    parts.disk.start();
    if (auto started = parts.start_workers(); !started) {
        return tl::unexpected(started.error());
    }
    parts.start_forwarding();
    parts.start_dispatch();
    if (auto started = parts.start_control(); !started) {
        return tl::unexpected(started.error());
    }
    if (auto listening = parts.listen(); !listening) {
        return tl::unexpected(listening.error());
    }
    return node;
}

void Node::Parts::deliveries_due(const std::string& destination) {
    if (!destination.empty()) {
        forwarder->due({destination});
        return;
    }
    std::vector<std::string> all;
    for (const DestinationSettings& one : settings.destinations) {
        all.push_back(one.name);
    }
    forwarder->due(all);
}

Status Node::Parts::append_audit(const db::AuditEntry& entry) {
    return writer->call([&](db::Database& open) -> Status {
        EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, audit.append(open, entry));
        return {};
    });
}

void Node::Parts::tick() {
    maintenance->pass();
    {
        const std::lock_guard lock{reason_mutex};
        spool_reason = maintenance->spool_reason();
    }
    clock->expires_after(options.tick);
    clock->async_wait([this](const boost::system::error_code& error) {
        if (!error && !draining.load()) {
            tick();
        }
    });
}

void Node::Parts::stop_because(int code) {
    int expected = kExitOk;
    exit_code.compare_exchange_strong(expected, code);
    const std::lock_guard lock{stop_mutex};
    stop_wanted = true;
    stop_changed.notify_all();
}

void Node::Parts::drain() {
    draining.store(true);
    listening.store(false);
    log.info("draining");
    if (acceptor) {
        std::promise<void> drained;
        acceptor->drain([&] { drained.set_value(); });
        if (drained.get_future().wait_for(kDrainMax) != std::future_status::ready) {
            acceptor->abort_all();
        }
    }
    dicom.stop();
    if (dispatcher) {
        dispatcher->stop();
    }
    if (dispatch_thread.joinable()) {
        dispatch_thread.join();
    }
    if (pool) {
        pool->stop();
        for (std::thread& thread : cleaners) {
            thread.join();
        }
        pool->stop_gatekeepers();
        for (std::thread& thread : gatekeepers) {
            thread.join();
        }
    }
    if (forwarder) {
        std::promise<void> drained;
        forwarder->drain([&] { drained.set_value(); });
        static_cast<void>(drained.get_future().wait_for(kDrainMax));
    }
    if (admission) {
        admission->flush(/*all=*/true);
    }
    if (control_server) {
        control_server->stop();
    }
    control.stop();
    disk.finish();
    if (writer && writer_thread.joinable()) {
        static_cast<void>(append_audit({.event = db::AuditEvent::kNodeStopped, .at = environment.clock.now()})
        );
        writer->stop();
        writer_thread.join();
    }
    forward.stop();
    resolve.stop();
    if (database && writer->health()) {
        if (const Status closed = database->checkpoint(); !closed) {
            log.warning("the database was not checkpointed", {LogField::error(closed.error())});
        }
    }
    log.info("stopped");
}

std::string Node::Parts::not_ready_because() const {
    if (draining.load()) {
        return "the node is draining";
    }
    if (!listening.load()) {
        return "the node is starting";
    }
    if (const Status healthy = writer->health(); !healthy) {
        return healthy.error().message();
    }
    const std::lock_guard lock{reason_mutex};
    return spool_reason;
}

std::string Node::Parts::metrics_text() const {
    const UnixMicros now = environment.clock.now();
    LiveFigures live{
        .associations_open = admission ? admission->open_associations() : 0,
        .units_queued = pool ? pool->queued() : 0,
        .uptime_seconds = static_cast<double>(now - started_at) / 1e6};
    if (const auto space = environment.files.space(settings.node.spool_directory)) {
        live.spool_free_bytes = space->free_bytes;
        live.spool_total_bytes = space->total_bytes;
    }
    const std::lock_guard lock{reader_mutex};
    const auto gauges = read_gauges(*reader, live, now);
    return render_metrics(metrics, gauges ? *gauges : std::vector<Gauge>{});
}

int Node::run() {
    {
        std::unique_lock lock{parts_->stop_mutex};
        parts_->stop_changed.wait(lock, [this] { return parts_->stop_wanted; });
    }
    parts_->drain();
    return parts_->exit_code.load();
}

void Node::request_stop() {
    parts_->stop_because(kExitOk);
}

std::vector<std::uint16_t> Node::dicom_ports() const {
    return parts_->acceptor ? parts_->acceptor->ports() : std::vector<std::uint16_t>{};
}

std::uint16_t Node::http_port() const {
    return parts_->http ? parts_->http->port() : std::uint16_t{0};
}

}  // namespace efface::node
