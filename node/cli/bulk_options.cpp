#include "node/cli/bulk_options.h"

#include "config/json.h"
#include "node/bulk/folder_walk.h"
#include "node/bulk/worker_program.h"
#include "node/cli/node_access.h"
#include "node/cli/typed.h"
#include "node/control/key_file.h"
#include "node/workers/worker_limits.h"

#include <thread>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::uint64_t kWorkersMax = 256;

struct KeyPlace {
    std::string path;
    bool may_make = false;
    std::string_view purpose;
};

/// Reads the key, or makes it where it is missing and may be made, but never inside `in`.
tl::expected<rules::ProjectKey, Exit> find_key(
    CommandContext& context, const KeyPlace& place, const std::string& in
) {
    const auto& [path, may_make, purpose] = place;
    const bool missing = ::access(path.c_str(), F_OK) != 0;
    if (missing && may_make && lies_within(path, in)) {
        context.output.error(path + " would be made in " + in + ": nothing is ever written there");
        return tl::unexpected(Exit::kRefused);
    }
    auto key = missing && may_make ? make_key_file(context.environment, path) : read_key_file(path);
    if (!key) {
        context.output.error(key.error());
        return tl::unexpected(Exit::kConfiguration);
    }
    context.output.remark(
        std::string{purpose} + " key " + path + " (" + key->fingerprint() + ")" +
        (missing ? ", made now: keep a copy" : "")
    );
    return std::move(*key);
}

}  // namespace

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    return path;
}

tl::expected<BulkOptions, Exit> bulk_options(
    CommandContext& context, const Arguments& arguments, const BulkPlaces& places
) {
    Output& output = context.output;
    NodeAccess node{context};
    const auto settings = node.settings();
    const auto workers = typed_number(
        output, arguments, "--workers", std::max<std::uint64_t>(std::thread::hardware_concurrency(), 1)
    );
    if (!settings || !workers) {
        return tl::unexpected(settings ? workers.error() : settings.error());
    }
    const auto project = choose_project(**settings, arguments.text("--project"));
    if (!project || *workers == 0 || *workers > kWorkersMax) {
        output.error(project ? "--workers is 1 to " + std::to_string(kWorkersMax) : project.error());
        return tl::unexpected(Exit::kUsage);
    }
    const auto rules =
        places.rules != nullptr
            ? tl::expected<RuleFile, std::string>{*places.rules}
            : read_rule_file(arguments.has("--rules") ? arguments.text("--rules") : (*project)->rules_file);
    if (!rules) {
        output.error(rules.error());
        return tl::unexpected(Exit::kConfiguration);
    }
    const auto worker_path = default_worker_path();
    if (!worker_path) {
        output.error(worker_path.error().message());
        return tl::unexpected(Exit::kInternal);
    }
    // A key that somebody named must be there: making another in its place would give other pseudonyms.
    const bool named = arguments.has("--key");
    const std::string in = without_slash(places.in);
    const auto key =
        find_key(context, {named ? arguments.text("--key") : (*project)->key_file, !named, "project"}, in);
    if (!key) {
        return tl::unexpected(key.error());
    }
    auto audit_key = find_key(context, {(*settings)->audit.key_file, true, "audit"}, in);
    if (!audit_key) {
        return tl::unexpected(audit_key.error());
    }
    const std::string out = without_slash(places.out);
    return BulkOptions{
        .in = in,
        .out = out,
        .project = (*project)->name,
        .key = *key,
        .identity = AuditIdentity{std::move(*audit_key)},
        .rules = rules->rules,
        .worker = make_worker_program(
            *worker_path, {(*project)->name, *key, rules->name, rules->text}, EFFACE_VERSION,
            worker_limits((*settings)->workers), site_models((*settings)->models)
        ),
        .workers = *workers,
        .unit_deadline = std::chrono::seconds{(*settings)->workers.wall_seconds_max},
        .scratch = arguments.has("--scratch") ? arguments.text("--scratch")
                                              : (*settings)->node.state_directory + "/scratch",
        .audit_file = out + ".audit/audit.sqlite",
        .software_version = EFFACE_VERSION,
    };
}

}  // namespace efface::node
