#include "node/workers/segmenter.h"

#include "config/json.h"
#include "node/workers/frozen_output.h"

namespace efface::node {

using pipeline::MessageKind;

Result<JudgedSegmentation> Segmenter::make(
    int cleaned, const pipeline::SegmentRequest& request, Descriptor output
) {
    reason_.clear();
    const std::string payload = dump_json(pipeline::to_json(request));
    EFFACE_TRY(
        [[maybe_unused]] const std::string written,
        ask(writer_, MessageKind::kSegment, payload, {cleaned, output.get()}, MessageKind::kSegmented)
    );
    // What is judged must be what is placed: a writer that can still write does not live to see it.
    EFFACE_TRY(const bool frozen, freeze(output));
    if (!frozen) {
        writer_.process.reset();
    }
    EFFACE_TRY(
        const std::string reply,
        ask(judge_, MessageKind::kGateSegment, payload, {cleaned, output.get()}, MessageKind::kJudged)
    );
    const auto json = parse_json(reply);
    if (!json) {
        return fail(Fault::kRetry, "the gate's report on a Segmentation is unreadable");
    }
    EFFACE_TRY(pipeline::GateReport report, pipeline::gate_report_from_json(*json));
    if (!report.passed) {
        constexpr Literal kHeld{"the gate holds the Segmentation of the mask"};
        reason_ = std::string{kHeld.view()} + (report.reason.empty() ? "" : ": " + report.reason);
        return fail(Fault::kQuarantine, kHeld);
    }
    return JudgedSegmentation{std::move(output), std::move(report)};
}

Result<std::string> Segmenter::ask(
    Worker& worker, MessageKind kind, const std::string& payload, std::initializer_list<int> files,
    MessageKind expected
) {
    if (!worker.process || !worker.process->alive() || worker.units >= units_max_) {
        worker.process.reset();
        EFFACE_TRY(WorkerProcess started, WorkerProcess::start(program_));
        worker.process.emplace(std::move(started));
        worker.units = 0;
    }
    ++worker.units;
    auto reply = worker.process->call(kind, payload, files, expected, deadline_);
    reason_ = worker.process->failure_reason();
    return reply;
}

}  // namespace efface::node
