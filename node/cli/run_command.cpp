#include "config/json.h"
#include "node/bulk/bulk_run.h"
#include "node/cli/bulk_options.h"
#include "node/cli/commands.h"
#include "node/cli/progress.h"
#include "node/control/time_text.h"

#include <algorithm>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace efface::node {

namespace {

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
        {"mask_boxes", outcome.mask_boxes},
        {"filled", outcome.fill.filled},
        {"preview", or_null(outcome.preview)},
        {"mask_segmentation", or_null(outcome.mask_segmentation)},
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
    auto options =
        bulk_options(context, arguments, {.in = arguments.text("IN"), .out = arguments.text("OUT")});
    if (!options) {
        return options.error();
    }
    options->previews = without_slash(arguments.text("--previews"));
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
                 if (!outcome.no_preview.empty()) {
                     progress.hide();
                     output.remark("no preview of " + printable(outcome.out) + ": " + outcome.no_preview);
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
