// efface-worker: the process that touches patient data. Started by the daemon or by `efface run` with
// `--socket=N`, the inherited end of a socket pair; speaks pipeline/unit/worker_protocol.h.
// Exit codes: 0 the other end closed, 2 usage, 3 the process could not be set up or its socket broke.
#include "config/json.h"
#include "pipeline/worker/sandbox.h"
#include "pipeline/worker/service.h"

#include <charconv>
#include <string_view>
#include <unistd.h>

namespace {

constexpr std::string_view kSocketFlag = "--socket=";
constexpr int kExitUsage = 2;
constexpr int kExitBroken = 3;

int socket_argument(int argc, char** argv) {
    const std::string_view argument = argc == 2 ? std::string_view{argv[1]} : std::string_view{};
    int socket = -1;
    if (argument.starts_with(kSocketFlag)) {
        const std::string_view digits = argument.substr(kSocketFlag.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), socket);
    }
    return socket;
}

}  // namespace

int main(int argc, char** argv) {
    const int socket = socket_argument(argc, argv);
    if (socket <= STDERR_FILENO) {
        constexpr std::string_view kUsage =
            "efface-worker is started by effaced and efface: efface-worker --socket=N\n";
        return write(STDERR_FILENO, kUsage.data(), kUsage.size()) < 0 ? kExitBroken : kExitUsage;
    }
    if (!efface::pipeline::enter_worker_process() || !efface::pipeline::silence_streams()) {
        return kExitBroken;
    }
    return efface::pipeline::WorkerService{socket, efface::pipeline::confine}.run() ? 0 : kExitBroken;
}
