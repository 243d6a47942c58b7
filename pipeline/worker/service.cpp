#include "pipeline/worker/service.h"

#include "config/json.h"
#include "pipeline/dicom/dcmtk_process.h"
#include "pipeline/gate/gate.h"
#include "pipeline/gate/segmentation_judge.h"
#include "pipeline/pixel/fill_statement.h"
#include "pipeline/scan/part10.h"
#include "pipeline/unit/clean_unit.h"
#include "pipeline/unit/explanation.h"
#include "pipeline/unit/output_file.h"
#include "pipeline/unit/preview.h"
#include "pipeline/unit/segmentation.h"
#include "pipeline/unit/unit_checks.h"
#include "pipeline/worker/sandbox.h"

namespace efface::pipeline {
namespace {

Result<rules::ProjectKey> key_of(const WorkerProject& project) {
    const auto digest = digest_from_hex(project.key_hex.reveal());
    if (!digest) {
        return fail(Fault::kHalt, "worker: a project key is not 64 hexadecimal digits");
    }
    return rules::ProjectKey::from_bytes(*digest);
}

Result<std::span<const std::byte>> load(
    FileBytes& file, const Message& request, std::size_t index, std::size_t expected_count
) {
    if (request.descriptors.size() != expected_count) {
        return fail(Fault::kHalt, "worker: a request brought the wrong number of descriptors");
    }
    return file.load(request.descriptors[index].get());
}

GateReport refuse(const Error& error, std::span<const std::byte> written) {
    return GateReport{
        .passed = false,
        .reason = error.message(),
        .output_digest = sha256(written),
        .output_bytes = written.size()};
}

struct Governing {
    const rules::Rule& rule;
    DeclaredRegions declared;
};

/// The rule that governs the original, found anew: the cleaner's word is compared, not believed. With it the
/// regions that rule, device and ultrasound regions name.
Result<Governing> govern(
    std::span<const std::byte> original, const GateRequest& request, const rules::RuleSet& rules
) {
    EFFACE_TRY(const Part10 part10, parse_part10(original));
    EFFACE_TRY(const rules::TransferSyntax* syntax, scannable_syntax(part10));
    const ScannedDataSet data_set{original.subspan(part10.data_set_offset), syntax};
    EFFACE_TRY(const rules::Rule* rule, choose_rule(data_set, request.order, rules));
    if (rule->name != request.rule) {
        return fail(Fault::kQuarantine, "the cleaner applied another rule than the one that governs");
    }
    Governing governing{*rule, {}};
    governing.declared = declared_regions(data_set, instance_facts(data_set, request.order), rules, *rule);
    return governing;
}

/// Four fifths of a unit's processor time: the rest is for everything else.
std::int64_t search_cpu_micros_max(const WorkerLimits& limits) {
    return static_cast<std::int64_t>(limits.cpu_seconds_per_unit_max) * 800'000;
}

}  // namespace

Status WorkerService::run() {
    for (;;) {
        EFFACE_TRY(Received received, receive_message(socket_));
        if (received.state == Received::State::kClosed) {
            return {};
        }
        if (received.state == Received::State::kNothingYet) {
            return fail(Fault::kHalt, "worker: its socket does not block");
        }
        Result<Reply> reply = answer(received.message);
        if (!reply) {
            reply = Reply{
                MessageKind::kFailed, to_json(WorkerFailure{reply.error().fault, reply.error().message()})};
        }
        // Before the answer: the daemon looks whether anybody can still write the output.
        original_.unload();
        written_.unload();
        received.message.descriptors.clear();
        EFFACE_CHECK(send_message(socket_, reply->kind, dump_json(reply->payload)));
        if (!confined_ && reply->kind == MessageKind::kReady) {
            EFFACE_CHECK(confine_(limits_));
            confined_ = true;
        }
    }
}

Result<WorkerService::Reply> WorkerService::answer(const Message& request) {
    const auto json = parse_json(request.payload);
    if (!json) {
        return fail(Fault::kHalt, "worker: a request is not JSON");
    }
    if (request.kind == MessageKind::kConfigure) {
        return configure(*json);
    }
    if (!confined_) {
        return fail(Fault::kHalt, "worker: asked to work before it was configured");
    }
    EFFACE_CHECK(allow_cpu_seconds(limits_.cpu_seconds_per_unit_max));
    switch (request.kind) {
        case MessageKind::kClean:
            return clean(*json, request);
        case MessageKind::kGate:
            return gate(*json, request);
        case MessageKind::kExplain:
            return explain(*json, request);
        case MessageKind::kPreview:
            return preview(*json, request);
        case MessageKind::kSegment:
            return segment(*json, request);
        case MessageKind::kGateSegment:
            return gate_segment(*json, request);
        default:
            return fail(Fault::kHalt, "worker: a request of no known kind");
    }
}

Result<WorkerService::Reply> WorkerService::configure(const Json& json) {
    EFFACE_TRY(const WorkerConfiguration configuration, worker_configuration_from_json(json));
    std::vector<Project> projects;
    for (const WorkerProject& project : configuration.projects) {
        EFFACE_TRY(rules::ProjectKey key, key_of(project));
        auto rules = rules::RuleSet::parse(project.rules_text, project.rules_file_name);
        if (!rules) {
            return fail(Fault::kHalt, "worker: a rule file has an error: see `efface rules check`");
        }
        projects.push_back(Project{project.name, key, std::move(*rules)});
    }
    EFFACE_TRY(
        finders_,
        load_finders(
            configuration.models_directory, configuration.site_models, configuration.limits.search_threads
        )
    );
    start_dcmtk();
    projects_ = std::move(projects);
    software_version_ = configuration.software_version;
    limits_ = configuration.limits;
    return Reply{
        MessageKind::kReady,
        to_json(WorkerReady{
            software_version_, std::string{rules::table_edition()}, std::string{rules::table_digest()},
            finders_.model_digest,
            finders_.generator ? model_description(finders_.generator->facts()) : std::string{}})};
}

// A work order is done only by the software and under the rule file that it names (promise P6).
Result<const WorkerService::Project*> WorkerService::find_project(const WorkOrder& order) const {
    if (order.software_version != software_version_) {
        return fail(Fault::kRefuse, "work order names another software version: make a new order");
    }
    for (const Project& project : projects_) {
        if (project.name == order.project && project.rules.digest() == order.rule_digest) {
            return &project;
        }
    }
    return fail(Fault::kRefuse, "work order names a project or rule file that this worker was not given");
}

Result<WorkerService::Reply> WorkerService::clean(const Json& json, const Message& request) {
    EFFACE_TRY(const WorkOrder order, work_order_from_json(json));
    EFFACE_TRY(const Project* project, find_project(order));
    EFFACE_TRY(const std::span<const std::byte> original, load(original_, request, 0, 2));
    EFFACE_TRY(
        const CleanReport report, clean_unit(
                                      original, request.descriptors[1].get(),
                                      {.order = order,
                                       .rules = project->rules,
                                       .key = project->key,
                                       .output_bytes_max = limits_.output_bytes_max,
                                       .finders = finders_.view(),
                                       .search_cpu_micros_max = search_cpu_micros_max(limits_),
                                       .generator = finders_.generator.get()}
                                  )
    );
    return Reply{MessageKind::kCleaned, to_json(report)};
}

Result<WorkerService::Reply> WorkerService::gate(const Json& json, const Message& request) {
    EFFACE_TRY(const GateRequest asked, gate_request_from_json(json));
    EFFACE_TRY(const Project* project, find_project(asked.order));
    EFFACE_TRY(const std::span<const std::byte> original, load(original_, request, 0, 2));
    EFFACE_TRY(const std::span<const std::byte> written, load(written_, request, 1, 2));
    const auto governing = govern(original, asked, project->rules);
    if (!governing) {
        return Reply{MessageKind::kJudged, to_json(refuse(governing.error(), written))};
    }
    const GateReport report = judge(
        original, written,
        {.order = asked.order,
         .rule = governing->rule,
         .key = project->key,
         .mask = asked.mask,
         .finders = finders_.view(),
         .declared = governing->declared.boxes,
         .has_declared_regions = governing->declared.any_source(),
         .outside_regions_is_black = governing->declared.by_ultrasound,
         .holes = asked.holes,
         .generator = finders_.generator.get()}
    );
    return Reply{MessageKind::kJudged, to_json(report)};
}

Result<WorkerService::Reply> WorkerService::preview(const Json& json, const Message& request) {
    EFFACE_TRY(const PreviewRequest asked, preview_request_from_json(json));
    EFFACE_TRY(const std::span<const std::byte> instance, load(original_, request, 0, 2));
    EFFACE_TRY(const std::string picture, preview_png(instance, asked));
    OutputFile output{request.descriptors[1].get(), limits_.output_bytes_max};
    EFFACE_CHECK(output.append(picture));
    return Reply{MessageKind::kPreviewed, Json::object()};
}

Result<WorkerService::Reply> WorkerService::segment(const Json& json, const Message& request) {
    EFFACE_TRY(const SegmentRequest asked, segment_request_from_json(json));
    EFFACE_TRY(const Project* project, find_project(asked.order));
    EFFACE_TRY(const std::span<const std::byte> cleaned, load(original_, request, 0, 2));
    OutputFile output{request.descriptors[1].get(), limits_.output_bytes_max};
    EFFACE_CHECK(write_segmentation(cleaned, asked, project->key, output));
    return Reply{MessageKind::kSegmented, Json::object()};
}

Result<WorkerService::Reply> WorkerService::gate_segment(const Json& json, const Message& request) {
    EFFACE_TRY(const SegmentRequest asked, segment_request_from_json(json));
    EFFACE_TRY(const Project* project, find_project(asked.order));
    EFFACE_TRY(const std::span<const std::byte> cleaned, load(original_, request, 0, 2));
    EFFACE_TRY(const std::span<const std::byte> written, load(written_, request, 1, 2));
    return Reply{MessageKind::kJudged, to_json(judge_segmentation(cleaned, written, asked, project->key))};
}

Result<WorkerService::Reply> WorkerService::explain(const Json& json, const Message& request) {
    EFFACE_TRY(const WorkOrder order, work_order_from_json(json));
    EFFACE_TRY(const Project* project, find_project(order));
    EFFACE_TRY(const std::span<const std::byte> original, load(original_, request, 0, 1));
    return Reply{
        MessageKind::kExplained,
        explain_unit(original, {order, project->rules, project->key, limits_.output_bytes_max})};
}

}  // namespace efface::pipeline
