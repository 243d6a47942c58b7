#include "pipeline/worker/sandbox.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

/// What a worker still needs: memory, its descriptors, its socket, its end. Everything else,
/// above all open, socket, connect, execve, clone and ptrace, fails with EPERM.
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
    SYS_newfstatat,
    SYS_lseek,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_memfd_create,
    SYS_ftruncate,
    SYS_futex,
    SYS_getpid,
    SYS_gettid,
    SYS_tgkill,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_sigaltstack,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_clock_nanosleep,
    SYS_getrandom,
    SYS_getrusage,
    SYS_prlimit64,
    SYS_sched_yield,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    SYS_poll,
    SYS_fcntl,
};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

Status filter_system_calls() {
    std::vector<sock_filter> program{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    };
    for (std::size_t i = 0; i < kAllowedCalls.size(); ++i) {
        const auto to_allow = static_cast<std::uint8_t>(kAllowedCalls.size() - i);
        program.push_back(
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(kAllowedCalls[i]), to_allow, 0)
        );
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
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
