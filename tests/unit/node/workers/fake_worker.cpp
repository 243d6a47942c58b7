// A worker that does what the work order's `forced_rule` tells it: "die", "hang", "nonsense",
// "gate-die", "quarantine", or (anything else) clean and pass. Stands in for efface-worker where
// only the pool is tested.
#include "config/json.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstdlib>
#include <poll.h>
#include <unistd.h>

using namespace efface;            // NOLINT: a test program
using namespace efface::pipeline;  // NOLINT

namespace {

constexpr int kSocket = 3;

void reply(MessageKind kind, const Json& json) {
    static_cast<void>(send_message(kSocket, kind, dump_json(json)));
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

void clean(const Message& request) {
    const auto order = work_order_from_json(*parse_json(request.payload));
    misbehave(order->forced_rule);
    CleanReport report;
    report.outcome = order->forced_rule == "quarantine" ? CleanReport::Outcome::kQuarantined
                                                        : CleanReport::Outcome::kCleaned;
    report.reason = order->forced_rule == "quarantine" ? "told to" : "";
    report.rule = "rule of " + std::to_string(::getpid());
    reply(MessageKind::kCleaned, to_json(report));
}

void gate(const Message& request) {
    const auto asked = gate_request_from_json(*parse_json(request.payload));
    if (asked->order.forced_rule == "gate-die") {
        std::abort();
    }
    GateReport report;
    // The pool's promise, checked where it can be seen: cleaner and judge are not one process.
    report.passed = asked->rule != "rule of " + std::to_string(::getpid());
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
                reply(MessageKind::kReady, to_json(WorkerReady{.software_version = "fake"}));
                break;
            case MessageKind::kClean:
                clean(received->message);
                break;
            case MessageKind::kGate:
                gate(received->message);
                break;
            default:
                return 1;
        }
    }
}
