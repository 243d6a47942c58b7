// Goal: after confine() a worker can reach no path and no socket, even when its code was taken over.
// Method: confine a child process and let it try.
#include "pipeline/worker/sandbox.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace efface::pipeline {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SKIP_UNDER_SANITIZER() GTEST_SKIP() << "no system call filter under a sanitizer"
#else
#define SKIP_UNDER_SANITIZER() static_cast<void>(0)
#endif

/// The exit status of `body` in a confined child; 99 if it could not be confined.
template <class Body>
int in_confined_child(WorkerLimits limits, Body body) {
    const pid_t pid = fork();
    if (pid == 0) {
        const bool ready = enter_worker_process() && confine(limits);
        _exit(ready ? body() : 99);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Sandbox, DeniesPathsSocketsAndProcesses) {
    SKIP_UNDER_SANITIZER();
    const int status = in_confined_child({}, [] {
        if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM) {
            return 1;
        }
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) {
            return 2;
        }
        if (unlink("/nowhere") == 0 || errno != EPERM) {
            return 3;
        }
        char* const nothing[] = {nullptr};
        execve("/bin/true", nothing, nothing);
        if (errno != EPERM) {
            return 4;
        }
        return fork() < 0 && errno == EPERM ? 0 : 5;
    });

    EXPECT_EQ(status, 0);
}

TEST(Sandbox, LeavesWhatAWorkerNeeds) {
    SKIP_UNDER_SANITIZER();
    const int status = in_confined_child({}, [] {
        const int fd = memfd_create("x", 0);
        if (fd < 0 || pwrite(fd, "abc", 3, 0) != 3) {
            return 1;
        }
        void* memory = std::malloc(std::size_t{64} << 20U);
        if (memory == nullptr) {
            return 2;
        }
        std::free(memory);
        return allow_cpu_seconds(3) ? 0 : 3;
    });

    EXPECT_EQ(status, 0);
}

TEST(Sandbox, BoundsMemoryAndOutput) {
    SKIP_UNDER_SANITIZER();
    WorkerLimits limits;
    limits.address_space_bytes_max = std::uint64_t{1} << 30U;
    limits.output_bytes_max = 1000;
    const int status = in_confined_child(limits, [] {
        if (mmap(nullptr, std::size_t{2} << 30U, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
            MAP_FAILED) {
            return 1;
        }
        rlimit core{};
        getrlimit(RLIMIT_CORE, &core);
        if (core.rlim_max != 0) {
            return 2;
        }
        const int fd = memfd_create("x", 0);
        const std::string block(2000, 'x');
        return pwrite(fd, block.data(), block.size(), 0) == 1000 ? 0 : 3;
    });

    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace efface::pipeline
