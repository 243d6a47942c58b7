// Real sockets on loopback: the pages answer, and what is not a page is refused.
#include "node/web/http_server.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace efface::node {
namespace {

namespace asio = boost::asio;

class FixedPages final : public Pages {
public:
    std::string reason;

    std::string not_ready_because() const override { return reason; }

    std::string metrics_text() const override { return "efface_test 1\n"; }
};

class WebTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto server = HttpServer::listen(io_.get_executor(), "127.0.0.1", 0, pages_);
        ASSERT_TRUE(server);
        server_.emplace(std::move(*server));
        thread_ = std::thread{[this] { io_.run(); }};
    }

    void TearDown() override {
        server_->stop();
        io_.stop();
        thread_.join();
    }

    std::string ask(const std::string& request) {
        asio::io_context io;
        asio::ip::tcp::socket socket{io};
        socket.connect({asio::ip::make_address("127.0.0.1"), server_->port()});
        boost::system::error_code end;
        // A server that drops the connection may do so before all is written.
        asio::write(socket, asio::buffer(request), end);
        std::string reply;
        asio::read(socket, asio::dynamic_buffer(reply), end);
        return reply;
    }

    std::string get(const std::string& path) {
        return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    FixedPages pages_;
    asio::io_context io_;
    std::optional<HttpServer> server_;
    std::thread thread_;
};

TEST_F(WebTest, LivezAnswersOk) {
    EXPECT_TRUE(get("/livez").starts_with("HTTP/1.1 200 OK"));
}

TEST_F(WebTest, ReadyzSaysWhyNot) {
    EXPECT_TRUE(get("/readyz").starts_with("HTTP/1.1 200"));

    pages_.reason = "the spool is above its soft watermark";

    const std::string reply = get("/readyz");
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 503"));
    EXPECT_TRUE(reply.ends_with("the spool is above its soft watermark\n"));
}

TEST_F(WebTest, MetricsIgnoreAQuery) {
    EXPECT_TRUE(get("/metrics?x=1").ends_with("efface_test 1\n"));
}

TEST_F(WebTest, UnknownPathsListThePages) {
    const std::string reply = get("/");

    EXPECT_TRUE(reply.starts_with("HTTP/1.1 404"));
    EXPECT_NE(reply.find("/readyz"), std::string::npos);
}

TEST_F(WebTest, PostIsRefused) {
    EXPECT_TRUE(ask("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 405"));
}

TEST_F(WebTest, AnOversizedHeaderIsDropped) {
    const auto with_header = [&](std::size_t bytes) {
        return ask(
            "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + std::string(bytes, 'a') +
            "\r\n\r\n"
        );
    };

    EXPECT_NE(with_header(100).find("200 OK"), std::string::npos);
    EXPECT_EQ(with_header(100'000).find("200 OK"), std::string::npos);
    EXPECT_NE(with_header(100).find("200 OK"), std::string::npos);
}

}  // namespace
}  // namespace efface::node
