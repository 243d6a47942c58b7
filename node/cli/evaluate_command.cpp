// efface evaluate: fills of pictures of which it is known what was destroyed, measured; the kit of a blinded
// reading, and the score of its sheets.
#include "config/crypto/digest.h"
#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/evaluation_report.h"
#include "node/cli/node_access.h"
#include "node/cli/reading_report.h"
#include "node/cli/typed.h"
#include "node/control/key_file.h"

#include <algorithm>

namespace efface::node {

namespace {

constexpr std::size_t kModelBytesMax = std::size_t{256} << 20U;
constexpr std::uint64_t kGridRows = 4;
constexpr std::uint64_t kAddressSpaceBytes = std::uint64_t{12} << 30U;
constexpr std::uint64_t kCpuSecondsPerCase = 1200;

/// A network's file as it lies there now: the digest binds the evaluator to these bytes.
tl::expected<pipeline::SiteModel, Exit> named_model(Output& output, const std::string& path) {
    const auto bytes = read_small_file(path, kModelBytesMax);
    if (!bytes) {
        output.error(bytes.error());
        return tl::unexpected(Exit::kConfiguration);
    }
    return pipeline::SiteModel{path, to_hex(sha256(*bytes))};
}

/// --generator, else the one of [models].
tl::expected<pipeline::SiteModel, Exit> generator_of(CommandContext& context, const Arguments& arguments) {
    if (arguments.has("--generator")) {
        return named_model(context.output, arguments.text("--generator"));
    }
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    const ModelsSettings& models = (*settings)->models;
    if (models.generator.empty()) {
        context.output.error("no generator: name one with --generator FILE or in [models] of the settings");
        return tl::unexpected(Exit::kConfiguration);
    }
    return pipeline::SiteModel{models.generator, models.generator_sha256};
}

tl::expected<EvaluationPlan, Exit> plan_of(CommandContext& context, const Arguments& arguments) {
    const auto seed = typed_number(context.output, arguments, "--seed", 1);
    if (!seed) {
        return tl::unexpected(seed.error());
    }
    EvaluationPlan plan{
        .folder = arguments.text("DIR"),
        .grid = arguments.text("--grid"),
        .cases_json = arguments.text("--cases-json"),
        .kit = arguments.text("--reader-kit")};
    const auto generator = generator_of(context, arguments);
    if (!generator) {
        return tl::unexpected(generator.error());
    }
    plan.configuration = {
        .generator = *generator,
        .limits =
            {.address_space_bytes_max = kAddressSpaceBytes, .cpu_seconds_per_unit_max = kCpuSecondsPerCase},
        .seed = *seed,
        .marked = !arguments.has("--no-mark"),
        .grid_rows = plan.grid.empty() ? 0 : kGridRows};
    if (arguments.has("--features")) {
        const auto features = named_model(context.output, arguments.text("--features"));
        if (!features) {
            return tl::unexpected(features.error());
        }
        plan.configuration.features = *features;
    }
    return plan;
}

}  // namespace

Exit run_evaluate(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    if (arguments.has("--score") == arguments.has("DIR")) {
        output.error("name a folder of cases, or sheets to --score");
        return Exit::kUsage;
    }
    if (arguments.has("--score")) {
        return run_scoring(context, arguments);
    }
    const auto plan = plan_of(context, arguments);
    if (!plan) {
        return plan.error();
    }
    const auto outcome = run_evaluation(context, *plan);
    if (!outcome) {
        return outcome.error();
    }
    if (output.json()) {
        output.json_line(evaluation_json(*outcome));
    } else {
        output.line(evaluation_markdown(*outcome));
    }
    if (!plan->kit.empty()) {
        output.remark(
            plan->kit + ": give the reader pairs/, sheet.csv and README.txt; keep key.json to yourself"
        );
    }
    const bool any = std::ranges::any_of(outcome->cases, [](const auto& one) { return one.result.filled; });
    return any ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
