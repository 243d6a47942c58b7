// Transport: the byte stream below the upper layer (PS3.8 9.1): plain TCP, an in-memory one in the
// tests, TLS later. At most one read (or wait) and one write are outstanding at a time.
//
// Thread rule: every method but dispatch is called, and every handler runs, within the transport's
// own strand. A handler runs exactly once, after close too, and never inside the call that asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace efface::node {

enum class IoFailure : std::uint8_t {
    kNone,
    kEnd,  ///< The peer closed its side.
    kTimedOut,
    kLost,       ///< Reset, or another error of the system.
    kCancelled,  ///< We closed.
};

struct IoResult {
    IoFailure failure = IoFailure::kNone;
    std::size_t bytes = 0;
};

using TimePoint = std::chrono::steady_clock::time_point;

/// No deadline.
inline constexpr TimePoint kNever = TimePoint::max();

class Transport {
public:
    virtual ~Transport() = default;

    /// Calls back once something (bytes, end, error) can be read, so that an idle association needs no
    /// buffer.
    virtual void wait_readable(std::function<void(IoResult)> done) = 0;
    /// Reads at least one byte into `into`, which stays valid until the handler ran.
    virtual void read_some(std::span<std::byte> into, std::function<void(IoResult)> done) = 0;
    /// Writes all of `bytes`, which stay valid until the handler ran.
    virtual void write(std::span<const std::byte> bytes, std::function<void(IoResult)> done) = 0;

    /// A read or write that is outstanding at its deadline ends with kTimedOut. A deadline stays until it is
    /// replaced, also over later reads.
    virtual void set_read_deadline(TimePoint deadline) = 0;
    virtual void set_write_deadline(TimePoint deadline) = 0;

    virtual void close() = 0;
    virtual TimePoint now() const = 0;
    /// From any thread: runs `work` within the strand, inline if already there.
    virtual void dispatch(std::function<void()> work) = 0;
};

}  // namespace efface::node
