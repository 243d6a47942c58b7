#include "node/workers/worker_process.h"

#include "config/json.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace efface::node {

namespace {

/// Where the child finds its socket.
constexpr int kChildSocket = 3;

using Deadline = std::chrono::steady_clock::time_point;

Status wait_readable(int fd, Deadline deadline) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        pollfd wanted{.fd = fd, .events = POLLIN, .revents = 0};
        const int ready = left.count() > 0 ? ::poll(&wanted, 1, static_cast<int>(left.count())) : 0;
        if (ready > 0) {
            return {};
        }
        if (ready == 0) {
            return fail(Fault::kRetry, "a worker process exceeded its deadline");
        }
        if (errno != EINTR) {
            return fail(Fault::kRetry, "cannot wait for a worker process", Where::number(errno));
        }
    }
}

/// fork and exec without copying the daemon: the child gets the socket as descriptor 3, an empty
/// standard input and nothing else.
Result<pid_t> spawn(const std::string& path, int worker_end) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, worker_end, kChildSocket);
    // Not every library opens with close-on-exec: a worker with an association's socket could send.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, kChildSocket + 1);

    // The daemon blocks signals in its worker threads; the child starts with none blocked.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own, so that a Ctrl-C at the terminal reaches the daemon alone, which drains.
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

    std::string name = path;
    std::string flag = "--socket=3";
    std::array<char*, 3> arguments{name.data(), flag.data(), nullptr};
    pid_t pid = -1;
    int error = 0;
    {
        const auto held = WorkerProcess::hold_starts();
        error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments.data(), environ);
    }
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return fail(
            Fault::kHalt, "cannot start efface-worker: does it lie beside the program?", Where::number(error)
        );
    }
    return pid;
}

}  // namespace

namespace {

/// Of the models, seen from the folder of the programs: where they are installed, and where a build finds
/// them.
constexpr std::array<std::string_view, 2> kModelFolders{"/../share/efface/models", "/../../.models"};
/// LibTorch and OpenCV map so much more than a worker without them.
constexpr std::uint64_t kDetectorsAddressSpaceBytes = std::uint64_t{4} << 30U;
constexpr std::chrono::milliseconds kDetectorsStartDeadline{60'000};

}  // namespace

WorkerProgram make_program(std::string path, pipeline::WorkerConfiguration configuration) {
    WorkerProgram program{.path = path, .configuration = dump_json(pipeline::to_json(configuration))};
    const std::string folder = path.substr(0, path.rfind('/'));
    const std::string detecting = folder + "/efface-model-worker";
    for (const std::string_view models : kModelFolders) {
        const std::string directory = folder + std::string{models};
        if (::access(detecting.c_str(), X_OK) == 0 &&
            ::access((directory + "/manifest.json").c_str(), R_OK) == 0) {
            configuration.models_directory = directory;
            configuration.limits.address_space_bytes_max += kDetectorsAddressSpaceBytes;
            program.detectors = std::make_shared<const WorkerProgram>(WorkerProgram{
                .path = detecting,
                .configuration = dump_json(pipeline::to_json(configuration)),
                .start_deadline = kDetectorsStartDeadline});
            break;
        }
    }
    return program;
}

Result<std::string> default_worker_path() {
    std::array<char, 4096> self{};
    const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size());
    if (length <= 0 || static_cast<std::size_t>(length) == self.size()) {
        return fail(Fault::kHalt, "cannot tell where this program lies");
    }
    const std::string path{self.data(), static_cast<std::size_t>(length)};
    return path.substr(0, path.rfind('/')) + "/efface-worker";
}

std::unique_lock<std::mutex> WorkerProcess::hold_starts() {
    static std::mutex starting;  // Descriptors are the process's, so this is too.
    return std::unique_lock{starting};
}

Result<WorkerProcess> WorkerProcess::start(const WorkerProgram& program, std::string* why) {
    EFFACE_TRY(pipeline::SocketPair sockets, pipeline::make_worker_socket());
    EFFACE_TRY(const pid_t pid, spawn(program.path, sockets.worker_end.get()));
    sockets.worker_end = Descriptor{};
    WorkerProcess process{pid, std::move(sockets.daemon_end)};
    const auto reply = process.call(
        pipeline::MessageKind::kConfigure, program.configuration, {}, pipeline::MessageKind::kReady,
        program.start_deadline
    );
    if (!reply) {
        if (why != nullptr) {
            *why = process.failure_reason();
        }
        return tl::unexpected<Error>(reply.error());
    }
    const auto json = parse_json(*reply);
    if (!json) {
        return fail(Fault::kHalt, "efface-worker answered its configuration with something unreadable");
    }
    EFFACE_TRY(process.ready_, pipeline::worker_ready_from_json(*json));
    return process;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      socket_{std::move(other.socket_)},
      ready_{std::move(other.ready_)},
      failure_reason_{std::move(other.failure_reason_)} {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
    if (this != &other) {
        end();
        pid_ = std::exchange(other.pid_, -1);
        socket_ = std::move(other.socket_);
        ready_ = std::move(other.ready_);
        failure_reason_ = std::move(other.failure_reason_);
    }
    return *this;
}

WorkerProcess::~WorkerProcess() {
    end();
}

void WorkerProcess::end() {
    socket_ = Descriptor{};
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
    }
}

Result<pipeline::Message> WorkerProcess::exchange(
    pipeline::MessageKind request, std::string_view payload, std::initializer_list<int> descriptors,
    std::chrono::milliseconds deadline
) {
    const Deadline until = std::chrono::steady_clock::now() + deadline;
    EFFACE_CHECK(pipeline::send_message(socket_.get(), request, payload, descriptors));
    EFFACE_CHECK(wait_readable(socket_.get(), until));
    EFFACE_TRY(pipeline::Received received, pipeline::receive_message(socket_.get()));
    if (received.state != pipeline::Received::State::kMessage) {
        return fail(Fault::kRetry, "a worker process died");
    }
    return std::move(received.message);
}

Result<std::string> WorkerProcess::call(
    pipeline::MessageKind request, std::string_view payload, std::initializer_list<int> descriptors,
    pipeline::MessageKind expected, std::chrono::milliseconds deadline
) {
    failure_reason_.clear();
    if (!alive()) {
        return fail(Fault::kRetry, "the worker process is gone");
    }
    auto reply = exchange(request, payload, descriptors, deadline);
    if (!reply) {
        end();
        return tl::unexpected<Error>(reply.error());
    }
    if (reply->kind == expected) {
        return std::move(reply->payload);
    }
    const auto json =
        reply->kind == pipeline::MessageKind::kFailed ? parse_json(reply->payload) : std::nullopt;
    const auto failure =
        json ? pipeline::worker_failure_from_json(*json)
             : Result<pipeline::WorkerFailure>{fail(Fault::kRetry, "a worker process answered out of turn")};
    if (!failure) {
        end();
        return tl::unexpected<Error>(failure.error());
    }
    failure_reason_ = failure->reason;
    return fail(failure->fault, "a worker process could not do what it was asked");
}

}  // namespace efface::node
