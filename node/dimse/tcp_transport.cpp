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

using Done = std::function<void(IoResult)>;

// Outlives its TcpTransport while an operation or a timer is outstanding. The handlers are kept by the
// operations and nowhere else: they own the association, which owns the transport, and must go when an
// io_context is destroyed with operations outstanding.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    explicit Connection(TcpSocket socket)
        : socket_{std::move(socket)}, read_{socket_.get_executor()}, write_{socket_.get_executor()} {
        ErrorCode ignored;  // A socket that the peer has reset already fails at its first read.
        socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
        socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
    }

    void wait_readable(Done done) {
        begin(read_);
        issue_wait(std::move(done));
    }

    void read_some(std::span<std::byte> into, Done done) {
        into_ = into;
        begin(read_);
        issue_read(std::move(done));
    }

    void write(std::span<const std::byte> bytes, Done done) {
        from_ = bytes;
        written_ = 0;
        begin(write_);
        issue_write(std::move(done));
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

        TimePoint deadline = kNever;
        TimePoint armed = kNever;
        bool outstanding = false;
        bool timed_out = false;
        Timer timer;
    };

    void begin(Direction& direction) {
        EFFACE_ASSERT(!direction.outstanding);
        direction.outstanding = true;
        direction.timed_out = false;
        arm(direction);
    }

    void arm(Direction& direction) {
        if (closed_ || !direction.outstanding || direction.deadline >= direction.armed) {
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
        if (closed_ || !direction.outstanding) {
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

    void issue_wait(Done done) {
        socket_.async_wait(
            TcpSocket::wait_read,
            [self = shared_from_this(), done = std::move(done)](const ErrorCode& error) mutable {
                if (self->interrupted(self->read_, error)) {
                    self->issue_wait(std::move(done));
                    return;
                }
                self->finish(self->read_, error, 0, done);
            }
        );
    }

    void issue_read(Done done) {
        socket_.async_read_some(
            asio::buffer(into_.data(), into_.size()),
            [self = shared_from_this(),
             done = std::move(done)](const ErrorCode& error, std::size_t count) mutable {
                if (self->interrupted(self->read_, error)) {
                    self->issue_read(std::move(done));
                    return;
                }
                self->acknowledge_now();
                self->finish(self->read_, error, count, done);
            }
        );
    }

    void issue_write(Done done) {
        socket_.async_write_some(
            asio::buffer(from_.data() + written_, from_.size() - written_),
            [self = shared_from_this(),
             done = std::move(done)](const ErrorCode& error, std::size_t count) mutable {
                self->written_ += count;
                const bool more = !error && self->written_ < self->from_.size();
                if (more || self->interrupted(self->write_, error)) {
                    self->issue_write(std::move(done));
                    return;
                }
                self->finish(self->write_, error, self->written_, done);
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

    void finish(Direction& direction, const ErrorCode& error, std::size_t count, const Done& done) {
        IoFailure failure = failure_of(error);
        if (error == asio::error::operation_aborted) {
            failure = direction.timed_out ? IoFailure::kTimedOut : IoFailure::kCancelled;
        }
        direction.outstanding = false;
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

    void wait_readable(Done done) override { connection_->wait_readable(std::move(done)); }

    void read_some(std::span<std::byte> into, Done done) override {
        connection_->read_some(into, std::move(done));
    }

    void write(std::span<const std::byte> bytes, Done done) override {
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
