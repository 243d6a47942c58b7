#include "node/cli/evaluation_report.h"

#include "config/json.h"
#include "pipeline/evaluate/frechet.h"
#include "pipeline/evaluate/rates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

namespace efface::node {

namespace {

using pipeline::Metric;
using pipeline::Rate;

constexpr std::string_view kFrechetName = "Frechet distance on our discriminator's features";

struct Table {
    std::string_view title;
    std::vector<Metric> metrics;
};

const std::array<Table, 3>& tables() {
    static const std::array<Table, 3> kTables{
        Table{
            "In the mask",
            {Metric::kPsnrMask, Metric::kSsimMask, Metric::kRmseMask, Metric::kGreyDifference,
             Metric::kHighFrequency, Metric::kSpectrum}},
        Table{
            "In the mask and 8 pixels around it", {Metric::kPsnrNear, Metric::kSsimNear, Metric::kRmseNear}},
        Table{"In the whole picture", {Metric::kPsnrWhole, Metric::kSsimWhole, Metric::kRmseWhole}}};
    return kTables;
}

using Group = std::vector<const EvaluatedCase*>;

/// "all" first, then each kind; of one kind "all" alone would say the same twice, and is left out.
std::vector<std::pair<std::string, Group>> groups_of(const EvaluationOutcome& outcome) {
    std::map<std::string, Group> kinds;
    Group all;
    for (const EvaluatedCase& one : outcome.cases) {
        kinds[one.facts.kind].push_back(&one);
        all.push_back(&one);
    }
    std::vector<std::pair<std::string, Group>> groups;
    if (kinds.size() > 1) {
        groups.emplace_back("all", std::move(all));
    }
    groups.insert(groups.end(), kinds.begin(), kinds.end());
    return groups;
}

Rate rate_in(const Group& group, std::size_t filler, Metric metric) {
    std::vector<double> values;
    for (const EvaluatedCase* one : group) {
        if (one->result.filled) {
            values.push_back(one->result.qualities.at(filler).at(static_cast<std::size_t>(metric)));
        }
    }
    return pipeline::rate_of(values, pipeline::metric_row(metric).worst);
}

Rate seconds_in(const Group& group, double pipeline::CaseResult::*seconds) {
    std::vector<double> values;
    for (const EvaluatedCase* one : group) {
        if (one->result.filled) {
            values.push_back(one->result.*seconds);
        }
    }
    return pipeline::rate_of(values, pipeline::Worst::kLargest);
}

std::string fixed(double value, int decimals) {
    std::array<char, 32> text{};
    // What rounds to nothing has no sign.
    const double shown = std::abs(value) < 0.5 * std::pow(10.0, -decimals) ? 0 : value;
    std::snprintf(text.data(), text.size(), "%.*f", decimals, shown);
    return text.data();
}

/// "15.1 (14.2 to 16.0; worst 11.3)".
std::string cell(const Rate& rate, int decimals) {
    if (rate.count == 0) {
        return "-";
    }
    const std::string interval =
        rate.count > 1 ? fixed(rate.low, decimals) + " to " + fixed(rate.high, decimals) + "; " : "";
    return fixed(rate.mean, decimals) + " (" + interval + "worst " + fixed(rate.worst, decimals) + ")";
}

std::string table_text(const Group& group, const Table& table) {
    std::string text = std::string{table.title} + ":\n\n| filled by | n |";
    std::string rule = "|---|---|";
    for (const Metric metric : table.metrics) {
        text += " " + std::string{pipeline::metric_row(metric).title} + " |";
        rule += "---|";
    }
    text += "\n" + rule + "\n";
    for (std::size_t filler = 0; filler < pipeline::kFillers; ++filler) {
        const Rate counted = rate_in(group, filler, table.metrics.at(1));
        text += "| " + std::string{pipeline::kFillerTitles.at(filler)} + " | " +
                std::to_string(counted.count) + " |";
        for (const Metric metric : table.metrics) {
            text += " " + cell(rate_in(group, filler, metric), pipeline::metric_row(metric).decimals) + " |";
        }
        text += "\n";
    }
    return text + "\n";
}

std::map<std::string, std::size_t> reasons_in(const Group& group) {
    std::map<std::string, std::size_t> reasons;
    for (const EvaluatedCase* one : group) {
        if (!one->result.filled) {
            ++reasons[one->result.reason];
        }
    }
    return reasons;
}

std::size_t filled_in(const Group& group) {
    return static_cast<std::size_t>(std::ranges::count_if(group, [](const EvaluatedCase* one) {
        return one->result.filled;
    }));
}

std::string group_text(const std::string& name, const Group& group) {
    const std::size_t filled = filled_in(group);
    std::string text = "## " + name + ": " + std::to_string(group.size()) + " cases, " +
                       std::to_string(filled) + " filled, " + std::to_string(group.size() - filled) +
                       " refused\n\n";
    for (const auto& [reason, count] : reasons_in(group)) {
        text += "- refused, " + reason + ": " + std::to_string(count) + "\n";
    }
    text += reasons_in(group).empty() ? "" : "\n";
    if (filled == 0) {
        return text;
    }
    for (const Table& table : tables()) {
        text += table_text(group, table);
    }
    return text + "Seconds of a fill: wall " +
           cell(seconds_in(group, &pipeline::CaseResult::wall_seconds), 3) + ", processor " +
           cell(seconds_in(group, &pipeline::CaseResult::cpu_seconds), 3) + "\n\n";
}

std::string frechet_text(const pipeline::EvaluationSummary& summary) {
    const std::string name{kFrechetName};
    if (summary.feature_count == 0) {
        return name + ": not measured; --features names the network\n";
    }
    const std::string count = "n = " + std::to_string(summary.feature_count);
    if (summary.feature_count < pipeline::kFrechetCountMin) {
        return name + ": not stated, " + count + " is below " + std::to_string(pipeline::kFrechetCountMin) +
               "\n";
    }
    std::string text = "| filled by | " + name + ", " + count + " |\n|---|---|\n";
    for (std::size_t i = 0; i < pipeline::kFillers; ++i) {
        if (std::isfinite(summary.frechet.at(i))) {
            text += "| " + std::string{pipeline::kFillerTitles.at(i)} + " | " +
                    fixed(summary.frechet.at(i), 3) + " |\n";
        }
    }
    return text;
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

void add_rate(Json& json, const std::string& key, const Rate& rate) {
    json[key + ".n"] = rate.count;
    json[key + ".mean"] = number(rate.mean);
    json[key + ".worst"] = number(rate.worst);
    json[key + ".low"] = number(rate.low);
    json[key + ".high"] = number(rate.high);
}

}  // namespace

std::string evaluation_markdown(const EvaluationOutcome& outcome) {
    std::string text =
        "Means over the cases that are filled (95 % interval of the mean; worst case). Nearness to the truth "
        "says\nthat a fill is plausible, not that it is right.\n\n";
    for (const auto& [name, group] : groups_of(outcome)) {
        text += group_text(name, group);
    }
    constexpr double kMegabyte = 1024.0 * 1024.0;
    return text + frechet_text(outcome.summary) + "\nPeak memory of the evaluator: " +
           fixed(static_cast<double>(outcome.summary.peak_memory_bytes) / kMegabyte, 0) + " MiB\n";
}

Json evaluation_json(const EvaluationOutcome& outcome) {
    Group everything;
    for (const EvaluatedCase& one : outcome.cases) {
        everything.push_back(&one);
    }
    const std::size_t filled = filled_in(everything);
    Json json{{"cases", everything.size()}, {"filled", filled}, {"refused", everything.size() - filled}};
    for (const auto& [name, group] : groups_of(outcome)) {
        json[name + ".cases"] = group.size();
        json[name + ".filled"] = filled_in(group);
        for (const auto& [reason, count] : reasons_in(group)) {
            json[name + ".refused." + reason] = count;
        }
        for (std::size_t filler = 0; filler < pipeline::kFillers; ++filler) {
            for (std::size_t i = 0; i < pipeline::kMetrics; ++i) {
                const auto metric = static_cast<Metric>(i);
                add_rate(
                    json,
                    name + "." + std::string{pipeline::kFillerKeys.at(filler)} + "." +
                        std::string{pipeline::metric_row(metric).key},
                    rate_in(group, filler, metric)
                );
            }
        }
        add_rate(json, name + ".wall_seconds", seconds_in(group, &pipeline::CaseResult::wall_seconds));
        add_rate(json, name + ".cpu_seconds", seconds_in(group, &pipeline::CaseResult::cpu_seconds));
    }
    json["frechet_features.n"] = outcome.summary.feature_count;
    for (std::size_t i = 0; i < pipeline::kFillers; ++i) {
        if (static_cast<pipeline::Filler>(i) != pipeline::Filler::kTruth) {
            json["frechet_features." + std::string{pipeline::kFillerKeys.at(i)}] =
                number(outcome.summary.frechet.at(i));
        }
    }
    json["peak_memory_bytes"] = outcome.summary.peak_memory_bytes;
    return json;
}

}  // namespace efface::node
