// Everything that a node needs, looked at one after another. Changes nothing.
#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/store/store.h"
#include "node/bulk/worker_program.h"
#include "node/cli/commands.h"
#include "node/cli/destination_test.h"
#include "node/cli/node_access.h"
#include "node/cli/rule_file.h"
#include "node/control/key_file.h"
#include "node/control/time_text.h"
#include "node/workers/worker_limits.h"
#include "rules/profile/profile.h"

#include <cerrno>
#include <cstring>
#include <functional>
#include <netdb.h>
#include <sys/stat.h>

namespace efface::node {

namespace {

constexpr std::uint64_t kAuditTailRows = 10'000;
/// 2025-01-01: a machine without a clock battery starts far before.
constexpr UnixMicros kClockPlausible = 1'735'689'600'000'000;

enum class Health : std::uint8_t { kOk, kWarning, kWrong };

struct Finding {
    Health health = Health::kOk;
    std::string what;
    std::string text;
};

std::string_view health_name(Health health) {
    switch (health) {
        case Health::kOk:
            return "ok";
        case Health::kWarning:
            return "warning";
        case Health::kWrong:
            return "WRONG";
    }
    return "WRONG";
}

using Findings = std::vector<Finding>;

void add(Findings& findings, Health health, std::string what, std::string text) {
    findings.push_back({health, std::move(what), std::move(text)});
}

void check_settings(Findings& findings, const std::string& config_path, const std::string& origin) {
    if (config_path.empty()) {
        add(findings, Health::kOk, "settings", origin);
        return;
    }
    const auto loaded = Settings::load(config_path);
    if (loaded) {
        add(findings, Health::kOk, "settings", config_path);
        return;
    }
    for (const SettingsError& error : loaded.error()) {
        add(findings, Health::kWrong, "settings", error.message());
    }
}

void check_key(Findings& findings, const std::string& what, const std::string& path) {
    const auto key = read_key_file(path);
    add(findings, key ? Health::kOk : Health::kWrong, what,
        key ? path + " (" + key->fingerprint() + ")" : key.error() + "; see: efface key new --help");
}

void check_keys(Findings& findings, const Settings& settings) {
    for (const ProjectSettings& project : settings.projects) {
        check_key(findings, "key of " + project.name, project.key_file);
    }
    check_key(findings, "audit key", settings.audit.key_file);
}

void check_rules(Findings& findings, const Settings& settings) {
    for (const ProjectSettings& project : settings.projects) {
        const std::string what = "rules of " + project.name;
        const auto file = read_rule_file(project.rules_file);
        if (!file) {
            add(findings, Health::kWrong, what, file.error());
            continue;
        }
        std::string wrong;
        for (const rules::Rule& rule : file->rules.rules()) {
            for (const std::string& name : rule.destinations) {
                wrong = settings.find_destination(name) == nullptr
                            ? " names destination \"" + name + "\", which is not configured"
                            : wrong;
            }
        }
        add(findings, wrong.empty() ? Health::kOk : Health::kWrong, what,
            wrong.empty() ? file->name + ", " + std::to_string(file->rules.rules().size()) + " rules"
                          : file->name + wrong);
    }
}

void check_state_directory(Findings& findings, const Settings& settings) {
    const std::string& path = settings.node.state_directory;

    struct stat info {};

    if (::stat(path.c_str(), &info) != 0) {
        const bool missing = errno == ENOENT;
        add(findings, missing ? Health::kWarning : Health::kWrong, "state directory",
            path + ": " + (missing ? "not there yet; the daemon makes it" : std::strerror(errno)));
        return;
    }
    const bool open_to_others = (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    add(findings, open_to_others ? Health::kWrong : Health::kOk, "state directory",
        open_to_others ? path + " is open to others: run chmod 700 " + path : path);
}

void check_database(Findings& findings, const Settings& settings, const Clock& clock) {
    const std::string& path = settings.node.database_path;

    struct stat info {};

    if (::stat(path.c_str(), &info) != 0) {
        const bool missing = errno == ENOENT;
        add(findings, missing ? Health::kWarning : Health::kWrong, "database",
            path + ": " + (missing ? "not there yet; the daemon makes it" : std::strerror(errno)));
        return;
    }
    auto database = db::open_store_reader(path);
    const Status sound = database ? database->quick_check() : Status{tl::unexpected<Error>(database.error())};
    add(findings, sound ? Health::kOk : Health::kWrong, "database",
        path + (sound ? ", whole, schema " + std::to_string(db::kSchemaVersion)
                      : ": " + sound.error().message()));
    if (!sound) {
        return;
    }
    const auto tail = db::verify_audit_tail(*database, kAuditTailRows);
    const bool intact = tail && tail->intact();
    add(findings, intact ? Health::kOk : Health::kWrong, "audit",
        !tail ? tail.error().message()
        : intact
            ? "the last rows to " + std::to_string(tail->last) + " are intact"
            : "row " + std::to_string(tail->bad_seq) + " is " + std::string{db::damage_name(tail->damage)});
    if (!intact || tail->last == 0) {
        return;
    }
    const auto last = db::query_audit(*database, {.after_seq = tail->last - 1, .rows_max = 1});
    if (last && !last->empty() && last->front().entry.at > clock.now()) {
        add(findings, Health::kWrong, "clock",
            "the last audit row is of " + iso_text(last->front().entry.at) +
                ", which is still to come: the clock went back");
    }
}

void check_clock(Findings& findings, const Clock& clock) {
    const bool plausible = clock.now() > kClockPlausible;
    add(findings, plausible ? Health::kOk : Health::kWrong, "clock",
        iso_text(clock.now()) + (plausible ? "" : ": set it, the audit's times come from it"));
}

void check_space(Findings& findings, const Settings& settings, FileSystem& files) {
    // Before the first start the spool is not there: its file system is.
    std::string path = settings.node.spool_directory;
    auto space = files.space(path);
    while (!space && path.size() > 1) {
        const std::size_t slash = path.rfind('/');
        path.resize(slash == std::string::npos ? 0 : std::max<std::size_t>(slash, 1));
        space = files.space(path);
    }
    if (!space) {
        add(findings, Health::kWrong, "disk space", path + ": " + space.error().message());
        return;
    }
    const bool hard = settings.spool.hard_free.is_below(space->free_bytes, space->total_bytes);
    const bool soft = settings.spool.soft_free.is_below(space->free_bytes, space->total_bytes);
    add(findings,
        hard   ? Health::kWrong
        : soft ? Health::kWarning
               : Health::kOk,
        "disk space",
        bytes_text(space->free_bytes) + " free of " + bytes_text(space->total_bytes) + " under " + path +
            (hard   ? ": below [spool] hard_free, nothing is taken"
             : soft ? ": below [spool] soft_free, no new associations"
                    : ""));
}

/// Starting it loads the models and runs their self-tests.
void check_detectors(Findings& findings, const WorkerProgram& program) {
    if (!program.detectors) {
        add(findings, Health::kWarning, "detectors",
            "none: what a remove-found rule must search is quarantined; scripts/setup.sh installs the models"
        );
        return;
    }
    std::string why;
    const auto worker = WorkerProcess::start(*program.detectors, &why);
    const std::string& path = program.detectors->path;
    add(findings, worker ? Health::kOk : Health::kWrong, "detectors",
        worker ? path + ": its models are the pinned ones and find what they must"
               : path + ": " + (why.empty() ? worker.error().message() : why));
    if (worker && !worker->ready().generator.empty()) {
        add(findings, Health::kOk, "generator", worker->ready().generator);
    }
}

void check_worker(Findings& findings, const Settings& settings) {
    const auto path = default_worker_path();
    if (!path) {
        add(findings, Health::kWrong, "worker", path.error().message());
        return;
    }
    WorkerProgram program{.path = *path};
    for (const ProjectSettings& project : settings.projects) {
        const auto key = read_key_file(project.key_file);
        const auto file = read_rule_file(project.rules_file);
        if (key && file) {
            program = make_worker_program(
                *path, {project.name, *key, file->name, file->text}, EFFACE_VERSION,
                worker_limits(settings.workers), site_models(settings.models)
            );
        }
    }
    if (program.configuration.empty()) {
        add(findings, Health::kWarning, "worker", "not started: no project has both key and rules");
        return;
    }
    std::string why;
    const auto worker = WorkerProcess::start(program, &why);
    if (!worker) {
        add(findings, Health::kWrong, "worker",
            *path + ": " + (why.empty() ? worker.error().message() : why));
        return;
    }
    // A worker answers only after DCMTK has loaded its dictionary.
    const bool same = worker->ready().software_version == EFFACE_VERSION &&
                      worker->ready().table_digest == rules::table_digest();
    add(findings, same ? Health::kOk : Health::kWrong, "worker",
        *path + ", version " + worker->ready().software_version + ", table " + worker->ready().table_edition +
            (same ? "" : ": not of this version, install them together"));
    check_detectors(findings, program);
}

void check_daemon(Findings& findings, NodeAccess& node) {
    const ControlResult shown = node.try_ask("node.show");
    if (!shown) {
        const bool down = shown.error().code == ControlCode::kUnavailable;
        add(findings, down ? Health::kWarning : Health::kWrong, "daemon", shown.error().text);
        return;
    }
    const std::string version = text_of(*shown, "software_version");
    const std::string reason = text_of((*shown)["live"], "not_ready_because");
    add(findings, version == EFFACE_VERSION && reason.empty() ? Health::kOk : Health::kWrong, "daemon",
        "running, version " + version + (reason.empty() ? ", ready" : ", not ready: " + reason) +
            (version == EFFACE_VERSION ? "" : "; this program is " EFFACE_VERSION));
}

bool resolves(const std::string& host) {
    addrinfo* found = nullptr;
    const addrinfo hints{.ai_flags = 0, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return false;
    }
    ::freeaddrinfo(found);
    return true;
}

void check_destinations(Findings& findings, Environment& environment, const Settings& settings, bool echo) {
    for (const DestinationSettings& destination : settings.destinations) {
        const std::string what = "destination " + destination.name;
        if (destination.kind == DestinationKind::kFolder || echo) {
            const DestinationAnswer answer = test_destination(environment, settings, destination);
            add(findings, answer.answers ? Health::kOk : Health::kWrong, what, answer.text);
            continue;
        }
        const bool found = resolves(destination.host);
        add(findings, found ? Health::kOk : Health::kWrong, what,
            destination.host + (found ? " resolves; --echo would ask it" : ": the name has no address"));
    }
}

void print(Output& output, const Findings& findings) {
    if (output.json()) {
        Json rows = Json::array();
        for (const Finding& finding : findings) {
            const std::string_view name =
                finding.health == Health::kWrong ? "wrong" : health_name(finding.health);
            rows.push_back({{"what", finding.what}, {"health", name}, {"text", finding.text}});
        }
        output.json_line(rows);
        return;
    }
    TextTable table{{{"HEALTH"}, {"WHAT"}, {"FOUND"}}};
    for (const Finding& finding : findings) {
        table.row({std::string{health_name(finding.health)}, finding.what, finding.text});
    }
    output.line(table.text());
}

}  // namespace

Exit run_doctor(CommandContext& context, const Arguments& arguments) {
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    const Settings& given = **settings;
    Environment& environment = context.environment;
    Findings findings;
    const bool from_file = node.settings_origin().starts_with('/') || !context.config_path.empty();
    check_settings(findings, from_file ? node.settings_origin() : "", node.settings_origin());
    check_keys(findings, given);
    check_rules(findings, given);
    check_state_directory(findings, given);
    check_space(findings, given, environment.files);
    check_clock(findings, environment.clock);
    check_database(findings, given, environment.clock);
    check_worker(findings, given);
    check_daemon(findings, node);
    check_destinations(findings, environment, given, arguments.has("--echo"));
    print(context.output, findings);
    for (const Finding& finding : findings) {
        if (finding.health == Health::kWrong) {
            return Exit::kNegative;
        }
    }
    return Exit::kOk;
}

}  // namespace efface::node
