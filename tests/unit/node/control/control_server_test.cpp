// The socket: one line in, one line out; who asks is what the kernel says; nothing waits for ever.
#include "config/json.h"
#include "db/audit/audit_query.h"
#include "node/control/control_client.h"
#include "tests/unit/node/control/test_node.h"

#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace efface::node {
namespace {

using namespace testing;
using db::testing::must;

constexpr int kWaitMillis = 10'000;

/// A client that says what it likes.
class RawClient {
public:
    explicit RawClient(const std::string& path) : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        connected_ =
            ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }

    bool connected() const { return connected_; }

    void send(std::string_view text) {
        static_cast<void>(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
    }

    /// Up to and without the next line feed; "" when the other side closed, "?" when nothing came.
    std::string line() {
        std::string text;
        for (;;) {
            pollfd wanted{.fd = socket_.get(), .events = POLLIN, .revents = 0};
            if (::poll(&wanted, 1, kWaitMillis) <= 0) {
                return "?";
            }
            char c = 0;
            if (::recv(socket_.get(), &c, 1, 0) <= 0 || c == '\n') {
                return text;
            }
            text += c;
        }
    }

private:
    Descriptor socket_;
    bool connected_ = false;
};

const std::string& socket_of(const TestNode& node) {
    return node.settings().node.control_socket_path;
}

TEST(ControlServer, AnswersManyRequestsOfOneSession) {
    TestNode node;
    node.deliver("1");
    node.serve();
    auto client = ControlClient::connect(socket_of(node));
    ASSERT_TRUE(client);

    const auto status = client->call("status", Json::object());
    const auto wrong = client->call("status", {{"verbose", true}});
    const auto rows = client->call("audit.query", {{"study", "2.25.1000"}});

    ASSERT_TRUE(status);
    EXPECT_EQ((*status)["jobs"]["delivered"], 1);
    EXPECT_EQ(wrong.error().code, ControlCode::kUsage);
    EXPECT_EQ((*rows)["rows"].size(), 3u);
}

TEST(ControlServer, AuditsWhatTheKernelSaysOfTheOperator) {
    TestNode node;
    const db::JobId job = node.quarantine("1");
    node.serve();
    auto client = ControlClient::connect(socket_of(node));

    ASSERT_TRUE(client->call("quarantine.discard", {{"jobs", Json::array({job})}, {"reason", "a phantom"}}));

    const auto rows = must(db::query_audit(node.reader(), {.event = db::AuditEvent::kOperatorDiscard}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ((*parse_json(rows[0].entry.detail))["uid"], ::getuid());
}

TEST(ControlServer, IsClosedToOthers) {
    TestNode node;
    node.serve();

    struct stat info {};

    ASSERT_EQ(::stat(socket_of(node).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(node.settings().node.state_directory.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST(ControlServer, AnswersNonsenseWithAnError) {
    TestNode node;
    node.serve();
    RawClient client{socket_of(node)};
    const std::string deep = std::string(20'000, '[');

    for (const std::string& request :
         {std::string{"hello"}, std::string{"{}"}, std::string{R"({"operation":1,"arguments":{}})"},
          std::string{R"({"operation":"status","arguments":{},"more":1})"},
          std::string{R"({"operation":"format.disk","arguments":{}})"}, deep}) {
        client.send(request + "\n");
        const auto reply = parse_json(client.line());
        ASSERT_TRUE(reply) << request.substr(0, 40);
        EXPECT_EQ((*reply)["ok"], false);
        EXPECT_EQ((*reply)["code"], "usage");
    }
}

TEST(ControlServer, TakesPipelinedRequestsOneAfterAnother) {
    TestNode node;
    node.serve();
    RawClient client{socket_of(node)};
    const std::string request = R"({"operation":"status","arguments":{}})";

    client.send(request + "\n" + request + "\n");

    EXPECT_NE(client.line().find("\"ok\":true"), std::string::npos);
    EXPECT_NE(client.line().find("\"ok\":true"), std::string::npos);
}

TEST(ControlServer, EndsASessionThatSendsTooMuch) {
    TestNode node;
    node.serve();
    RawClient client{socket_of(node)};

    client.send(std::string(kRequestBytesMax + 1, 'x'));

    EXPECT_EQ(client.line(), "");
}

TEST(ControlServer, EndsASessionThatDripsItsRequest) {
    TestNode node;
    node.serve({.read_deadline = std::chrono::milliseconds{50}});
    RawClient client{socket_of(node)};

    client.send("{");

    EXPECT_EQ(client.line(), "");
}

TEST(ControlServer, EndsASessionThatAsksNothing) {
    TestNode node;
    node.serve({.idle_deadline = std::chrono::milliseconds{50}});
    RawClient client{socket_of(node)};

    EXPECT_EQ(client.line(), "");
}

TEST(ControlServer, ServesNoMoreSessionsThanItMay) {
    TestNode node;
    node.serve({.sessions_max = 1});
    RawClient first{socket_of(node)};
    first.send("{}\n");
    ASSERT_NE(first.line(), "");

    RawClient second{socket_of(node)};

    EXPECT_TRUE(second.connected());
    EXPECT_EQ(second.line(), "");
}

TEST(ControlServer, TakesOverTheSocketOfADeadDaemonOnly) {
    TestNode node;
    const std::string path = socket_of(node);
    {
        // A socket file without a listener: what kill -9 leaves.
        const Descriptor dead{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }

    node.serve();

    boost::asio::io_context io;
    const auto second = ControlServer::listen(io, node.parts());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, Fault::kHalt);
    EXPECT_TRUE(ControlClient::connect(path));
}

TEST(ControlServer, RemovesNoFileThatIsNotASocket) {
    TestNode node;
    const Descriptor file{::open(socket_of(node).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
    boost::asio::io_context io;

    const auto server = ControlServer::listen(io, node.parts());

    EXPECT_FALSE(server);
    EXPECT_EQ(::access(socket_of(node).c_str(), F_OK), 0);
}

TEST(ControlClient, SaysThatTheDaemonIsNotRunning) {
    TestNode node;

    const auto client = ControlClient::connect(socket_of(node));

    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, ControlCode::kUnavailable);
}

TEST(ControlClient, NoticesADaemonThatStops) {
    TestNode node;
    node.serve();
    auto client = ControlClient::connect(socket_of(node));
    ASSERT_TRUE(client->call("status", Json::object()));

    node.stop_server();
    const auto result = client->call("status", Json::object(), std::chrono::milliseconds{5000});

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ControlCode::kUnavailable);
}

}  // namespace
}  // namespace efface::node
