// efface preview: what an instance would look like once it is cleaned, as a picture.
#include "config/json.h"
#include "node/cli/bulk_options.h"
#include "node/cli/commands.h"
#include "node/cli/one_file.h"
#include "node/cli/typed.h"

namespace efface::node {

Exit run_preview(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const std::string wanted = arguments.text("-o,--output");
    const bool shows_original = arguments.has("--before");
    const auto frame = typed_number(output, arguments, "--frame", 1);
    auto options = bulk_options(context, arguments, {.in = arguments.text("FILE"), .out = wanted});
    if (!frame || !options) {
        return frame ? options.error() : frame.error();
    }
    if (*frame == 0) {
        output.error("--frame counts from 1");
        return Exit::kUsage;
    }
    const auto scratch = ScratchFolder::make(context.environment, options->scratch);
    if (!scratch) {
        output.error(scratch.error());
        return Exit::kInternal;
    }
    options->out = scratch->path() + "/out";
    options->previews = scratch->path() + "/pictures";
    options->preview_frame = *frame - 1;
    options->segmentations = false;
    options->previews_of_originals = shows_original;
    if (!shows_original) {
        options->audit_file = scratch->path() + "/audit/audit.sqlite";
    }
    const auto outcome = run_one_file(context, *options);
    if (!outcome) {
        return outcome.error();
    }
    if (outcome->preview.empty()) {
        output.error(
            outcome->kind == FileOutcome::Kind::kCleaned
                ? "no picture: " + outcome->no_preview
                : std::string{outcome_name(outcome->kind)} + ", so there is no picture: " + outcome->reason
        );
        return Exit::kNegative;
    }
    const std::string before = wanted + ".before.png";
    if (!give_name(output, outcome->preview, wanted) ||
        (shows_original && !give_name(output, outcome->original_preview, before))) {
        return Exit::kRefused;
    }
    const Json facts{
        {"picture", wanted},
        {"before", shows_original ? Json(before) : Json(nullptr)},
        {"rule", outcome->rule},
        {"mask_boxes", outcome->mask_boxes},
    };
    if (output.json()) {
        output.json_line(facts);
        return Exit::kOk;
    }
    output.line(
        wanted + ": as it would be sent under the rule " + outcome->rule + "; " +
        std::to_string(outcome->mask_boxes) + " boxes blackened, their outline drawn"
    );
    if (shows_original) {
        output.line(
            before + ": the original. It may show who the patient is; that it was made is audited in"
        );
        output.line("  " + options->audit_file);
    }
    return Exit::kOk;
}

}  // namespace efface::node
