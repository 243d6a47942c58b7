// A worker that does what the work order's `forced_rule` tells it: "die", "hang", "nonsense",
// "gate-die", "gate-refuse", "quarantine", "transcode-die", "transcode-gate-refuse" and "transcode-other-uid"
// (only for a second output), "clutch" and "clutch-mapped" (it keeps the output open for writing),
// "quarantine-at-length" (in 100 000 bytes), "hold-series" and "hold-study" (rules that it applies),
// "claim-rule", "claim-uid" and "claim-way" (its report says what is not so), "wait-FILE" (it works until
// FILE is there), "picture" (only one that was configured with models cleans and passes it; a mask goes with
// it), "mask..." (it has a mask, and its rule is "masks"; but "mask-unasked" is of rule "ct"; of the
// Segmentation "mask-die", "mask-gate-die", "mask-cannot", "mask-refuse", "mask-nameless", "mask-clutch" and
// "mask-wait-FILE", where FILE.at says that it has come to it), "no-mask" (rule "masks", and none), or
// (anything else) clean and pass. Stands in for efface-worker where only the pool is tested. It cannot be
// started with more descriptors than it needs.
#include "config/json.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace efface;            // NOLINT: a test program
using namespace efface::pipeline;  // NOLINT

namespace {

constexpr int kSocket = 3;
bool has_models = false;
constexpr off_t kPidAt = 16;  // In the output: who cleaned it.

void reply(MessageKind kind, const Json& json) {
    static_cast<void>(send_message(kSocket, kind, dump_json(json)));
}

bool inherited_too_much() {
    constexpr int kLooked = 1024;
    for (int fd = kSocket + 1; fd < kLooked; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) {
            return true;
        }
    }
    return false;
}

/// A worker that was taken over: it writes what the gate shall see, and keeps a way to change it.
void clutch(const std::string& how, int output) {
    static_cast<void>(::pwrite(output, "clean", 5, 0));
    if (how == "clutch") {
        static_cast<void>(::dup(output));
    }
    if (how == "clutch-mapped") {
        static_cast<void>(::mmap(nullptr, 5, PROT_READ | PROT_WRITE, MAP_SHARED, output, 0));
    }
}

void misbehave(const std::string& how) {
    if (how == "die") {
        std::abort();
    }
    if (how == "hang") {
        ::poll(nullptr, 0, -1);
    }
    if (how == "nonsense") {
        static_cast<void>(::write(kSocket, "?", 1));
    }
}

void wait_for_file(const std::string& behaviour, std::string_view wait = "wait-") {
    constexpr int kMillisecondsBetweenLooks = 2;
    while (behaviour.starts_with(wait) && ::access(behaviour.substr(wait.size()).c_str(), F_OK) != 0) {
        ::poll(nullptr, 0, kMillisecondsBetweenLooks);
    }
}

/// The new SOP Instance UID that stands in the file, so to speak: the cleaner and the gate agree on it.
std::string uid_for(const WorkOrder& order) {
    const bool other = order.forced_rule == "transcode-other-uid" && !order.transcode_to.empty();
    return other ? "2.25.666" : "2.25." + std::to_string(order.job_id);
}

void write_pid(int output) {
    const pid_t pid = ::getpid();
    static_cast<void>(::pwrite(output, &pid, sizeof pid, kPidAt));
}

bool is_own_work(int written) {
    pid_t pid = 0;
    return ::pread(written, &pid, sizeof pid, kPidAt) != sizeof pid || pid == ::getpid();
}

/// The memory of a process that was killed may be in the kernel's hands for a moment after its parent has
/// buried it, and with it a mapping, through which nobody writes any more.
bool nobody_writes(int file) {
    constexpr int kLooks = 2'500;
    constexpr int kMillisecondsBetweenLooks = 2;
    for (int look = 0; look < kLooks; ++look) {
        if (::fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
            return true;
        }
        ::poll(nullptr, 0, kMillisecondsBetweenLooks);
    }
    return false;
}

void lie(const std::string& how, CleanReport& report) {
    if (how == "claim-rule") {
        report.rule = "Mustermann^Erika";
    }
    if (how == "claim-uid") {
        report.new_sop_instance_uid = "2.25.666";
    }
    if (how == "claim-way") {
        report.rule = "hold-study";
        report.destinations = {"elsewhere"};
        report.hold = "none";
        report.new_patient_id = "Mustermann^Erika";
        report.pixel_policy = "Mustermann^Erika";
        report.fill.model_name = "Mustermann^Erika";
        report.fill.filled = 3;
        report.output_transfer_syntax_uid = "1.2.3";
        report.study_uid = Phi<std::string>{"1.2.666"};
    }
}

