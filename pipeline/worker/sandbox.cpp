#include "pipeline/worker/sandbox.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace efface::pipeline {
namespace {

/// Standard streams, the socket, two files, a payload, and what a library may hold open.
constexpr rlim_t kDescriptorsMax = 64;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

Status limit(int resource, rlim_t soft, rlim_t hard) {
    const rlimit value{soft, hard};
    if (setrlimit(static_cast<__rlimit_resource_t>(resource), &value) != 0) {
        return fail(Fault::kHalt, "worker: setrlimit failed", Where::number(errno));
    }
    return {};
}

/// What a worker still needs, whatever the arguments: memory, its descriptors, its socket, its end.
/// Everything else, above all open, socket, connect, execve, clone and ptrace, fails with EPERM. So do
/// newfstatat and statx, which take paths that a filter cannot read (descriptor_facts() asks fstat), and
/// fcntl, which can have the kernel send signals to other processes.
constexpr std::array kAllowedCalls{
    SYS_read,
    SYS_pread64,
    SYS_write,
    SYS_pwrite64,
    SYS_readv,
    SYS_writev,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_memfd_create,
    SYS_ftruncate,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_sigaltstack,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_getrandom,
    SYS_getrusage,
    SYS_sched_yield,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    SYS_poll,
};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

using Program = std::vector<sock_filter>;

sock_filter load_argument(std::size_t index, bool high_half = false) {
    // Both architectures are little endian.
    const std::size_t at = offsetof(seccomp_data, args) + index * sizeof(std::uint64_t) + (high_half ? 4 : 0);
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(at));
}

constexpr sock_filter kAllow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
constexpr sock_filter kDeny = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);

/// What decides about one call stands behind its number and ends in kAllow or kDeny on every way.
void add_call(Program& program, long call, const Program& decide) {
    const auto past = static_cast<std::uint8_t>(decide.size());
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, past));
    program.insert(program.end(), decide.begin(), decide.end());
}

/// Memory is data for ever: nothing that was written can be run.
Program unless_executable() {
    return {load_argument(2), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), kDeny, kAllow};
}

/// A signal only to itself: abort() needs it.
Program to_itself() {
    const auto self = static_cast<std::uint32_t>(getpid());
    return {load_argument(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 1, 0), kDeny, kAllow};
}

/// Its own limits: reading any, setting the processor time, which allow_cpu_seconds() starts anew with
/// every unit. The others stay, even for a worker of root, whom no hard limit holds.
Program own_limits() {
    return {
        load_argument(0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
        kDeny,  // Another process, or this one by its number.
        load_argument(1),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RLIMIT_CPU, 5, 0),
        load_argument(2),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
        load_argument(2, /*high_half=*/true),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
        kDeny,  // A new limit.
        kAllow,
    };
}

Status filter_system_calls() {
    Program program{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    };
    for (const long call : kAllowedCalls) {
        add_call(program, call, {kAllow});
    }
    add_call(program, SYS_mmap, unless_executable());
    add_call(program, SYS_mprotect, unless_executable());
    add_call(program, SYS_tgkill, to_itself());
    add_call(program, SYS_prlimit64, own_limits());
    program.push_back(kDeny);
    sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    // Of every thread: those that share a search exist already.
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) != 0) {
        return fail(Fault::kHalt, "worker: no system call filter", Where::number(errno));
    }
    return {};
}

}  // namespace

Status enter_worker_process() {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0) != 0) {
        return fail(Fault::kHalt, "worker: prctl failed", Where::number(errno));
    }
    return limit(RLIMIT_CORE, 0, 0);  // A core would hold patient data.
}

Status silence_streams() {
    if (kSanitized) {
        return {};
    }
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (nowhere < 0 || dup2(nowhere, stream) < 0) {
            return fail(Fault::kHalt, "worker: cannot silence its streams");
        }
    }
    if (nowhere > STDERR_FILENO) {
        close(nowhere);
    }
    return {};
}

Status confine(const WorkerLimits& limits) {
    EFFACE_CHECK(limit(RLIMIT_NOFILE, kDescriptorsMax, kDescriptorsMax));
    EFFACE_CHECK(limit(RLIMIT_FSIZE, limits.output_bytes_max, limits.output_bytes_max));
    if (kSanitized) {
        return {};  // Its shadow memory alone is terabytes of address space.
    }
    EFFACE_CHECK(limit(RLIMIT_AS, limits.address_space_bytes_max, limits.address_space_bytes_max));
    return filter_system_calls();
}

Status allow_cpu_seconds(std::uint64_t seconds) {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) != 0) {
        return fail(Fault::kHalt, "worker: getrusage failed", Where::number(errno));
    }
    const auto spent = static_cast<std::uint64_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
    return limit(RLIMIT_CPU, spent + seconds + 1, RLIM_INFINITY);
}

}  // namespace efface::pipeline
