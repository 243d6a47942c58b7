#include "node/web/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <chrono>

namespace efface::node {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds kDeadline{10};
constexpr std::uint32_t kHeaderBytesMax = 8192;
constexpr std::uint64_t kBodyBytesMax = 1024;
constexpr int kSessionsMax = 64;

}  // namespace

class HttpServer::Listener : public std::enable_shared_from_this<HttpServer::Listener> {
public:
    Listener(asio::any_io_executor executor, const Pages& pages)
        : executor_{executor}, acceptor_{asio::make_strand(executor)}, pages_{pages} {}

    Status open(const std::string& address, std::uint16_t port) {
        boost::system::error_code error;
        const auto ip = asio::ip::make_address(address, error);
        if (error) {
            return fail(Fault::kHalt, "[web] listen is not an IP address");
        }
        const tcp::endpoint endpoint{ip, port};
        acceptor_.open(endpoint.protocol(), error);
        if (!error) {
            acceptor_.set_option(asio::socket_base::reuse_address{true}, error);
        }
        if (!error) {
            acceptor_.bind(endpoint, error);
        }
        if (!error) {
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
        }
        if (error) {
            return fail(
                Fault::kHalt, "cannot listen for HTTP: is the port taken? see [web] listen",
                Where::number(error.value())
            );
        }
        port_ = acceptor_.local_endpoint().port();
        return {};
    }

    void accept() {
        acceptor_.async_accept(
            asio::make_strand(executor_),
            [self = shared_from_this()](beast::error_code error, tcp::socket socket) {
                if (error == asio::error::operation_aborted) {
                    return;
                }
                if (!error && self->sessions_.load() < kSessionsMax) {
                    std::make_shared<Session>(std::move(socket), self)->read();
                }
                self->accept();
            }
        );
    }

    void close() {
        asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
            beast::error_code ignored;
            self->acceptor_.close(ignored);
        });
    }

    std::uint16_t port() const { return port_; }

private:
    class Session : public std::enable_shared_from_this<Session> {
    public:
        Session(tcp::socket socket, std::shared_ptr<Listener> listener)
            : stream_{std::move(socket)}, listener_{std::move(listener)} {
            ++listener_->sessions_;
        }

        ~Session() { --listener_->sessions_; }

        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;

        void read() {
            parser_.emplace();
            parser_->header_limit(kHeaderBytesMax);
            parser_->body_limit(kBodyBytesMax);
            stream_.expires_after(kDeadline);
            http::async_read(
                stream_, buffer_, *parser_,
                [self = shared_from_this()](beast::error_code error, std::size_t) {
                    if (!error) {
                        self->respond();
                    }
                }
            );
        }

    private:
        void respond() {
            const auto& request = parser_->get();
            const bool known_verb =
                request.method() == http::verb::get || request.method() == http::verb::head;
            const std::string_view target{request.target().data(), request.target().size()};
            const Page page = known_verb ? answer(listener_->pages_, target.substr(0, target.find('?')))
                                         : Page{.status = 405, .body = "only GET and HEAD\n"};
            response_ = {};
            response_.version(request.version());
            response_.result(page.status);
            response_.set(
                http::field::content_type,
                beast::string_view{page.content_type.data(), page.content_type.size()}
            );
            response_.set(http::field::cache_control, "no-store");
            response_.set("X-Content-Type-Options", "nosniff");
            response_.keep_alive(request.keep_alive());
            response_.body() = page.body;
            response_.prepare_payload();
            if (request.method() == http::verb::head) {
                response_.body().clear();
            }
            stream_.expires_after(kDeadline);
            http::async_write(
                stream_, response_,
                [self = shared_from_this()](beast::error_code error, std::size_t) {
                    if (!error && self->response_.keep_alive()) {
                        self->read();
                    }
                }
            );
        }

        beast::tcp_stream stream_;
        std::shared_ptr<Listener> listener_;
        beast::flat_buffer buffer_;
        std::optional<http::request_parser<http::string_body>> parser_;
        http::response<http::string_body> response_;
    };

    asio::any_io_executor executor_;
    tcp::acceptor acceptor_;
    const Pages& pages_;
    std::atomic<int> sessions_{0};
    std::uint16_t port_ = 0;
};

Result<HttpServer> HttpServer::listen(
    asio::any_io_executor executor, const std::string& address, std::uint16_t port, const Pages& pages
) {
    auto listener = std::make_shared<Listener>(executor, pages);
    EFFACE_CHECK(listener->open(address, port));
    listener->accept();
    return HttpServer{std::move(listener)};
}

std::uint16_t HttpServer::port() const {
    return listener_->port();
}

void HttpServer::stop() {
    listener_->close();
}

}  // namespace efface::node
