// Goal: after confine() a worker can reach no path and no socket, even when its code was taken over.
// Method: confine a child process and let it try.
#include "pipeline/worker/sandbox.h"

#include "pipeline/picture/lanes.h"
#include "pipeline/unit/descriptor_facts.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <latch>
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

TEST(Sandbox, DeniesToAskAboutPaths) {
    SKIP_UNDER_SANITIZER();
    const int status = in_confined_child({}, [] {
        struct stat facts {};

        if (fstatat(AT_FDCWD, "/etc/passwd", &facts, 0) == 0 || errno != EPERM) {
            return 1;
        }
        // The flag of glibc's fstat() denies no path: it only lets the path be empty.
        if (syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &facts, AT_EMPTY_PATH) == 0 || errno != EPERM) {
            return 2;
        }

        struct statx more {};

        if (statx(AT_FDCWD, "/etc/passwd", 0, STATX_SIZE, &more) == 0 || errno != EPERM) {
            return 3;
        }
        return access("/etc/passwd", F_OK) != 0 && errno == EPERM ? 0 : 4;
    });

    EXPECT_EQ(status, 0);
}

TEST(Sandbox, DeniesSignalsToOthers) {
    SKIP_UNDER_SANITIZER();
    const pid_t other = getpid();
    const int status = in_confined_child({}, [other] {
        if (syscall(SYS_tgkill, other, other, 0) == 0 || errno != EPERM) {
            return 1;
        }
        if (kill(other, 0) == 0 || errno != EPERM) {
            return 2;
        }
        if (fcntl(STDIN_FILENO, F_SETOWN, other) == 0 || errno != EPERM) {
            return 3;  // The kernel would send SIGIO for it.
        }
        return syscall(SYS_tgkill, getpid(), gettid(), 0) == 0 ? 0 : 4;
    });

    EXPECT_EQ(status, 0);
}

TEST(Sandbox, DeniesOtherLimitsAndThoseOfOthers) {
    SKIP_UNDER_SANITIZER();
    const pid_t other = getpid();
    const int status = in_confined_child({}, [other] {
        rlimit limits{};
        if (prlimit(other, RLIMIT_CPU, nullptr, &limits) == 0 || errno != EPERM) {
            return 1;
        }
        for (const auto resource : {RLIMIT_AS, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE}) {
            if (prlimit(0, resource, nullptr, &limits) != 0) {
                return 2;
            }
            // As it is: even root, whom no hard limit holds, may not set it.
            if (prlimit(0, resource, &limits, nullptr) == 0 || errno != EPERM) {
                return 3;
            }
        }
        return allow_cpu_seconds(3) ? 0 : 4;
    });

    EXPECT_EQ(status, 0);
}

TEST(Sandbox, DeniesToRunWhatWasWritten) {
    SKIP_UNDER_SANITIZER();
    const int status = in_confined_child({}, [] {
        constexpr std::size_t kPage = 4096;
        if (mmap(nullptr, kPage, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) {
            return 1;
        }
        void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) {
            return 2;
        }
        if (mprotect(page, kPage, PROT_READ) != 0) {
            return 3;
        }
        return mprotect(page, kPage, PROT_READ | PROT_EXEC) != 0 && errno == EPERM ? 0 : 4;
    });

    EXPECT_EQ(status, 0);
}

// The threads that share a search exist before the filter does.
TEST(Sandbox, ConfinesThreadsThatWereThereBefore) {
    SKIP_UNDER_SANITIZER();
    const pid_t pid = fork();
    if (pid == 0) {
        bool denied = false;
        bool ready = enter_worker_process().has_value();
        {
            Lanes lanes{2};
            std::latch together{2};
            ready = ready && confine({}).has_value();
            // Both lanes have a job only when each waits for the other.
            lanes.run(2, [&](std::size_t, std::size_t lane) {
                together.arrive_and_wait();
                denied = lane == 1 ? open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM : denied;
            });
        }
        _exit(ready && denied ? 0 : 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
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

        struct stat facts {};

        if (!descriptor_facts(fd, facts) || !S_ISREG(facts.st_mode) || facts.st_size != 3) {
            return 4;
        }
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
