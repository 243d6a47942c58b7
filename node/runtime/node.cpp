#include "node/runtime/node.h"

#include "config/json.h"
#include "node/runtime/gauges.h"
#include "node/runtime/node_parts.h"
#include "node/runtime/recovery.h"

#include <csignal>
#include <future>
#include <utility>

namespace efface::node {

namespace {

/// Associations that are still in a message after this long are cut off when the node drains.
constexpr std::chrono::seconds kDrainMax{60};
constexpr int kExitOk = 0;
constexpr int kExitHalted = 6;

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos || slash == 0 ? "." : path.substr(0, slash);
}

std::unordered_map<std::string, IngestProject> ingest_projects(const ProjectSet& projects) {
    std::unordered_map<std::string, IngestProject> out;
    for (const LoadedProject& project : projects.projects) {
        out.emplace(project.name, IngestProject{.rule_digest = project.rules.digest()});
    }
    return out;
}

std::unordered_map<std::string, DispatchProject> dispatch_projects(
    const ProjectSet& projects, Entropy& entropy
) {
    std::unordered_map<std::string, DispatchProject> out;
    for (const LoadedProject& project : projects.projects) {
        SealKey key{};
        const auto derived = project.key.derive("crosswalk");
        std::copy(derived.bytes().begin(), derived.bytes().end(), key.begin());
        out.emplace(
            project.name,
            DispatchProject{
                .key_fingerprint = project.key.fingerprint(),
                .rules = project.rules,
                .crosswalk = db::Crosswalk{key, entropy}}
        );
    }
    return out;
}

Limits dimse_limits(const ListenSettings& listen) {
    Limits limits;
    limits.pdu_bytes_max = listen.pdu_bytes_max;
    limits.artim = std::chrono::seconds{listen.artim_timeout_seconds};
    limits.pdu_read = std::chrono::seconds{listen.read_timeout_seconds};
    limits.idle = std::chrono::seconds{listen.idle_timeout_seconds};
    limits.associations_max = listen.associations_max;
    return limits;
}

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

tl::expected<void, std::string> Node::Parts::open_store() {
    FileSystem& files = environment.files;
    for (const std::string& directory :
         {settings.node.state_directory, parent_of(settings.node.database_path)}) {
        if (const Status made = files.make_directory(directory); !made) {
            return tl::unexpected(directory + ": " + made.error().message());
        }
    }
    auto opened = db::open_store(settings.node.database_path);
    if (!opened) {
        return tl::unexpected(settings.node.database_path + ": " + opened.error().message());
    }
    database.emplace(std::move(*opened));
    auto spooled = pipeline::Spool::open(environment, settings.node.spool_directory);
    if (!spooled) {
        return tl::unexpected(settings.node.spool_directory + ": " + spooled.error().message());
    }
    spool.emplace(std::move(*spooled));
    writer.emplace(*database, files);
    const auto recovered = recover(
        {.environment = environment,
         .settings = settings,
         .projects = projects,
         .database = *database,
         .writer = *writer,
         .audit = audit,
         .spool = *spool,
         .log = log,
         .software_version = std::string{software_version()}}
    );
    if (!recovered) {
        return tl::unexpected(recovered.error().message());
    }
    log.info(
        "recovered",
        {LogField{"leases", static_cast<std::int64_t>(recovered->leases)},
         LogField{"adopted", static_cast<std::int64_t>(recovered->adopted)},
         LogField{"orphans_quarantined", static_cast<std::int64_t>(recovered->orphans_quarantined)},
         LogField{"outputs_removed", static_cast<std::int64_t>(recovered->outputs_removed)}}
    );
    auto second = db::open_store_reader(settings.node.database_path);
    if (!second) {
        return tl::unexpected(second.error().message());
    }
    reader.emplace(std::move(*second));
    writer_thread = std::thread{[this] {
        name_this_thread("efface-writer");
        writer->run();
        if (!writer->health()) {
            stop_because(kExitHalted);
        }
    }};
    return {};
}

tl::expected<void, std::string> Node::Parts::start_workers() {
    std::string path = options.worker_path;
    if (path.empty()) {
        auto found = default_worker_path();
        if (!found) {
            return tl::unexpected(found.error().message());
        }
        path = std::move(*found);
    }
    WorkerProgram program{
        .path = std::move(path),
        .configuration = worker_configuration(projects, settings.workers, software_version())};
    {
        // One start as a test, so that a node that cannot clean does not listen.
        auto probe = WorkerProcess::start(program);
        if (!probe) {
            return tl::unexpected(program.path + ": " + probe.error().message());
        }
    }
    pool.emplace(
        std::move(program),
        WorkerPoolLimits{.unit_deadline = std::chrono::seconds{settings.workers.wall_seconds_max}}
    );
    for (std::uint32_t i = 0; i < settings.workers.count; ++i) {
        cleaners.emplace_back([this] {
            name_this_thread("efface-cleaner");
            pool->run_cleaner();
            if (pool->fatal()) {
                stop_because(kExitHalted);
            }
        });
    }
    for (std::uint32_t i = 0; i < (settings.workers.count + 1) / 2; ++i) {
        gatekeepers.emplace_back([this] {
            name_this_thread("efface-gate");
            pool->run_gatekeeper();
        });
    }
    return {};
}

void Node::Parts::start_forwarding() {
    forwarder.emplace(
        forward.io(),
        ForwarderParts{
            .environment = environment,
            .spool = *spool,
            .writer = *writer,
            .audit = audit,
            .identity = identity,
            .metrics = metrics,
            .run_blocking = [this](std::function<void()> work) { disk.post(std::move(work)); },
            .resolve = [this](std::function<void()> work) { resolve.post(std::move(work)); },
            .jobs_changed = [this] { dispatcher->notify(); }},
        settings.destinations
    );
}

void Node::Parts::start_dispatch() {
    dispatcher.emplace(
        DispatchParts{
            .environment = environment,
            .spool = *spool,
            .writer = *writer,
            .audit = audit,
            .identity = identity,
            .metrics = metrics,
            .pool = *pool,
            .projects = dispatch_projects(projects, environment.entropy),
            .software_version = std::string{software_version()},
            .deliveries_due = [this](const std::vector<std::string>& destinations
                              ) { forwarder->due(destinations); }},
        DispatchOptions{.lease = std::chrono::seconds{2 * settings.workers.wall_seconds_max + 60}}
    );
    resolve.start();
    forward.start();
    forwarder->start();
    dispatch_thread = std::thread{[this] {
        name_this_thread("efface-dispatch");
        dispatcher->run();
    }};
    dispatcher->notify();
}

tl::expected<void, std::string> Node::Parts::start_control() {
    const auto run_blocking = [this](std::function<void()> work) { disk.post(std::move(work)); };
    admission.emplace(AdmissionParts{
        .environment = environment,
        .settings = settings,
        .writer = *writer,
        .audit = audit,
        .metrics = metrics,
        .log = log,
        .run_blocking = run_blocking});
    ingest.emplace(
        IngestParts{
            .environment = environment,
            .spool = *spool,
            .writer = *writer,
            .audit = audit,
            .identity = identity,
            .metrics = metrics,
            .run_blocking = run_blocking,
            .job_received = [this] { dispatcher->notify(); },
            .peer_name = [this](const AssociationFacts& facts) { return admission->peer_name(facts); }},
        IngestOptions{
            .instance_bytes_max = settings.listen.instance_bytes_max,
            .originals_directory = settings.node.spool_directory + "/originals",
            .software_version = std::string{software_version()},
            .projects = ingest_projects(projects)}
    );
    maintenance.emplace(MaintenanceParts{
        .environment = environment,
        .settings = settings,
        .spool = *spool,
        .writer = *writer,
        .audit = audit,
        .identity = identity,
        .metrics = metrics,
        .log = log,
        .ingest = *ingest,
        .admission = *admission,
        .hold_quiet = options.hold_quiet,
        .jobs_changed = [this] { dispatcher->notify(); },
        .all_deliveries_due = [this] { deliveries_due(""); }});
    if (settings.web.listen) {
        auto made = HttpServer::listen(
            control.io().get_executor(), settings.web.listen->address.text(), settings.web.listen->port, *this
        );
        if (!made) {
            return tl::unexpected(made.error().message());
        }
        http.emplace(std::move(*made));
    }
    if (auto made = start_control_socket(); !made) {
        return made;
    }
    clock.emplace(control.io());
    signals.emplace(control.io(), SIGTERM, SIGINT);
    signals->async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            stop_because(kExitOk);
        }
    });
    tick();  // Before anyone can come in: watermarks hold from the first association on.
    control.start();
    return {};
}

