// What is known of an open descriptor, by fstat(2) and nothing else: glibc's fstat() asks newfstatat(2),
// which takes paths too, and so is denied to a worker (pipeline/worker/sandbox.cpp).
// Thread rule: safe to call from any thread.
#pragma once

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace efface::pipeline {

/// False, with errno, where `fd` is not open.
inline bool descriptor_facts(int fd, struct stat& facts) {
    return ::syscall(SYS_fstat, fd, &facts) == 0;  // glibc's struct is the kernel's here.
}

}  // namespace efface::pipeline
