#include "node/dimse/tcp_transport.h"

#include "config/assert.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <utility>

namespace efface::node {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Timer = asio::basic_waitable_timer<
    std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>;

IoFailure failure_of(const ErrorCode& error) {
    if (!error) {
        return IoFailure::kNone;
    }
    return error == asio::error::eof ? IoFailure::kEnd : IoFailure::kLost;
}

// Outlives its TcpTransport while an operation or a timer is outstanding.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    explicit Connection(TcpSocket socket)
        : socket_{std::move(socket)}, read_{socket_.get_executor()}, write_{socket_.get_executor()} {
        ErrorCode ignored;  // A socket that the peer has reset already fails at its first read.
        socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
        socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
    }

    void wait_readable(std::function<void(IoResult)> done) {
        begin(read_, std::move(done));
        issue_wait();
    }

    void read_some(std::span<std::byte> into, std::function<void(IoResult)> done) {
        into_ = into;
        begin(read_, std::move(done));
        issue_read();
    }

    void write(std::span<const std::byte> bytes, std::function<void(IoResult)> done) {
        from_ = bytes;
        written_ = 0;
        begin(write_, std::move(done));
        issue_write();
    }

    void set_read_deadline(TimePoint deadline) {
        read_.deadline = deadline;
        arm(read_);
    }

    void set_write_deadline(TimePoint deadline) {
        write_.deadline = deadline;
        arm(write_);
    }

    void close() {
        closed_ = true;
        ErrorCode ignored;  // Nothing depends on how a connection that we give up ends.
        socket_.close(ignored);
        read_.timer.cancel(ignored);
        write_.timer.cancel(ignored);
    }

    Strand strand() { return socket_.get_executor(); }

private:
    // One direction: the outstanding operation and the deadline over it. The timer is not moved with every
    // operation: it fires at `armed`, and then looks whether the deadline has passed by now.
    struct Direction {
        explicit Direction(const Strand& strand) : timer{strand} {}

        std::function<void(IoResult)> done;
        TimePoint deadline = kNever;
        TimePoint armed = kNever;
        bool timed_out = false;
        Timer timer;
    };

    void begin(Direction& direction, std::function<void(IoResult)> done) {
        EFFACE_ASSERT(!direction.done);
        direction.done = std::move(done);
        direction.timed_out = false;
        arm(direction);
    }

    void arm(Direction& direction) {
        if (closed_ || !direction.done || direction.deadline >= direction.armed) {
            return;
        }
        direction.armed = direction.deadline;
        direction.timer.expires_at(direction.deadline);
        direction.timer.async_wait([self = shared_from_this(), &direction](const ErrorCode& error) {
            if (!error) {
                self->fired(direction);
            }
        });
    }

    void fired(Direction& direction) {
        direction.armed = kNever;
        if (closed_ || !direction.done) {
            return;
        }
        if (std::chrono::steady_clock::now() < direction.deadline) {
            arm(direction);
            return;
        }
        direction.timed_out = true;
        ErrorCode ignored;
        socket_.cancel(ignored);  // Both directions; the innocent one is issued again.
    }

    void issue_wait() {
        socket_.async_wait(TcpSocket::wait_read, [self = shared_from_this()](const ErrorCode& error) {
            if (self->interrupted(self->read_, error)) {
                self->issue_wait();
                return;
            }
            self->finish(self->read_, error, 0);
        });
    }

    void issue_read() {
        socket_.async_read_some(
            asio::buffer(into_.data(), into_.size()),
            [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                if (self->interrupted(self->read_, error)) {
                    self->issue_read();
                    return;
                }
                self->acknowledge_now();
                self->finish(self->read_, error, count);
            }
        );
    }

    void issue_write() {
        socket_.async_write_some(
            asio::buffer(from_.data() + written_, from_.size() - written_),
            [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                self->written_ += count;
                const bool more = !error && self->written_ < self->from_.size();
                if (more || self->interrupted(self->write_, error)) {
                    self->issue_write();
                    return;
                }
                self->finish(self->write_, error, self->written_);
            }
        );
    }

    // A sender that leaves Nagle's algorithm on (DCMTK's tools do) holds the end of each message back until
    // all before it is acknowledged, which the system would put off by 40 ms: 20 instances a second. The
    // option does not stay set, so it is set after every read.
    void acknowledge_now() {
        const int on = 1;  // A failure only makes it slower.
        static_cast<void>(setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on));
    }

    // True if the operation was only cancelled because the other direction ran out of time.
    bool interrupted(const Direction& direction, const ErrorCode& error) const {
        return error == asio::error::operation_aborted && !direction.timed_out && !closed_;
    }

    void finish(Direction& direction, const ErrorCode& error, std::size_t count) {
        IoFailure failure = failure_of(error);
        if (error == asio::error::operation_aborted) {
            failure = direction.timed_out ? IoFailure::kTimedOut : IoFailure::kCancelled;
        }
        const auto done = std::exchange(direction.done, {});
        done({.failure = failure, .bytes = count});
    }

    TcpSocket socket_;
    bool closed_ = false;
    std::span<std::byte> into_;
    std::span<const std::byte> from_;
    std::size_t written_ = 0;
    Direction read_;
    Direction write_;
};

class TcpTransport final : public Transport {
public:
    explicit TcpTransport(TcpSocket socket) : connection_{std::make_shared<Connection>(std::move(socket))} {}

    ~TcpTransport() override { connection_->close(); }

    void wait_readable(std::function<void(IoResult)> done) override {
        connection_->wait_readable(std::move(done));
    }

    void read_some(std::span<std::byte> into, std::function<void(IoResult)> done) override {
        connection_->read_some(into, std::move(done));
    }

    void write(std::span<const std::byte> bytes, std::function<void(IoResult)> done) override {
        connection_->write(bytes, std::move(done));
    }

    void set_read_deadline(TimePoint deadline) override { connection_->set_read_deadline(deadline); }

    void set_write_deadline(TimePoint deadline) override { connection_->set_write_deadline(deadline); }

    void close() override { connection_->close(); }

    TimePoint now() const override { return std::chrono::steady_clock::now(); }

    void dispatch(std::function<void()> work) override {
        asio::dispatch(connection_->strand(), std::move(work));
    }

private:
    const std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Transport> make_tcp_transport(TcpSocket socket) {
    return std::make_unique<TcpTransport>(std::move(socket));
}

}  // namespace efface::node
