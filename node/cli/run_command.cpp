#include "node/bulk/bulk_run.h"
#include "node/bulk/folder_walk.h"
#include "node/bulk/worker_program.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/progress.h"
#include "node/cli/rule_file.h"
#include "node/cli/typed.h"
#include "node/control/key_file.h"
#include "node/control/time_text.h"
#include "node/workers/worker_limits.h"

#include <algorithm>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::uint64_t kWorkersMax = 256;
constexpr std::uint64_t kCountedFilesMax = 10'000'000;

std::atomic<bool> interrupted{false};

extern "C" void note_interrupt(int) {
    interrupted.store(true);
}

/// Ctrl-C once: no further file is begun, what is under way ends. Twice: the shell's usual end.
class InterruptWatch {
public:
    InterruptWatch() {
        struct sigaction action {};

        action.sa_handler = &note_interrupt;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigaction(SIGINT, &action, &before_int_);
        ::sigaction(SIGTERM, &action, &before_term_);
    }

    ~InterruptWatch() {
        ::sigaction(SIGINT, &before_int_, nullptr);
        ::sigaction(SIGTERM, &before_term_, nullptr);
    }

    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

private:
    struct sigaction before_int_ {};

    struct sigaction before_term_ {};
};

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

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    return path;
}

tl::expected<BulkOptions, Exit> options_of(CommandContext& context, const Arguments& arguments) {
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
        read_rule_file(arguments.has("--rules") ? arguments.text("--rules") : (*project)->rules_file);
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
    const std::string in = without_slash(arguments.text("IN"));
    const auto key =
        find_key(context, {named ? arguments.text("--key") : (*project)->key_file, !named, "project"}, in);
    if (!key) {
        return tl::unexpected(key.error());
    }
    auto audit_key = find_key(context, {(*settings)->audit.key_file, true, "audit"}, in);
    if (!audit_key) {
        return tl::unexpected(audit_key.error());
    }
    const std::string out = without_slash(arguments.text("OUT"));
    return BulkOptions{
        .in = in,
        .out = out,
        .project = (*project)->name,
        .key = *key,
        .identity = AuditIdentity{std::move(*audit_key)},
        .rules = rules->rules,
        .worker = make_worker_program(
            *worker_path, {(*project)->name, *key, rules->name, rules->text}, EFFACE_VERSION,
            worker_limits((*settings)->workers)
        ),
        .workers = *workers,
        .unit_deadline = std::chrono::seconds{(*settings)->workers.wall_seconds_max},
        .scratch = arguments.has("--scratch") ? arguments.text("--scratch")
                                              : (*settings)->node.state_directory + "/scratch",
        .audit_file = out + ".audit/audit.sqlite",
        .software_version = EFFACE_VERSION,
    };
}

/// The fields and their order are the interface of --json.
Json outcome_json(const FileOutcome& outcome) {
    Json actions = Json::object();
    for (const rules::Action action : rules::kActions) {
        actions[std::string(1, static_cast<char>(action))] = outcome.actions[action];
    }
    const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    return {
        {"in", outcome.in},
        {"outcome", outcome_name(outcome.kind)},
        {"out", or_null(outcome.out)},
        {"reason", or_null(outcome.reason)},
        {"rule", or_null(outcome.rule)},
        {"actions", std::move(actions)},
    };
}

void print_counts(Output& output, const char* title, const std::map<std::string, std::uint64_t>& counts) {
    TextTable table{{{"COUNT", TextTable::Align::kRight}, {title}}};
    for (const auto& [name, count] : counts) {
        table.row({std::to_string(count), name});
    }
    if (!table.empty()) {
        output.line();
        output.line(table.text());
    }
}

void print_summary(
    Output& output, const BulkOptions& options, const BulkSummary& summary, std::int64_t elapsed_us
) {
    const double seconds = std::max(static_cast<double>(elapsed_us) / 1e6, 0.001);
    output.line();
    output.line(
        std::to_string(summary.files) + " files, " + bytes_text(summary.bytes_in) + " in " +
        duration_text(elapsed_us) + " (" +
        std::to_string(static_cast<std::uint64_t>(static_cast<double>(summary.files) / seconds)) +
        " files/s)" + (summary.interrupted ? ", INTERRUPTED" : "")
    );
    print_counts(
        output, "OUTCOME",
        {{"cleaned", summary.cleaned},
         {"quarantined", summary.quarantined},
         {"refused, no DICOM instance", summary.not_dicom},
         {"refused", summary.refused - summary.not_dicom}}
    );
    print_counts(output, "REASON", summary.reasons);
    print_counts(output, "RULE", summary.rules);
    std::string actions;
    for (const auto& [code, count] : summary.actions) {
        actions += (actions.empty() ? "" : ", ") + std::string(1, code) + " " + std::to_string(count);
    }
    output.line();
    output.line("Attributes by action: " + (actions.empty() ? "none" : actions));
    if (summary.already_there != 0) {
        output.line(
            std::to_string(summary.already_there) + " of the cleaned lay in OUT already, byte for byte"
        );
    }
    if (std::ranges::any_of(summary.reasons, [](const auto& reason) {
            return reason.first.starts_with("pixels may show");
        })) {
        output.line(
            "To send pixels as they are, which your site decides: put pixel_policy = \"header-only\" into a "
            "rule"
        );
        output.line(
            "(efface rules example > FILE prints the rules to start from) and run again with --rules FILE"
        );
    }
    output.line("Cleaned files: " + options.out);
    output.line("Audit: " + options.audit_file + " (efface audit verify --database FILE)");
}

}  // namespace

Exit run_bulk_command(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    auto options = options_of(context, arguments);
    if (!options) {
        return options.error();
    }
    if (auto separate = check_bulk_paths(*options); !separate) {
        output.error(separate.error());
        return Exit::kRefused;
    }
    interrupted.store(false);
    const InterruptWatch watch;
    Progress progress{output.error_stream(), context.environment.clock};
    if (progress.shown()) {
        progress.set_total(count_files(options->in, kCountedFilesMax));
    }
    const auto started = context.environment.clock.monotonic();
    const auto summary = run_bulk(
        context.environment, *options,
        {.report =
             [&](const FileOutcome& outcome) {
                 const bool cleaned = outcome.kind == FileOutcome::Kind::kCleaned;
                 if (output.json()) {
                     progress.hide();
                     output.json_line(outcome_json(outcome));
                 } else if (!cleaned) {
                     progress.hide();
                     output.line(
                         std::string{outcome_name(outcome.kind)} + "  " + printable(outcome.in) + "  " +
                         outcome.reason
                     );
                 }
                 progress.count(cleaned);
             },
         .stop = interrupted}
    );
    progress.hide();
    if (!summary) {
        output.error(summary.error());
        return Exit::kInternal;
    }
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
        context.environment.clock.monotonic() - started
    );
    if (!output.json()) {
        print_summary(output, *options, *summary, elapsed.count());
    }
    return summary->all_cleaned() ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
