#include "node/bulk/segmenter.h"

#include "config/json.h"
#include "node/workers/frozen_output.h"

namespace efface::node {

using pipeline::MessageKind;

Result<JudgedSegmentation> Segmenter::make(
    int cleaned, const pipeline::SegmentRequest& request, Descriptor output
) {
    const std::lock_guard lock{mutex_};
    const std::string payload = dump_json(pipeline::to_json(request));
    EFFACE_TRY(
        [[maybe_unused]] const std::string written,
        ask(writer_, MessageKind::kSegment, payload, {cleaned, output.get()}, MessageKind::kSegmented)
    );
    // What is judged must be what is placed: a writer that can still write does not live to see it.
    EFFACE_TRY(Descriptor reading, reopen_to_read(output));
    output = {};
    if (!nobody_writes(reading)) {
        writer_.reset();
    }
    EFFACE_TRY(
        const std::string reply,
        ask(judge_, MessageKind::kGateSegment, payload, {cleaned, reading.get()}, MessageKind::kJudged)
    );
    const auto json = parse_json(reply);
    if (!json) {
        return fail(Fault::kRetry, "the gate's report on a Segmentation is unreadable");
    }
    EFFACE_TRY(pipeline::GateReport report, pipeline::gate_report_from_json(*json));
    if (!report.passed) {
        return fail(Fault::kQuarantine, "the gate holds the Segmentation of the mask");
    }
    return JudgedSegmentation{std::move(reading), std::move(report)};
}

Result<std::string> Segmenter::ask(
    std::optional<WorkerProcess>& worker, MessageKind kind, const std::string& payload,
    std::initializer_list<int> files, MessageKind expected
) {
    if (!worker || !worker->alive()) {
        EFFACE_TRY(WorkerProcess started, WorkerProcess::start(program_));
        worker.emplace(std::move(started));
    }
    return worker->call(kind, payload, files, expected, deadline_);
}

}  // namespace efface::node
