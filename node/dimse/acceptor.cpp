#include "node/dimse/acceptor.h"

#include "config/assert.h"
#include "node/dimse/scp_association.h"
#include "node/dimse/tcp_transport.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>

namespace efface::node {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using TcpAcceptor = asio::basic_socket_acceptor<tcp, Strand>;

/// When accept fails for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptRetry{100};

std::string text_of(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

// One listening socket.
class Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(asio::io_context& io, std::shared_ptr<ScpServices> services)
        : io_{io},
          services_{std::move(services)},
          acceptor_{asio::make_strand(io.get_executor())},
          retry_{acceptor_.get_executor()} {}

    ErrorCode open(const tcp::endpoint& endpoint, bool six_only) {
        ErrorCode error;
        acceptor_.open(endpoint.protocol(), error);
        if (!error) {
            acceptor_.set_option(asio::socket_base::reuse_address{true}, error);
        }
        if (!error && endpoint.protocol() == tcp::v6()) {
            acceptor_.set_option(asio::ip::v6_only{six_only}, error);
        }
        if (!error) {
            acceptor_.bind(endpoint, error);
        }
        if (!error) {
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
        }
        return error;
    }

    std::uint16_t port() const {
        ErrorCode error;
        const auto endpoint = acceptor_.local_endpoint(error);
        return error ? std::uint16_t{0} : endpoint.port();
    }

    void start() {
        asio::dispatch(acceptor_.get_executor(), [self = shared_from_this()] { self->accept_next(); });
    }

    void stop() {
        asio::dispatch(acceptor_.get_executor(), [self = shared_from_this()] {
            ErrorCode ignored;
            self->acceptor_.close(ignored);
            self->retry_.cancel(ignored);
        });
    }

private:
    void accept_next() {
        if (!acceptor_.is_open()) {
            return;
        }
        // Each connection gets a strand of its own.
        acceptor_.async_accept(
            asio::make_strand(io_.get_executor()),
            [self = shared_from_this()](const ErrorCode& error, TcpSocket socket) {
                if (!error) {
                    self->take(std::move(socket));
                } else if (error == asio::error::operation_aborted) {
                    return;
                } else if (error != asio::error::connection_aborted) {
                    self->pause();
                    return;
                }
                self->accept_next();
            }
        );
    }

    void pause() {
        retry_.expires_after(kAcceptRetry);
        retry_.async_wait([self = shared_from_this()](const ErrorCode& error) {
            if (!error) {
                self->accept_next();
            }
        });
    }

    void take(TcpSocket socket) {
        ErrorCode error;
        const auto peer = socket.remote_endpoint(error);
        const auto local = error ? tcp::endpoint{} : socket.local_endpoint(error);
        if (error) {
            return;  // Gone already.
        }
        AssociationFacts facts;
        facts.peer_address = text_of(peer.address());
        facts.peer_port = peer.port();
        facts.local_port = local.port();
        const auto id = services_->registry.admit(facts.peer_address);
        facts.id = id ? *id : services_->registry.number_refused();
        if (!id) {
            AssociationEvent event;
            event.kind = AssociationEventKind::kDropped;
            event.facts = std::make_shared<const AssociationFacts>(std::move(facts));
            event.reason = Literal{"too many connections without an association"};
            services_->observer.notify(event);
            return;
        }
        const Strand strand = socket.get_executor();
        auto association = std::make_shared<ScpAssociation>(
            services_, make_tcp_transport(std::move(socket)), std::move(facts)
        );
        services_->registry.attach(*id, association);
        asio::dispatch(strand, [association] { association->start(); });
    }

    asio::io_context& io_;
    const std::shared_ptr<ScpServices> services_;
    TcpAcceptor acceptor_;
    asio::basic_waitable_timer<
        std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>
        retry_;
};

}  // namespace

struct Acceptor::State {
    asio::io_context& io;
    std::vector<ListenEndpoint> endpoints;
    std::shared_ptr<ScpServices> services;
    std::vector<std::shared_ptr<Listener>> listeners;
};

Acceptor::Acceptor(
    asio::io_context& io, AcceptorOptions options, Offer offer, AssociationPolicy& policy, InstanceSink& sink,
    AssociationObserver& observer
)
    : state_{std::make_shared<State>(State{
          .io = io,
          .endpoints = std::move(options.endpoints),
          .services = std::make_shared<ScpServices>(options.limits, std::move(offer), policy, sink, observer),
          .listeners = {}})} {}

Acceptor::~Acceptor() {
    stop_listening();
}

Status Acceptor::listen() {
    EFFACE_ASSERT(state_->listeners.empty());
    std::vector<std::shared_ptr<Listener>> opened;
    for (const ListenEndpoint& wanted : state_->endpoints) {
        ErrorCode error;
        const auto address = asio::ip::make_address(wanted.address, error);
        if (error) {
            return fail(Fault::kHalt, "listen address is not a numeric IPv4 or IPv6 address");
        }
        const bool four_too = std::ranges::any_of(state_->endpoints, [&](const ListenEndpoint& other) {
            return other.port == wanted.port && other.address.find(':') == std::string::npos;
        });
        opened.push_back(std::make_shared<Listener>(state_->io, state_->services));
        // "::" takes IPv4 as well, unless an endpoint of its own does so on this port.
        error = opened.back()->open({address, wanted.port}, four_too);
        if (error) {
            return fail(Fault::kHalt, "cannot listen", Where::number(error.value()));
        }
    }
    state_->listeners = std::move(opened);
    for (const auto& listener : state_->listeners) {
        listener->start();
    }
    return {};
}

std::vector<std::uint16_t> Acceptor::ports() const {
    std::vector<std::uint16_t> ports;
    for (const auto& listener : state_->listeners) {
        ports.push_back(listener->port());
    }
    return ports;
}

void Acceptor::stop_listening() {
    for (const auto& listener : state_->listeners) {
        listener->stop();
    }
}

void Acceptor::drain(std::function<void()> done) {
    state_->services->draining = true;
    stop_listening();
    for (const auto& association : state_->services->registry.all()) {
        association->drain();
    }
    state_->services->registry.when_empty(std::move(done));
}

void Acceptor::abort_all() {
    for (const auto& association : state_->services->registry.all()) {
        association->abort();
    }
}

std::size_t Acceptor::open_count() const {
    return state_->services->registry.count();
}

}  // namespace efface::node
