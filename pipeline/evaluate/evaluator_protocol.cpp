#include "pipeline/evaluate/evaluator_protocol.h"

#include "config/json.h"
#include "pipeline/unit/json_fields.h"

#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

Json number_json(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

/// A number, or null for what is none.
void read_number(JsonFields& fields, const char* key, double& out) {
    const Json* value = fields.get(key);
    if (value != nullptr && (value->is_number() || value->is_null())) {
        out = value->is_null() ? std::numeric_limits<double>::quiet_NaN() : value->get<double>();
    } else {
        fields.note();
    }
}

template <std::size_t N>
Json numbers_json(const std::array<double, N>& numbers) {
    Json list = Json::array();
    for (const double one : numbers) {
        list.push_back(number_json(one));
    }
    return list;
}

template <std::size_t N>
bool take_numbers(const Json& list, std::array<double, N>& out) {
    if (!list.is_array() || list.size() != N) {
        return false;
    }
    for (std::size_t i = 0; i < N; ++i) {
        if (!list[i].is_number() && !list[i].is_null()) {
            return false;
        }
        out[i] = list[i].is_null() ? std::numeric_limits<double>::quiet_NaN() : list[i].get<double>();
    }
    return true;
}

}  // namespace

Json quality_json(const Quality& quality) {
    Json json = Json::object();
    for (std::size_t i = 0; i < kMetrics; ++i) {
        json[std::string{metric_row(static_cast<Metric>(i)).key}] = number_json(quality[i]);
    }
    return json;
}

Json to_json(const EvaluatorConfiguration& configuration) {
    return {
        {"generator", configuration.generator.path},
        {"generator_sha256", configuration.generator.sha256},
        {"features", configuration.features.path},
        {"features_sha256", configuration.features.sha256},
        {"address_space_bytes_max", configuration.limits.address_space_bytes_max},
        {"cpu_seconds_per_unit_max", configuration.limits.cpu_seconds_per_unit_max},
        {"output_bytes_max", configuration.limits.output_bytes_max},
        {"seed", configuration.seed},
        {"marked", configuration.marked},
        {"grid_rows", configuration.grid_rows},
    };
}

Result<EvaluatorConfiguration> evaluator_configuration_from_json(const Json& json) {
    EvaluatorConfiguration out;
    JsonFields fields{json};
    fields.read("generator", out.generator.path);
    fields.read("generator_sha256", out.generator.sha256);
    fields.read("features", out.features.path);
    fields.read("features_sha256", out.features.sha256);
    fields.read("address_space_bytes_max", out.limits.address_space_bytes_max);
    fields.read("cpu_seconds_per_unit_max", out.limits.cpu_seconds_per_unit_max);
    fields.read("output_bytes_max", out.limits.output_bytes_max);
    fields.read("seed", out.seed);
    fields.read("marked", out.marked);
    fields.read("grid_rows", out.grid_rows);
    EFFACE_CHECK(fields.finish("evaluator: its configuration is malformed"));
    return out;
}

Json to_json(const CaseRequest& request) {
    return {
        {"name", request.name}, {"kind", request.kind},         {"occlusion", request.occlusion},
        {"bits", request.bits}, {"pictures", request.pictures},
    };
}

Result<CaseRequest> case_request_from_json(const Json& json) {
    CaseRequest out;
    JsonFields fields{json};
    fields.read("name", out.name);
    fields.read("kind", out.kind);
    fields.read("occlusion", out.occlusion);
    fields.read("bits", out.bits);
    fields.read("pictures", out.pictures);
    EFFACE_CHECK(fields.finish("evaluator: a request is malformed"));
    return out;
}

Json to_json(const CaseResult& result) {
    Json qualities = Json::array();
    for (const Quality& one : result.qualities) {
        qualities.push_back(numbers_json(one));
    }
    return {
        {"filled", result.filled},
        {"reason", result.reason},
        {"holes", result.holes},
        {"marked", result.marked},
        {"confidence", number_json(result.confidence)},
        {"wall_seconds", result.wall_seconds},
        {"cpu_seconds", result.cpu_seconds},
        {"qualities", std::move(qualities)},
        {"fill_png_bytes", result.fill_png_bytes},
        {"truth_png_bytes", result.truth_png_bytes},
    };
}

Result<CaseResult> case_result_from_json(const Json& json) {
    CaseResult out;
    JsonFields fields{json};
    fields.read("filled", out.filled);
    fields.read("reason", out.reason);
    fields.read("holes", out.holes);
    fields.read("marked", out.marked);
    read_number(fields, "confidence", out.confidence);
    read_number(fields, "wall_seconds", out.wall_seconds);
    read_number(fields, "cpu_seconds", out.cpu_seconds);
    const Json* qualities = fields.get("qualities");
    bool whole = qualities != nullptr && qualities->is_array() && qualities->size() == kFillers;
    for (std::size_t i = 0; whole && i < kFillers; ++i) {
        whole = take_numbers((*qualities)[i], out.qualities[i]);
    }
    if (!whole) {
        fields.note();
    }
    fields.read("fill_png_bytes", out.fill_png_bytes);
    fields.read("truth_png_bytes", out.truth_png_bytes);
    EFFACE_CHECK(fields.finish("an evaluator's answer is malformed"));
    return out;
}

Json to_json(const EvaluationSummary& summary) {
    return {
        {"peak_memory_bytes", summary.peak_memory_bytes},
        {"feature_count", summary.feature_count},
        {"frechet", numbers_json(summary.frechet)},
        {"grid_bytes", summary.grid_bytes},
    };
}

Result<EvaluationSummary> evaluation_summary_from_json(const Json& json) {
    EvaluationSummary out;
    JsonFields fields{json};
    fields.read("peak_memory_bytes", out.peak_memory_bytes);
    fields.read("feature_count", out.feature_count);
    const Json* frechet = fields.get("frechet");
    if (frechet == nullptr || !take_numbers(*frechet, out.frechet)) {
        fields.note();
    }
    fields.read("grid_bytes", out.grid_bytes);
    EFFACE_CHECK(fields.finish("an evaluator's summary is malformed"));
    return out;
}

}  // namespace efface::pipeline
