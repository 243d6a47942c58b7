// efface-evaluator: fills pictures of which it is known what was destroyed, and measures the fills. Started
// by `efface evaluate` with `--socket=N`, the inherited end of a socket pair; speaks evaluator_protocol.h. A
// process of its own, since generators are programs of others: it is confined as a worker is.
// Exit codes: 0 the other end closed, 2 usage, 3 the process could not be set up or its socket broke.
#include "config/json.h"
#include "pipeline/evaluate/evaluator_service.h"
#include "pipeline/worker/sandbox.h"

#include <charconv>
#include <string_view>
#include <unistd.h>

namespace {

constexpr std::string_view kSocketFlag = "--socket=";
constexpr int kExitUsage = 2;
constexpr int kExitBroken = 3;

}  // namespace

int main(int argc, char** argv) {
    const std::string_view argument = argc == 2 ? std::string_view{argv[1]} : std::string_view{};
    int socket = -1;
    if (argument.starts_with(kSocketFlag)) {
        const std::string_view digits = argument.substr(kSocketFlag.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), socket);
    }
    if (socket <= STDERR_FILENO) {
        constexpr std::string_view kUsage = "efface-evaluator is started by efface evaluate\n";
        return write(STDERR_FILENO, kUsage.data(), kUsage.size()) < 0 ? kExitBroken : kExitUsage;
    }
    if (!efface::pipeline::enter_worker_process() || !efface::pipeline::silence_streams()) {
        return kExitBroken;
    }
    return efface::pipeline::EvaluatorService{socket}.run() ? 0 : kExitBroken;
}