void clean(Message& request) {
    const auto order = work_order_from_json(*parse_json(request.payload));
    misbehave(order->forced_rule);
    wait_for_file(order->forced_rule);
    if (order->forced_rule == "transcode-die" && !order->transcode_to.empty()) {
        misbehave("die");
    }
    clutch(order->forced_rule, request.descriptors[1].get());
    write_pid(request.descriptors[1].get());
    CleanReport report;
    report.outcome = order->forced_rule == "quarantine" ? CleanReport::Outcome::kQuarantined
                                                        : CleanReport::Outcome::kCleaned;
    report.reason = order->forced_rule == "quarantine" ? "told to" : "";
    if (order->forced_rule == "quarantine-at-length") {
        report.outcome = CleanReport::Outcome::kQuarantined;
        report.reason = std::string(100'000, 'x') + "\n";
    }
    report.rule = order->forced_rule.starts_with("hold-") ? order->forced_rule : "ct";
    if (order->forced_rule.starts_with("mask") || order->forced_rule == "no-mask") {
        report.rule = order->forced_rule == "mask-unasked" ? "ct" : "masks";
    }
    if (order->forced_rule.starts_with("mask")) {
        report.mask.boxes = {{8, 16, 24, 32}};
    }
    report.hold = "none";
    report.destinations = {"archive"};
    report.new_sop_instance_uid = uid_for(*order);
    report.new_study_uid = "2.25.1000";
    report.new_series_uid = "2.25.2000";
    report.output_transfer_syntax_uid =
        order->transcode_to.empty() ? order->transfer_syntax_uid : order->transcode_to;
    if (order->forced_rule == "picture") {
        report.outcome = has_models ? CleanReport::Outcome::kCleaned : CleanReport::Outcome::kNeedsDetectors;
        report.mask.boxes = {{8, 16, 24, 32}};
    }
    lie(order->forced_rule, report);
    request.descriptors.clear();
    reply(MessageKind::kCleaned, to_json(report));
}

void gate(const Message& request) {
    const auto asked = gate_request_from_json(*parse_json(request.payload));
    if (asked->order.forced_rule == "gate-die") {
        std::abort();
    }
    GateReport report;
    // The pool's promise, checked where it can be seen: cleaner and judge are not one process.
    const int written = request.descriptors[1].get();
    report.passed = !is_own_work(written) && (::fcntl(written, F_GETFL) & O_ACCMODE) == O_RDONLY &&
                    nobody_writes(written);
    report.new_sop_instance_uid = uid_for(asked->order);
    report.new_study_uid = "2.25.1000";
    report.new_series_uid = "2.25.2000";
    report.new_patient_id = "EFF-1";
    if (asked->order.forced_rule == "picture" && (!has_models || asked->mask.empty())) {
        report.passed = false;
        report.reason = "gate: this process is the wrong one";
    }
    const bool second_refused =
        asked->order.forced_rule == "transcode-gate-refuse" && !asked->order.transcode_to.empty();
    if (asked->order.forced_rule == "gate-refuse" || second_refused) {
        report.passed = false;
        report.reason = "gate: told to";
    }
    reply(MessageKind::kJudged, to_json(report));
}

void segment(Message& request) {
    const auto asked = segment_request_from_json(*parse_json(request.payload));
    const std::string how = asked->order.forced_rule;
    if (how == "mask-die") {
        std::abort();
    }
    if (how == "mask-cannot") {
        reply(MessageKind::kFailed, to_json(WorkerFailure{Fault::kQuarantine, "told not to"}));
        return;
    }
    constexpr std::string_view kWait = "mask-wait-";
    if (how.starts_with(kWait)) {
        const int at =
            ::open((how.substr(kWait.size()) + ".at").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        ::close(at);
        wait_for_file(how, kWait);
    }
    clutch(how == "mask-clutch" ? "clutch" : how, request.descriptors[1].get());
    write_pid(request.descriptors[1].get());
    request.descriptors.clear();
    reply(MessageKind::kSegmented, Json::object());
}

void gate_segment(const Message& request) {
    const auto asked = segment_request_from_json(*parse_json(request.payload));
    const std::string how = asked->order.forced_rule;
    if (how == "mask-gate-die") {
        std::abort();
    }
    const int written = request.descriptors[1].get();
    GateReport report;
    // The writer is neither its judge nor can it write any more; and the mask is the one that was judged.
    report.passed = how != "mask-refuse" && !is_own_work(written) && nobody_writes(written) &&
                    (::fcntl(written, F_GETFL) & O_ACCMODE) == O_RDONLY && !asked->mask.empty();
    report.reason = how == "mask-refuse" ? "told to" : "";
    report.new_sop_instance_uid =
        how == "mask-nameless" ? "" : "2.25.9" + std::to_string(asked->order.job_id);
    report.output_digest = sha256(report.new_sop_instance_uid);
    report.output_bytes = 20;
    reply(MessageKind::kJudged, to_json(report));
}

}  // namespace

int main() {
    if (inherited_too_much()) {
        return 1;
    }
    for (;;) {
        auto received = receive_message(kSocket);
        if (!received || received->state != Received::State::kMessage) {
            return 0;
        }
        switch (received->message.kind) {
            case MessageKind::kConfigure:
                has_models = received->message.payload.find("models_directory") != std::string::npos;
                reply(
                    MessageKind::kReady,
                    to_json(WorkerReady{
                        .software_version = "fake", .model_digest = has_models ? "models" : "none"})
                );
                break;
            case MessageKind::kClean:
                clean(received->message);
                break;
            case MessageKind::kGate:
                gate(received->message);
                break;
            case MessageKind::kSegment:
                segment(received->message);
                break;
            case MessageKind::kGateSegment:
                gate_segment(received->message);
                break;
            default:
                return 1;
        }
    }
}
