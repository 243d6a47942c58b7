// A worker that does what the original's Image Comments tell it: "die", "die-once", "gate-refuse",
// "refuse", "change-later", "mask" with "segment-die" or "segment-refuse", or (anything else) copy the
// original and pass it. Stands in for efface-worker where only the run is tested: what it "cleans" is not
// clean.
#include "config/crypto/digest.h"
#include "config/json.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

using namespace efface;            // NOLINT: a test program
using namespace efface::pipeline;  // NOLINT

namespace {

constexpr int kSocket = 3;

void reply(MessageKind kind, const Json& json) {
    static_cast<void>(send_message(kSocket, kind, dump_json(json)));
}

std::string content_of(const Descriptor& file) {
    struct stat info {};

    ::fstat(file.get(), &info);
    std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
    static_cast<void>(::pread(file.get(), bytes.data(), bytes.size(), 0));
    return bytes;
}

bool told(const std::string& content, const std::string& what) {
    return content.find("<" + what + ">") != std::string::npos;
}

void clean(const Message& request) {
    const auto order = work_order_from_json(*parse_json(request.payload));
    const std::string content = content_of(request.descriptors.at(0));
    const std::string marker = std::string{::getenv("OBEDIENT_MARKER") ? ::getenv("OBEDIENT_MARKER") : ""};
    if (told(content, "die") || (told(content, "die-once") && ::access(marker.c_str(), F_OK) != 0)) {
        if (!marker.empty()) {
            ::mkdir(marker.c_str(), 0700);
        }
        std::abort();
    }
    CleanReport report;
    report.rule = told(content, "other-rule") ? "nobody's" : "everything";
    if (told(content, "refuse")) {
        report.outcome = CleanReport::Outcome::kRefused;
        report.reason = "told to";
        reply(MessageKind::kCleaned, to_json(report));
        return;
    }
    static_cast<void>(::pwrite(request.descriptors.at(1).get(), content.data(), content.size(), 0));
    report.outcome = CleanReport::Outcome::kCleaned;
    report.new_sop_instance_uid = told(content, "other-uid") ? "2.25.1" : order->sop_instance_uid.reveal();
    report.actions[rules::Action::X] = 2;
    if (told(content, "mask")) {
        report.mask.boxes = {{0, 0, 4, 4}};
    }
    reply(MessageKind::kCleaned, to_json(report));
}

void gate(const Message& request) {
    const auto asked = gate_request_from_json(*parse_json(request.payload));
    const std::string content = content_of(request.descriptors.at(1));
    GateReport report;
    report.new_sop_instance_uid = asked->order.sop_instance_uid.reveal();
    report.passed = !told(content, "gate-refuse");
    report.reason = report.passed ? "" : "told to";
    report.output_digest = sha256(content);
    report.output_bytes = content.size();
    if (told(content, "change-later")) {
        static_cast<void>(::pwrite(request.descriptors.at(1).get(), "X", 1, 0));
    }
    reply(MessageKind::kJudged, to_json(report));
}

void segment(const Message& request) {
    const std::string content = content_of(request.descriptors.at(0));
    if (told(content, "segment-die")) {
        std::abort();
    }
    static_cast<void>(::pwrite(request.descriptors.at(1).get(), content.data(), content.size(), 0));
    reply(MessageKind::kSegmented, Json::object());
}

void gate_segment(const Message& request) {
    GateReport report;
    report.passed = !told(content_of(request.descriptors.at(0)), "segment-refuse");
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
                reply(MessageKind::kReady, to_json(WorkerReady{.software_version = "obedient"}));
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
