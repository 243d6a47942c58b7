// efface occlude: one file, with the regions that a person names blackened.
#include "config/json.h"
#include "node/cli/by_hand.h"
#include "node/cli/commands.h"

namespace efface::node {

namespace {

Exit report(Output& output, const FileOutcome& outcome, const std::string& wanted) {
    const bool cleaned = outcome.kind == FileOutcome::Kind::kCleaned;
    if (output.json()) {
        output.json_line({
            {"in", outcome.in},
            {"outcome", outcome_name(outcome.kind)},
            {"out", cleaned ? Json(wanted) : Json(nullptr)},
            {"reason", cleaned ? Json(nullptr) : Json(outcome.reason)},
            {"mask_boxes", outcome.mask_boxes},
        });
    } else if (cleaned) {
        output.line(
            wanted + ": de-identified, " + std::to_string(outcome.mask_boxes) +
            " boxes blackened; look at it with efface preview"
        );
    } else {
        output.error(std::string{outcome_name(outcome.kind)} + ": " + outcome.reason);
    }
    return cleaned ? Exit::kOk : Exit::kNegative;
}

}  // namespace

Exit run_occlude(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const auto regions = named_regions(output, arguments);
    if (!regions) {
        return regions.error();
    }
    if (regions->list.empty()) {
        output.error("nothing to blacken: name a --box, or a --mask in which something is painted");
        return Exit::kUsage;
    }
    const bool with_mask = arguments.has("--segmentation");
    const std::string rules =
        rule_by_hand(*regions, arguments.has("--search")) + (with_mask ? "mask_segmentation = true\n" : "");
    return run_by_hand(
        context, arguments, rules, *regions, [](BulkOptions&) {},
        [&](const FileOutcome& outcome) {
            if (outcome.kind == FileOutcome::Kind::kCleaned && with_mask &&
                outcome.mask_segmentation.empty()) {
                output.remark("nothing was blackened, so there is no Segmentation of it");
            }
            if (!outcome.mask_segmentation.empty() &&
                !give_name(output, outcome.mask_segmentation, arguments.text("--segmentation"))) {
                return Exit::kRefused;
            }
            return report(output, outcome, arguments.text("-o,--output"));
        }
    );
}

}  // namespace efface::node
