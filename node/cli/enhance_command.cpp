// efface enhance: one file, with what is or was destroyed in it filled by a generative network.
#include "config/json.h"
#include "node/cli/by_hand.h"
#include "node/cli/commands.h"
#include "node/cli/typed.h"
#include "rules/matching/enhance_rules.h"

#include <algorithm>
#include <array>

namespace efface::node {

namespace {

/// Options that are whole numbers of [rule.enhance].
constexpr std::array kShares{"strength", "denoise", "sharpen", "confidence_min"};

tl::expected<std::string, Exit> enhance_rule(Output& output, const Arguments& arguments, bool by_regions) {
    std::string text = "[rule.enhance]\nregions = true\n";
    text += by_regions ? "" : "fill = \"require\"\n";
    for (const char* share : kShares) {
        std::string option = std::string{"--"} + share;
        std::ranges::replace(option, '_', '-');
        if (!arguments.has(option)) {
            continue;
        }
        const auto number = typed_number(output, arguments, option, 0);
        if (!number) {
            return tl::unexpected(number.error());
        }
        text += std::string{share} + " = " + std::to_string(*number) + "\n";
    }
    text += arguments.has("--strong") ? "mode = \"strong\"\n" : "";
    text += arguments.has("--no-detail") ? "detail = false\n" : "";
    text += arguments.has("--skin-protection") ? "skin_protection = true\n" : "";
    if (arguments.has("--language")) {
        const std::string language = arguments.text("--language");
        if (std::ranges::find(rules::kFillLanguages, language) == rules::kFillLanguages.end()) {
            output.error("--language is one of en, zh, de, fr, es, ja");
            return tl::unexpected(Exit::kUsage);
        }
        text += "language = \"" + language + "\"\n";
    }
    return text;
}

std::string percent(std::uint64_t permille) {
    return std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

Json area_json(const pipeline::FilledArea& area) {
    return {
        {"frame", area.frame + 1},
        {"box", {area.box.left, area.box.top, area.box.width(), area.box.height()}},
        {"filled", area.filled},
        {"outcome", area.outcome},
        {"grey_difference_percent", static_cast<double>(area.grey_difference_permille) / 10},
        {"confidence_percent", area.confidence_permille
                                   ? Json(static_cast<double>(*area.confidence_permille) / 10)
                                   : Json(nullptr)}};
}

/// Of a hole that is filled or not: what is known of it besides.
std::string confidence_text(const pipeline::FilledArea& area) {
    return area.confidence_permille ? "; confidence " + percent(*area.confidence_permille) : std::string{};
}

void print_areas(Output& output, const pipeline::FillReport& fill) {
    for (const pipeline::FilledArea& area : fill.areas) {
        const std::string place = std::to_string(area.box.left) + "," + std::to_string(area.box.top) + "," +
                                  std::to_string(area.box.width()) + "," + std::to_string(area.box.height());
        output.line(
            "  frame " + std::to_string(area.frame + 1) + ", " + place + ": " +
            (area.filled
                 ? area.outcome + "; grey difference at the edge " + percent(area.grey_difference_permille)
                 : "left black: " + area.outcome) +
            confidence_text(area)
        );
    }
}

Exit report(Output& output, const FileOutcome& outcome, const std::string& wanted, const std::string& pair) {
    const bool cleaned = outcome.kind == FileOutcome::Kind::kCleaned;
    const pipeline::FillReport& fill = outcome.fill;
    if (output.json()) {
        Json areas = Json::array();
        for (const pipeline::FilledArea& area : fill.areas) {
            areas.push_back(area_json(area));
        }
        output.json_line({
            {"in", outcome.in},
            {"outcome", outcome_name(outcome.kind)},
            {"out", cleaned ? Json(wanted) : Json(nullptr)},
            {"reason", cleaned ? Json(nullptr) : Json(outcome.reason)},
            {"model", fill.was_tried() ? Json(fill.model_name + " " + fill.model_version) : Json(nullptr)},
            {"filled", fill.filled},
            {"refused", fill.refused},
            {"areas", std::move(areas)},
            {"pair", pair.empty() ? Json(nullptr) : Json(pair)},
        });
    } else if (!cleaned) {
        output.error(std::string{outcome_name(outcome.kind)} + ": " + outcome.reason);
    } else {
        output.line(
            wanted + ": de-identified, " + std::to_string(outcome.mask_boxes) + " boxes blackened, " +
            std::to_string(fill.filled) + " areas filled"
        );
        print_areas(output, fill);
        if (!pair.empty()) {
            output.line(pair + ": occluded left, filled right");
        }
    }
    return cleaned && fill.filled > 0 ? Exit::kOk : Exit::kNegative;
}

/// Why nothing is filled, where the run itself cannot say.
void explain_nothing(Output& output, const BulkOptions& options, const FileOutcome& outcome) {
    if (outcome.kind != FileOutcome::Kind::kCleaned || outcome.fill.filled > 0 || outcome.fill.refused > 0) {
        return;
    }
    if (!options.worker.detectors) {
        output.error("nothing is filled: no networks are installed; scripts/setup.sh installs them");
    } else if (outcome.mask_boxes == 0) {
        output.error("nothing is filled: no occlusion and no face was found; name a --box or a --mask");
    } else {
        output.error(
            "nothing is filled: name a generator in [models] of the settings, or see docs/enhancement.md for "
            "the "
            "kinds of frames that are filled"
        );
    }
}

}  // namespace

Exit run_enhance(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const auto regions = named_regions(output, arguments);
    if (!regions) {
        return regions.error();
    }
    const bool by_regions = !regions->list.empty() && !arguments.has("--search");
    const auto enhance = enhance_rule(output, arguments, by_regions);
    if (!enhance) {
        return enhance.error();
    }
    std::string pair = arguments.has("--pair") ? arguments.text("--pair") : "";
    std::optional<BulkOptions> used;
    return run_by_hand(
        context, arguments, rule_by_hand(*regions, !by_regions) + *enhance, *regions,
        [&](BulkOptions& options) {
            options.preview_pairs = !pair.empty();
            options.previews = pair.empty() ? "" : options.out + ".pictures";
            used.emplace(options);
        },
        [&](const FileOutcome& outcome) {
            explain_nothing(output, *used, outcome);
            if (!pair.empty() && outcome.preview.empty()) {
                output.remark("no picture: " + outcome.no_preview);
                pair.clear();
            }
            if (!outcome.preview.empty() && !give_name(output, outcome.preview, pair)) {
                return Exit::kRefused;
            }
            return report(output, outcome, arguments.text("-o,--output"), pair);
        }
    );
}

}  // namespace efface::node
