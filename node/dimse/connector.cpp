#include "node/dimse/connector.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <netdb.h>
#include <utility>
#include <vector>

namespace efface::node {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Strand>;
using Resolver = asio::ip::basic_resolver<tcp, Strand>;
using Endpoints = std::vector<tcp::endpoint>;

// getaddrinfo(3), which may wait for name servers.
Endpoints look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, freeaddrinfo};
    Endpoints endpoints;
    for (const addrinfo* one = found; one != nullptr && endpoints.size() < kAddressesMax;
         one = one->ai_next) {
        tcp::endpoint endpoint;
        if (one->ai_addrlen <= endpoint.capacity()) {
            endpoint.resize(one->ai_addrlen);
            std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
            endpoint.port(port);
            endpoints.push_back(endpoint);
        }
    }
    return endpoints;
}

class Attempt : public std::enable_shared_from_this<Attempt> {
public:
    Attempt(const Strand& strand, std::chrono::milliseconds timeout, std::function<void(ConnectResult)> done)
        : strand_{strand},
          resolver_{strand},
          timer_{strand},
          deadline_{Clock::now() + timeout},
          done_{std::move(done)} {}

    void start(const std::string& host, std::uint16_t port, const RunBlocking& run_blocking) {
        ErrorCode not_numeric;
        const auto address = asio::ip::make_address(host, not_numeric);
        if (!not_numeric) {
            asio::post(strand_, [self = shared_from_this(), endpoint = tcp::endpoint{address, port}] {
                self->resolved({endpoint});
            });
            return;
        }
        timer_.expires_at(deadline_);
        timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
            if (!error) {
                self->give_up_resolving();
            }
        });
        if (run_blocking) {
            run_blocking([self = shared_from_this(), host, port] {
                asio::post(self->strand_, [self, endpoints = look_up(host, port)] {
                    self->resolved(endpoints);
                });
            });
            return;
        }
        resolver_.async_resolve(
            host, std::to_string(port),
            [self = shared_from_this()](const ErrorCode&, const Resolver::results_type& results) {
                self->resolved(Endpoints{results.begin(), results.end()});
            }
        );
    }

    void cancel() {
        asio::dispatch(strand_, [self = shared_from_this()] { self->finish(TransportFailure::kCancelled); });
    }

private:
    void give_up_resolving() {
        if (endpoints_.empty()) {
            finish(TransportFailure::kTimedOut);
        }
    }

    void resolved(Endpoints endpoints) {
        if (!done_) {
            return;
        }
        endpoints_ = std::move(endpoints);
        endpoints_.resize(std::min(endpoints_.size(), kAddressesMax));
        if (endpoints_.empty()) {
            finish(TransportFailure::kUnresolved);
            return;
        }
        try_next();
    }

    void try_next() {
        const auto now = Clock::now();
        if (next_ == endpoints_.size() || now >= deadline_) {
            finish(
                timed_out_ || now >= deadline_ ? TransportFailure::kTimedOut
                                               : TransportFailure::kConnectRefused
            );
            return;
        }
        const auto share = (deadline_ - now) / static_cast<int>(endpoints_.size() - next_);
        socket_.emplace(strand_);
        timer_.expires_after(share);
        timer_.async_wait([self = shared_from_this(), attempt = next_](const ErrorCode& error) {
            if (!error && self->socket_ && attempt + 1 == self->next_) {
                self->timed_out_ = true;
                ErrorCode ignored;
                self->socket_->close(ignored);
            }
        });
        socket_->async_connect(endpoints_[next_++], [self = shared_from_this()](const ErrorCode& error) {
            self->connected(error);
        });
    }

    void connected(const ErrorCode& error) {
        if (!done_) {
            return;
        }
        if (error || !socket_->is_open()) {
            try_next();
            return;
        }
        finish(TransportFailure::kNone);
    }

    void finish(TransportFailure failure) {
        if (!done_) {
            return;
        }
        const auto done = std::exchange(done_, {});
        ErrorCode ignored;
        timer_.cancel(ignored);
        resolver_.cancel();
        ConnectResult result{.failure = failure, .socket = {}};
        if (failure == TransportFailure::kNone) {
            result.socket = std::move(socket_);
        }
        socket_.reset();
        done(std::move(result));
    }

    const Strand strand_;
    Resolver resolver_;
    Timer timer_;
    const Clock::time_point deadline_;
    std::function<void(ConnectResult)> done_;
    Endpoints endpoints_;
    std::size_t next_ = 0;
    bool timed_out_ = false;
    std::optional<TcpSocket> socket_;
};

}  // namespace

std::function<void()> Connector::connect(
    const Strand& strand, const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout,
    const RunBlocking& run_blocking, std::function<void(ConnectResult)> done
) {
    auto attempt = std::make_shared<Attempt>(strand, timeout, std::move(done));
    attempt->start(host, port, run_blocking);
    return [attempt] { attempt->cancel(); };
}

}  // namespace efface::node
