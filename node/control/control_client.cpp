#include "node/control/control_client.h"

#include "config/json.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace efface::node {

namespace {

using Deadline = std::chrono::steady_clock::time_point;

tl::unexpected<ControlError> gone() {
    return control_error(
        ControlCode::kUnavailable, "the daemon closed the connection: it is stopping or busy"
    );
}

/// Waits until the socket is ready for `events`; false: the deadline passed.
bool wait_for(int fd, short events, Deadline until) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd wanted{.fd = fd, .events = events, .revents = 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

tl::expected<void, ControlError> send_all(int fd, std::string_view text, Deadline until) {
    while (!text.empty()) {
        if (!wait_for(fd, POLLOUT, until)) {
            return control_error(ControlCode::kUnavailable, "the daemon does not read: it may be hanging");
        }
        const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN) {
            return gone();
        }
        text.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return {};
}

ControlResult read_reply(const std::string& line) {
    auto reply = parse_json(line);
    if (!reply || !reply->is_object() || !reply->contains("ok") || !(*reply)["ok"].is_boolean()) {
        return control_error(ControlCode::kInternal, "the daemon answered something unreadable");
    }
    if ((*reply)["ok"].get<bool>() && reply->contains("result")) {
        return std::move((*reply)["result"]);
    }
    const std::string code = reply->value("code", "internal");
    return control_error(
        find_control_code(code).value_or(ControlCode::kInternal), reply->value("error", "no reason given")
    );
}

}  // namespace

tl::expected<ControlClient, ControlError> ControlClient::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return control_error(ControlCode::kUsage, "the control socket's path is longer than 107 bytes");
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket.valid()) {
        return control_error(ControlCode::kInternal, "cannot make a socket");
    }
    // A Unix socket connects at once or waits for a full backlog only; the daemon accepts promptly.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == EACCES || errno == EPERM) {
            return control_error(
                ControlCode::kRefused,
                path + ": no permission: the control socket belongs to the daemon's user"
            );
        }
        return control_error(
            ControlCode::kUnavailable, "the daemon is not running (no one listens on " + path + ")"
        );
    }
    return ControlClient{std::move(socket)};
}

ControlResult ControlClient::call(
    std::string_view operation, const Json& arguments, std::chrono::milliseconds deadline
) {
    const Deadline until = std::chrono::steady_clock::now() + deadline;
    const std::string request = dump_json(Json{{"operation", operation}, {"arguments", arguments}}) + "\n";
    if (request.size() > kRequestBytesMax) {
        return control_error(ControlCode::kUsage, "the request is too long: name fewer things at once");
    }
    if (auto sent = send_all(socket_.get(), request, until); !sent) {
        return tl::unexpected(sent.error());
    }
    std::size_t searched = 0;
    for (;;) {
        const std::size_t end = received_.find('\n', searched);
        if (end != std::string::npos) {
            const std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return read_reply(line);
        }
        searched = received_.size();
        if (received_.size() > kReplyBytesMax) {
            return control_error(ControlCode::kInternal, "the daemon's answer is too long");
        }
        if (!wait_for(socket_.get(), POLLIN, until)) {
            return control_error(ControlCode::kUnavailable, "the daemon did not answer in time");
        }
        std::array<char, 65536> chunk{};
        const ssize_t got = ::recv(socket_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
            return gone();
        }
        received_.append(chunk.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }
}

}  // namespace efface::node
