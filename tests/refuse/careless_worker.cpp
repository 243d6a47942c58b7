// A worker with every fault that would let identity out if the node trusted it. Which one, the calling
// AE title of the work order says: "COPIES" writes the original as it is and calls it clean, "LEAVES"
// writes a file that the gate refuses for another reason, "DIES" and "GATEDIES" abort, "NORULE" names a rule
// that is not in force, "NOUID" names no new UID, "OTHERUID" another one than stands in its file. The gate's
// half judges by comparing bytes, honestly, but lets the last three pass.
#include "config/json.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace efface;            // NOLINT: a test program
using namespace efface::pipeline;  // NOLINT

namespace {

constexpr int kSocket = 3;
constexpr std::size_t kBytesMax = 1 << 20;

std::string read_all(int fd) {
    std::string bytes(kBytesMax, '\0');
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

void reply(MessageKind kind, const Json& json) {
    static_cast<void>(send_message(kSocket, kind, dump_json(json)));
}

void clean(Message& request) {
    const auto order = work_order_from_json(*parse_json(request.payload));
    if (order->calling_ae == "DIES") {
        std::abort();
    }
    const std::string original = read_all(request.descriptors.at(0).get());
    static_cast<void>(::pwrite(request.descriptors.at(1).get(), original.data(), original.size(), 0));
    CleanReport report;
    report.outcome = CleanReport::Outcome::kCleaned;
    report.rule = order->calling_ae == "NORULE" ? "everything" : "identity-unmarked";
    report.hold = "none";
    report.destinations = {"archive"};
    if (order->calling_ae != "NOUID") {
        report.new_sop_instance_uid = order->calling_ae == "OTHERUID" ? "2.25.7" : "2.25.1";
    }
    report.new_study_uid = "2.25.2";
    report.new_series_uid = "2.25.3";
    report.output_bytes = original.size();
    report.output_transfer_syntax_uid = order->transfer_syntax_uid;
    request.descriptors.clear();
    reply(MessageKind::kCleaned, to_json(report));
}

void judge(const Message& request) {
    const auto asked = gate_request_from_json(*parse_json(request.payload));
    const std::string& behaviour = asked->order.calling_ae;
    if (behaviour == "GATEDIES") {
        std::abort();
    }
    const std::string written = read_all(request.descriptors.at(1).get());
    GateReport report;
    report.passed = behaviour == "NORULE" || behaviour == "NOUID" || behaviour == "OTHERUID";
    report.new_sop_instance_uid = behaviour == "NOUID" ? "" : "2.25.1";
    report.new_study_uid = "2.25.2";
    report.new_series_uid = "2.25.3";
    report.reason = report.passed ? "" : "gate: the original stands there as it was";
    report.output_digest = sha256(written);
    report.output_bytes = written.size();
    reply(MessageKind::kJudged, to_json(report));
}

}  // namespace

int main() {
    for (;;) {
        auto received = receive_message(kSocket);
        if (!received || received->state != Received::State::kMessage) {
            return 0;
        }
        switch (received->message.kind) {
            case MessageKind::kConfigure:
                reply(MessageKind::kReady, to_json(WorkerReady{.software_version = "careless"}));
                break;
            case MessageKind::kClean:
                clean(received->message);
                break;
            case MessageKind::kGate:
                judge(received->message);
                break;
            default:
                return 1;
        }
    }
}
