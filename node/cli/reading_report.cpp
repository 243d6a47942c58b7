#include "node/cli/reading_report.h"

#include "config/json.h"
#include "node/control/key_file.h"
#include "pipeline/evaluate/reader_scores.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

namespace efface::node {

namespace {

using pipeline::GroupScore;

struct Reader {
    std::string path;
    pipeline::Sheet sheet;
    pipeline::ReaderScore score;
};

std::string fixed(double value, int decimals) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return std::isfinite(value) ? text.data() : "-";
}

std::string grades_text(const pipeline::Rate& rate) {
    return rate.count == 0 ? "-" : fixed(rate.mean, 2) + " (" + std::to_string(rate.count) + ")";
}

std::string group_row(const std::string& name, const GroupScore& score) {
    const double share = score.answered == 0
                             ? NAN
                             : 100 * static_cast<double>(score.right) / static_cast<double>(score.answered);
    std::string text = "| " + name + " | " + std::to_string(score.answered) + " | " + fixed(share, 1) +
                       " | " + fixed(100 * score.interval.low, 1) + " to " +
                       fixed(100 * score.interval.high, 1) + " |";
    for (const pipeline::Rate& rate : score.of_fills) {
        text += " " + grades_text(rate) + " |";
    }
    for (const pipeline::Rate& rate : score.of_truths) {
        text += " " + grades_text(rate) + " |";
    }
    return text;
}

void print_reader(Output& output, const Reader& reader) {
    output.line("## " + printable(reader.path));
    output.line();
    output.line(
        "| group | answered | right % | 95 % (Wilson) | fill: structure | texture | grey | truth: structure "
        "| "
        "texture | grey |"
    );
    output.line("|---|---|---|---|---|---|---|---|---|---|");
    output.line(group_row("all", reader.score.all));
    for (const auto& [name, score] : reader.score.by_kind) {
        output.line(group_row("kind " + name, score));
    }
    for (const auto& [name, score] : reader.score.by_occlusion) {
        output.line(group_row("occlusion " + name, score));
    }
    output.line();
}

Json group_json(const GroupScore& score) {
    Json json{
        {"answered", score.answered},
        {"right", score.right},
        {"low", score.interval.low},
        {"high", score.interval.high}};
    for (const bool of_truths : {false, true}) {
        Json grades = Json::object();
        for (std::size_t i = 0; i < pipeline::kCriteria; ++i) {
            const pipeline::Rate& rate = (of_truths ? score.of_truths : score.of_fills).at(i);
            grades[std::string{pipeline::kCriterionNames.at(i)}] = {
                {"n", rate.count}, {"mean", rate.count == 0 ? Json(nullptr) : Json(rate.mean)}};
        }
        json[of_truths ? "truths_taken_for_fills" : "fills"] = std::move(grades);
    }
    return json;
}

Json groups_json(const std::map<std::string, GroupScore>& groups) {
    Json json = Json::object();
    for (const auto& [name, score] : groups) {
        json[name] = group_json(score);
    }
    return json;
}

/// Each two readers.
void report_agreement(Output& output, const std::vector<Reader>& readers) {
    for (std::size_t a = 0; a < readers.size(); ++a) {
        for (std::size_t b = a + 1; b < readers.size(); ++b) {
            const auto agreement = pipeline::agreement_of(readers[a].sheet, readers[b].sheet);
            Json json{{"first", readers[a].path}, {"second", readers[b].path}};
            std::string text =
                printable(readers[a].path) + " and " + printable(readers[b].path) + ", weighted kappa:";
            for (std::size_t i = 0; i < pipeline::kCriteria; ++i) {
                const std::string name{pipeline::kCriterionNames.at(i)};
                const pipeline::Agreement& one = agreement.at(i);
                text += " " + name + " " + fixed(one.kappa, 2) + " (n " + std::to_string(one.count) + ")";
                json[name + ".kappa"] = std::isfinite(one.kappa) ? Json(one.kappa) : Json(nullptr);
                json[name + ".n"] = one.count;
            }
            if (output.json()) {
                output.json_line(json);
            } else {
                output.line(text);
            }
        }
    }
}

tl::expected<std::vector<pipeline::ReaderPair>, Exit> read_key(Output& output, const std::string& path) {
    const auto text = read_small_file(path, pipeline::kReaderFileBytesMax);
    const auto json = text ? parse_json(*text) : std::nullopt;
    auto pairs = pipeline::reader_pairs_from_json(json ? *json : Json(nullptr));
    if (!text || !pairs) {
        output.error(text ? path + ": " + pairs.error().message() : text.error());
        return tl::unexpected(Exit::kUsage);
    }
    return std::move(*pairs);
}

}  // namespace

Exit run_scoring(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    if (!arguments.has("--key")) {
        output.error("--score needs --key: the key.json that was made with the kit");
        return Exit::kUsage;
    }
    const auto key = read_key(output, arguments.text("--key"));
    if (!key) {
        return key.error();
    }
    std::vector<Reader> readers;
    for (const std::string& path : arguments.texts("--score")) {
        const auto text = read_small_file(path, pipeline::kReaderFileBytesMax);
        const auto sheet = text ? pipeline::read_sheet(*text, *key)
                                : Result<pipeline::Sheet>{fail(Fault::kRefuse, "it cannot be read")};
        if (!sheet) {
            output.error(text ? path + ": " + sheet.error().message() : text.error());
            return Exit::kUsage;
        }
        readers.push_back({path, *sheet, pipeline::score_sheet(*sheet, *key)});
    }
    if (!output.json()) {
        output.line(
            "Right: the filled picture was taken for it; 50 % is chance. Means of grades (how many).\n"
        );
    }
    for (const Reader& reader : readers) {
        if (output.json()) {
            output.json_line({
                {"sheet", reader.path},
                {"pairs", key->size()},
                {"all", group_json(reader.score.all)},
                {"kinds", groups_json(reader.score.by_kind)},
                {"occlusions", groups_json(reader.score.by_occlusion)},
            });
        } else {
            print_reader(output, reader);
        }
    }
    report_agreement(output, readers);
    return Exit::kOk;
}

}  // namespace efface::node
