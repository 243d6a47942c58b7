#include "node/cli/by_hand.h"

#include <charconv>

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

}  // namespace

tl::expected<NamedRegions, Exit> named_regions(Output& output, const Arguments& arguments) {
    NamedRegions regions;
    if (arguments.has("--mask")) {
        auto read = read_mask_file(arguments.text("--mask"));
        if (!read) {
            output.error(read.error());
            return tl::unexpected(Exit::kUsage);
        }
        regions.mask = std::move(*read);
    }
    for (const std::string& box : arguments.texts("--box")) {
        const auto region = region_of(box);
        if (!region) {
            output.error("--box is LEFT,TOP,WIDTH,HEIGHT in pixels, not '" + printable(box) + "'");
            return tl::unexpected(Exit::kUsage);
        }
        regions.list += (regions.list.empty() ? "" : ", ") + *region;
    }
    for (const pipeline::Box& box : regions.mask ? regions.mask->boxes : std::vector<pipeline::Box>{}) {
        regions.list += (regions.list.empty() ? "[" : ", [") + std::to_string(box.left) + ", " +
                        std::to_string(box.top) + ", " + std::to_string(box.width()) + ", " +
                        std::to_string(box.height()) + "]";
    }
    return regions;
}

std::string rule_by_hand(const NamedRegions& regions, bool searches) {
    std::string text = "[[rule]]\nname = \"by-hand\"\ndestinations = [\"file\"]\npixel_policy = \"";
    text += searches ? "remove-found" : "header-only";
    text += "\"\n";
    if (regions.mask) {
        text += "match.attribute = [{ path = \"Rows\", equals = \"" + std::to_string(regions.mask->rows) +
                "\" }, { path = \"Columns\", equals = \"" + std::to_string(regions.mask->columns) + "\" }]\n";
    }
    text += "[rule.pixels]\ndevice_templates = false\nultrasound_regions = false\n";
    return text + (regions.list.empty() ? "" : "blacken = [" + regions.list + "]\n");
}

Exit run_by_hand(
    CommandContext& context, const Arguments& arguments, const std::string& rules,
    const NamedRegions& regions, const std::function<void(BulkOptions&)>& shape,
    const std::function<Exit(const FileOutcome&)>& use
) {
    Output& output = context.output;
    auto parsed = rules::RuleSet::parse(rules, "by hand");
    if (!parsed) {
        output.error(parsed.error().text);
        return Exit::kUsage;
    }
    const RuleFile file{"by hand", rules, std::move(*parsed)};
    auto options = bulk_options(
        context, arguments, {.in = arguments.text("IN"), .out = arguments.text("-o,--output"), .rules = &file}
    );
    if (!options) {
        return options.error();
    }
    const auto scratch = ScratchFolder::make(context.environment, options->scratch);
    if (!scratch) {
        output.error(scratch.error());
        return Exit::kInternal;
    }
    options->out = scratch->path() + "/out";
    shape(*options);
    auto outcome = run_one_file(context, *options);
    if (!outcome) {
        return outcome.error();
    }
    if (regions.mask && outcome->reason.starts_with("no rule matches")) {
        outcome->reason = "the mask has " + std::to_string(regions.mask->columns) + " columns and " +
                          std::to_string(regions.mask->rows) + " rows, the image has not";
    }
    const bool cleaned = outcome->kind == FileOutcome::Kind::kCleaned;
    if (cleaned && !give_name(output, outcome->out, arguments.text("-o,--output"))) {
        return Exit::kRefused;
    }
    return use(*outcome);
}

}  // namespace efface::node
