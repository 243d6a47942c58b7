// What the runtime gives the operators' door: the node's parts, by reference, and how to tell it that
// something is to be done.
#include "config/json.h"
#include "node/runtime/node_parts.h"

namespace efface::node {

namespace {

ControlProject control_project(const LoadedProject& project) {
    std::vector<std::string> names;
    for (const rules::Rule& rule : project.rules.rules()) {
        names.push_back(rule.name);
    }
    return {
        .name = project.name,
        .key_fingerprint = project.key.fingerprint(),
        .rule_digest = project.rules.digest(),
        .rules_file_name = project.rules_file_name,
        .rule_names = std::move(names)};
}

}  // namespace

Json Node::Parts::live_status() const {
    Json ports = Json::array();
    if (listening.load()) {  // Before, another thread may be making the acceptor.
        for (const std::uint16_t port : acceptor->ports()) {
            ports.push_back(port);
        }
    }
    Json status{
        {"uptime_seconds", (environment.clock.now() - started_at) / 1'000'000},
        {"workers", settings.workers.count},
        {"worker_restarts", pool->restarts()},
        {"units_queued", pool->queued()},
        {"associations_open", admission->open_associations()},
        {"not_ready_because", not_ready_because()},
        {"dicom_ports", ports},
        {"http_port", http ? http->port() : 0}};
    if (const auto space = environment.files.space(settings.node.spool_directory)) {
        status["spool_free_bytes"] = space->free_bytes;
        status["spool_total_bytes"] = space->total_bytes;
    }
    return status;
}

tl::expected<void, std::string> Node::Parts::start_control_socket() {
    std::vector<ControlProject> operators_see;
    for (const LoadedProject& project : projects.projects) {
        operators_see.push_back(control_project(project));
    }
    auto made = ControlServer::listen(
        control.io(), ControlParts{
                          .environment = environment,
                          .writer = *writer,
                          .audit = audit,
                          .settings = settings,
                          .identity = identity,
                          .projects = std::move(operators_see),
                          .software_version = std::string{software_version()},
                          .run_blocking = [this](std::function<void()> work) { disk.post(std::move(work)); },
                          .jobs_changed = [this] { dispatcher->notify(); },
                          .deliveries_changed = [this](std::string_view destination
                                                ) { deliveries_due(std::string{destination}); },
                          .live_status = [this] { return live_status(); }}
    );
    if (!made) {
        return tl::unexpected(settings.node.control_socket_path + ": " + made.error().message());
    }
    control_server = std::move(*made);
    return {};
}

}  // namespace efface::node