tl::expected<void, std::string> Node::Parts::listen() {
    const StartFacts facts = start_facts();
    const Status written = writer->call([&](db::Database& open) -> Status {
        return append_start(open, audit, facts, environment.clock.now());
    });
    if (!written) {
        return tl::unexpected("cannot write the audit: " + written.error().message());
    }
    AcceptorOptions acceptor_options{.endpoints = {}, .limits = dimse_limits(settings.listen)};
    for (const SocketAddress& address : settings.listen.addresses) {
        acceptor_options.endpoints.push_back({.address = address.address.text(), .port = address.port});
    }
    acceptor = std::make_unique<Acceptor>(
        dicom.io(), std::move(acceptor_options), default_offer(settings.listen.preferred_transfer_syntaxes),
        *admission, *ingest, *admission
    );
    if (const Status bound = acceptor->listen(); !bound) {
        return tl::unexpected(
            "cannot listen for DICOM: " + bound.error().message() + "; see [listen] addresses"
        );
    }
    dicom.start();
    listening.store(true);
    for (const std::uint16_t port : acceptor->ports()) {
        log.info("listening", {LogField{"dicom_port", port}});
    }
    return {};
}

StartFacts Node::Parts::start_facts() const {
    StartFacts facts{
        .software_version = std::string{software_version()},
        .table_edition = std::string{rules::table_edition()},
        .table_digest = std::string{rules::table_digest()},
        .configuration_digest = settings.digest(),
        .audit_key_fingerprint = identity.fingerprint(),
        .projects = {}};
    for (const LoadedProject& project : projects.projects) {
        facts.projects.push_back(
            {.name = project.name,
             .key_fingerprint = project.key.fingerprint(),
             .rules_file_name = project.rules_file_name,
             .rule_digest = project.rules.digest()}
        );
    }
    return facts;
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
