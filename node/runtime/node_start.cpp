// How each part of a node comes up, in the order in which Node::start() calls: store and recovery, workers,
// forwarding, dispatch, control, and the listener last.
#include "config/json.h"
#include "node/runtime/node_parts.h"
#include "node/runtime/recovery.h"

#include <csignal>
#include <unordered_map>
#include <utility>

namespace efface::node {

namespace {

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
    WorkerProgram program =
        make_program(std::move(path), worker_configuration(projects, settings, software_version()));
    {
        // One start as a test, so that a node that cannot clean does not listen.
        std::string why;
        auto probe = WorkerProcess::start(program, &why);
        if (!probe) {
            return tl::unexpected(program.path + ": " + (why.empty() ? probe.error().message() : why));
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

}  // namespace efface::node
