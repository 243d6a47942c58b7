#include "pipeline/evaluate/evaluator_service.h"

#include "config/json.h"
#include "pipeline/inference/tensor_file.h"
#include "pipeline/inference/torchscript_features.h"
#include "pipeline/inference/torchscript_generator.h"
#include "pipeline/unit/output_file.h"
#include "pipeline/worker/sandbox.h"

#include <opencv2/core/utility.hpp>

namespace efface::pipeline {
namespace {

constexpr std::string_view kComputeClass = "cpu";

/// As a worker loads it.
Result<std::unique_ptr<Generator>> load_generator(const SiteModel& named) {
    const auto digest = digest_from_hex(named.sha256);
    if (!digest) {
        return fail(Fault::kHalt, "evaluator: a generator's digest is none");
    }
    EFFACE_TRY(const std::vector<std::byte> model, read_model(named.path, *digest));
    return TorchScriptGenerator::load(model, *digest, kComputeClass);
}

Result<std::unique_ptr<FeatureNetwork>> load_features(const SiteModel& named) {
    if (named.path.empty()) {
        return std::unique_ptr<FeatureNetwork>{};
    }
    const auto digest = digest_from_hex(named.sha256);
    if (!digest) {
        return fail(Fault::kHalt, "evaluator: the digest of a network of features is none");
    }
    EFFACE_TRY(const std::vector<std::byte> model, read_model(named.path, *digest));
    return TorchScriptFeatures::load(model, *digest);
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Status EvaluatorService::run() {
    for (;;) {
        EFFACE_TRY(Received received, receive_message(socket_));
        if (received.state == Received::State::kClosed) {
            return {};
        }
        if (received.state == Received::State::kNothingYet) {
            return fail(Fault::kHalt, "evaluator: its socket does not block");
        }
        Result<Reply> reply = answer(received.message);
        if (!reply) {
            reply = Reply{
                MessageKind::kFailed,
                dump_json(to_json(WorkerFailure{reply.error().fault, reply.error().message()}))};
        }
        truth_.unload();
        mask_.unload();
        received.message.descriptors.clear();
        EFFACE_CHECK(send_message(socket_, reply->kind, reply->payload));
        if (!confined_ && reply->kind == MessageKind::kReady) {
            EFFACE_CHECK(confine(limits_));
            confined_ = true;
        }
    }
}

Result<EvaluatorService::Reply> EvaluatorService::answer(const Message& request) {
    const auto json = parse_json(request.payload);
    if (!json) {
        return fail(Fault::kHalt, "evaluator: a request is not JSON");
    }
    if (request.kind == MessageKind::kConfigure && !confined_) {
        return configure(*json);
    }
    if (!confined_) {
        return fail(Fault::kHalt, "evaluator: asked to work before it was configured");
    }
    EFFACE_CHECK(allow_cpu_seconds(limits_.cpu_seconds_per_unit_max));
    switch (request.kind) {
        case MessageKind::kEvaluate:
            return evaluate(*json, request);
        case MessageKind::kSummarize:
            return summarize(request);
        default:
            return fail(Fault::kHalt, "evaluator: a request of no known kind");
    }
}

Result<EvaluatorService::Reply> EvaluatorService::configure(const Json& json) {
    EFFACE_TRY(const EvaluatorConfiguration configuration, evaluator_configuration_from_json(json));
    cv::setNumThreads(0);  // No thread is made once the process is confined.
    EFFACE_TRY(std::unique_ptr<Generator> generator, load_generator(configuration.generator));
    EFFACE_TRY(std::unique_ptr<FeatureNetwork> features, load_features(configuration.features));
    WorkerReady ready{.software_version = "evaluator", .model_digest = configuration.generator.sha256};
    EFFACE_TRY(
        Evaluator evaluator, Evaluator::make(std::move(generator), std::move(features), configuration)
    );
    evaluator_.emplace(std::move(evaluator));
    limits_ = configuration.limits;
    return Reply{MessageKind::kReady, dump_json(to_json(ready))};
}

Result<EvaluatorService::Reply> EvaluatorService::evaluate(const Json& json, const Message& request) {
    EFFACE_TRY(const CaseRequest asked, case_request_from_json(json));
    if (request.descriptors.size() != 3 && (request.descriptors.size() != 2 || asked.pictures)) {
        return fail(Fault::kHalt, "evaluator: a request brought the wrong number of descriptors");
    }
    EFFACE_TRY(const std::span<const std::byte> truth, truth_.load(request.descriptors[0].get()));
    EFFACE_TRY(const std::span<const std::byte> mask, mask_.load(request.descriptors[1].get()));
    EFFACE_TRY(const JudgedCase judged, evaluator_->judge(asked, text_of(truth), text_of(mask)));
    if (asked.pictures && judged.result.filled) {
        OutputFile output{request.descriptors[2].get(), limits_.output_bytes_max};
        EFFACE_CHECK(output.append(judged.pngs.fill));
        EFFACE_CHECK(output.append(judged.pngs.truth));
    }
    return Reply{MessageKind::kEvaluated, dump_json(to_json(judged.result))};
}

Result<EvaluatorService::Reply> EvaluatorService::summarize(const Message& request) {
    EFFACE_TRY(const auto summary, evaluator_->summarize());
    if (!summary.second.empty()) {
        if (request.descriptors.size() != 1) {
            return fail(Fault::kHalt, "evaluator: a request brought the wrong number of descriptors");
        }
        OutputFile output{request.descriptors[0].get(), limits_.output_bytes_max};
        EFFACE_CHECK(output.append(summary.second));
    }
    return Reply{MessageKind::kSummarized, dump_json(to_json(summary.first))};
}

}  // namespace efface::pipeline
