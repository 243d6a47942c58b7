// MemoryTransport: a Transport without a network, on a simulated clock: what the peer sends and when
// is the test's to say.
// Thread rule: one thread; handlers run within TestLoop::run.
#pragma once

#include "node/dimse/transport.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace efface::node {

class MemoryTransport;

/// The clock and the queue of handlers.
class TestLoop {
public:
    void post(std::function<void()> task) { tasks_.push_back(std::move(task)); }

    void run() {
        while (!tasks_.empty()) {
            const auto task = std::move(tasks_.front());
            tasks_.pop_front();
            task();
        }
    }

    /// Lets time pass and fires what has become due.
    inline void advance(std::chrono::milliseconds time);

    TimePoint now() const { return now_; }

private:
    friend class MemoryTransport;
    TimePoint now_{std::chrono::hours{1}};
    std::deque<std::function<void()>> tasks_;
    std::vector<MemoryTransport*> transports_;
};

/// The test's end of the wire; outlives the transport.
struct Wire {
    std::deque<std::byte> to_read;              ///< What the peer has sent.
    IoFailure read_failure = IoFailure::kNone;  ///< After to_read is empty.
    std::size_t read_bytes_max = 1U << 20U;     ///< Of one read.
    std::vector<std::byte> written;
    bool writes_stall = false;
    IoFailure write_failure = IoFailure::kNone;
    bool closed = false;
    std::size_t reads = 0;  ///< Reads that returned bytes.
    MemoryTransport* transport = nullptr;
};

class MemoryTransport final : public Transport {
public:
    MemoryTransport(TestLoop& loop, Wire& wire) : loop_{loop}, wire_{wire} {
        wire.transport = this;
        loop.transports_.push_back(this);
    }

    ~MemoryTransport() override {
        wire_.transport = nullptr;
        std::erase(loop_.transports_, this);
    }

    void wait_readable(std::function<void(IoResult)> done) override {
        read_into_ = {};
        read_done_ = std::move(done);
        progress();
    }

    void read_some(std::span<std::byte> into, std::function<void(IoResult)> done) override {
        read_into_ = into;
        read_done_ = std::move(done);
        progress();
    }

    void write(std::span<const std::byte> bytes, std::function<void(IoResult)> done) override {
        write_from_ = bytes;
        write_done_ = std::move(done);
        progress();
    }

    void set_read_deadline(TimePoint deadline) override { read_deadline_ = deadline; }

    void set_write_deadline(TimePoint deadline) override { write_deadline_ = deadline; }

    void close() override {
        wire_.closed = true;
        progress();
    }

    TimePoint now() const override { return loop_.now(); }

    void dispatch(std::function<void()> work) override { work(); }

    /// Completes what can be completed.
    void progress() {
        if (read_done_) {
            progress_read();
        }
        if (write_done_) {
            progress_write();
        }
    }

private:
    void progress_read() {
        if (wire_.closed) {
            complete(read_done_, {.failure = IoFailure::kCancelled, .bytes = 0});
        } else if (!wire_.to_read.empty()) {
            const std::size_t count =
                std::min({read_into_.size(), wire_.to_read.size(), wire_.read_bytes_max});
            const auto end = wire_.to_read.begin() + static_cast<std::ptrdiff_t>(count);
            std::copy(wire_.to_read.begin(), end, read_into_.begin());
            wire_.to_read.erase(wire_.to_read.begin(), end);
            wire_.reads += count != 0 ? 1 : 0;
            complete(read_done_, {.failure = IoFailure::kNone, .bytes = count});
        } else if (wire_.read_failure != IoFailure::kNone) {
            complete(read_done_, {.failure = wire_.read_failure, .bytes = 0});
        } else if (loop_.now() >= read_deadline_) {
            complete(read_done_, {.failure = IoFailure::kTimedOut, .bytes = 0});
        }
    }

    void progress_write() {
        if (wire_.closed) {
            complete(write_done_, {.failure = IoFailure::kCancelled, .bytes = 0});
        } else if (wire_.write_failure != IoFailure::kNone) {
            complete(write_done_, {.failure = wire_.write_failure, .bytes = 0});
        } else if (!wire_.writes_stall) {
            wire_.written.insert(wire_.written.end(), write_from_.begin(), write_from_.end());
            complete(write_done_, {.failure = IoFailure::kNone, .bytes = write_from_.size()});
        } else if (loop_.now() >= write_deadline_) {
            complete(write_done_, {.failure = IoFailure::kTimedOut, .bytes = 0});
        }
    }

    void complete(std::function<void(IoResult)>& slot, IoResult result) {
        loop_.post([done = std::exchange(slot, {}), result] { done(result); });
    }

    TestLoop& loop_;
    Wire& wire_;
    std::span<std::byte> read_into_;
    std::span<const std::byte> write_from_;
    std::function<void(IoResult)> read_done_;
    std::function<void(IoResult)> write_done_;
    TimePoint read_deadline_ = kNever;
    TimePoint write_deadline_ = kNever;
};

inline void TestLoop::advance(std::chrono::milliseconds time) {
    now_ += time;
    const auto transports = transports_;
    for (MemoryTransport* transport : transports) {
        transport->progress();
    }
    run();
}

}  // namespace efface::node
