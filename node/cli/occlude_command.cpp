// efface occlude: one file, with the regions that a person names blackened.
#include "config/json.h"
#include "node/cli/bulk_options.h"
#include "node/cli/commands.h"
#include "node/cli/mask_file.h"
#include "node/cli/one_file.h"

#include <charconv>
#include <optional>

namespace efface::node {

namespace {

/// "x,y,w,h" to "[x, y, w, h]".
std::optional<std::string> region_of(const std::string& text) {
    std::string region = "[";
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int i = 0; i < 4; ++i) {
        std::uint32_t number = 0;
        const auto read = std::from_chars(at, end, number);
        const bool last = i == 3;
        if (read.ec != std::errc{} || (last ? read.ptr != end : read.ptr == end || *read.ptr != ',')) {
            return std::nullopt;
        }
        region += (i == 0 ? "" : ", ") + std::to_string(number);
        at = read.ptr + 1;
    }
    return region + "]";
}

/// A mask fits images of its size alone.
std::string rules_by_hand(
    const std::string& regions, const std::optional<MaskFile>& mask, const Arguments& arguments
) {
    std::string text = "[[rule]]\nname = \"by-hand\"\ndestinations = [\"file\"]\npixel_policy = \"";
    text += arguments.has("--search") ? "remove-found" : "header-only";
    text += "\"\n";
    if (mask) {
        text += "match.attribute = [{ path = \"Rows\", equals = \"" + std::to_string(mask->rows) +
                "\" }, { path = \"Columns\", equals = \"" + std::to_string(mask->columns) + "\" }]\n";
    }
    return text + "[rule.pixels]\nblacken = [" + regions +
           "]\ndevice_templates = false\nultrasound_regions = false\nmask_segmentation = " +
           (arguments.has("--segmentation") ? "true\n" : "false\n");
}

tl::expected<std::string, Exit> named_regions(
    Output& output, const Arguments& arguments, const std::optional<MaskFile>& mask
) {
    std::string regions;
    for (const std::string& box : arguments.texts("--box")) {
        const auto region = region_of(box);
        if (!region) {
            output.error("--box is LEFT,TOP,WIDTH,HEIGHT in pixels, not '" + printable(box) + "'");
            return tl::unexpected(Exit::kUsage);
        }
        regions += (regions.empty() ? "" : ", ") + *region;
    }
    for (const pipeline::Box& box : mask ? mask->boxes : std::vector<pipeline::Box>{}) {
        regions += (regions.empty() ? "[" : ", [") + std::to_string(box.left) + ", " +
                   std::to_string(box.top) + ", " + std::to_string(box.width()) + ", " +
                   std::to_string(box.height()) + "]";
    }
    if (regions.empty()) {
        output.error("nothing to blacken: name a --box, or a --mask in which something is painted");
        return tl::unexpected(Exit::kUsage);
    }
    return regions;
}

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
    std::optional<MaskFile> mask;
    if (arguments.has("--mask")) {
        auto read = read_mask_file(arguments.text("--mask"));
        if (!read) {
            output.error(read.error());
            return Exit::kUsage;
        }
        mask = std::move(*read);
    }
    const auto regions = named_regions(output, arguments, mask);
    if (!regions) {
        return regions.error();
    }
    const std::string text = rules_by_hand(*regions, mask, arguments);
    auto rules = rules::RuleSet::parse(text, "by hand");
    if (!rules) {
        output.error(rules.error().text);
        return Exit::kUsage;
    }
    const RuleFile file{"by hand", text, std::move(*rules)};
    const std::string wanted = arguments.text("-o,--output");
    auto options =
        bulk_options(context, arguments, {.in = arguments.text("IN"), .out = wanted, .rules = &file});
    if (!options) {
        return options.error();
    }
    const auto scratch = ScratchFolder::make(context.environment, options->scratch);
    if (!scratch) {
        output.error(scratch.error());
        return Exit::kInternal;
    }
    options->out = scratch->path() + "/out";
    auto outcome = run_one_file(context, *options);
    if (!outcome) {
        return outcome.error();
    }
    if (mask && outcome->reason.starts_with("no rule matches")) {
        outcome->reason = "the mask has " + std::to_string(mask->columns) + " columns and " +
                          std::to_string(mask->rows) + " rows, the image has not";
    }
    if (outcome->kind == FileOutcome::Kind::kCleaned && !give_name(output, outcome->out, wanted)) {
        return Exit::kRefused;
    }
    if (outcome->kind == FileOutcome::Kind::kCleaned && arguments.has("--segmentation") &&
        outcome->mask_segmentation.empty()) {
        output.remark("nothing was blackened, so there is no Segmentation of it");
    }
    if (!outcome->mask_segmentation.empty() &&
        !give_name(output, outcome->mask_segmentation, arguments.text("--segmentation"))) {
        return Exit::kRefused;
    }
    return report(output, *outcome, wanted);
}

}  // namespace efface::node
