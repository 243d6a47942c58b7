// Environment: the world as the node sees it: time, randomness and files. Injected, so that a test
// can run the clock by hand, fix the entropy, and fail the N-th file operation or cut the power.
// Thread rule: every capability is safe to call from any thread.
#pragma once

#include "config/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface {

/// Microseconds since 1970-01-01T00:00:00Z.
using UnixMicros = std::int64_t;

class Clock {
public:
    virtual ~Clock() = default;
    virtual UnixMicros now() const = 0;
    /// Never goes back; for deadlines.
    virtual std::chrono::nanoseconds monotonic() const = 0;
};

class Entropy {
public:
    virtual ~Entropy() = default;
    virtual Status fill(std::span<std::byte> out) = 0;
};

/// An open descriptor; closes it when it dies. -1 is none.
class Descriptor {
public:
    Descriptor() = default;

    explicit Descriptor(int fd) : fd_{fd} {}

    Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int get() const { return fd_; }

    bool valid() const { return fd_ >= 0; }

    /// Gives the descriptor up to the caller.
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

struct DiskSpace {
    std::uint64_t total_bytes = 0;
    std::uint64_t free_bytes = 0;
};

/// True for the error of an operation that this file system does not have, false for one that failed.
bool is_unsupported(const Error& error);

/// What the node does to files. Every operation that makes bytes durable goes through here, so that
/// the fault tests can fail each one in turn. Errors carry the errno and are Fault::kRetry.
/// Paths are the node's own; none is ever made from a UID or another received value.
class FileSystem {
public:
    virtual ~FileSystem() = default;
    /// An unnamed file in `directory` (O_TMPFILE), mode 0600; is_unsupported() where the file system has
    /// none.
    virtual Result<Descriptor> open_unnamed(const std::string& directory) = 0;
    /// A new file, mode 0600; fails if the name is taken.
    virtual Result<Descriptor> create(const std::string& path) = 0;
    virtual Result<Descriptor> open_read(const std::string& path) = 0;
    /// Writes all of `bytes` or fails.
    virtual Status write(const Descriptor& file, std::span<const std::byte> bytes) = 0;
    /// fdatasync. After a failure the descriptor must be given up: the kernel may have dropped the pages.
    virtual Status sync(const Descriptor& file) = 0;
    /// close, with its error.
    virtual Status close(Descriptor file) = 0;
    /// Gives an unnamed file its name (linkat); fails if the name is taken.
    virtual Status link_unnamed(const Descriptor& file, const std::string& path) = 0;
    /// A second name for a file (link); fails if the name is taken.
    virtual Status link(const std::string& from, const std::string& to) = 0;
    virtual Status rename(const std::string& from, const std::string& to) = 0;
    /// Appends all bytes of `from`, from its start, to `to`; the file position of `from` stays.
    virtual Status copy(const Descriptor& from, const Descriptor& to) = 0;
    /// Removing what is not there is success.
    virtual Status remove(const std::string& path) = 0;
    /// fsync of a directory, which makes its entries durable.
    virtual Status sync_directory(const std::string& directory) = 0;
    /// Creates the directory (mode 0700) and its parents; success if it is there.
    virtual Status make_directory(const std::string& directory) = 0;
    /// Success also where it is not there or not empty, and then it stays.
    virtual Status remove_empty_directory(const std::string& directory) = 0;
    virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
    virtual Result<std::uint64_t> size(const std::string& path) = 0;
    virtual Result<DiskSpace> space(const std::string& directory) = 0;
};

/// The capabilities, by reference; whoever makes an Environment keeps them alive.
struct Environment {
    Clock& clock;
    Entropy& entropy;
    FileSystem& files;
};

/// The real clock, getrandom(2) and POSIX files. Lives as long as the process.
Environment& system_environment();

}  // namespace efface
