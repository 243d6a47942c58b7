// ReservedPort: a loopback port that nobody listens on and that no other process is given meanwhile. A node
// that sets SO_REUSEADDR, as Efface does, can listen on it.
#pragma once

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace efface::testing {

class ReservedPort {
public:
    ReservedPort() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        const int on = 1;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
        EXPECT_EQ(::bind(socket_, generic, length), 0);
        EXPECT_EQ(::getsockname(socket_, generic, &length), 0);
        port_ = ntohs(address.sin_port);
    }

    ~ReservedPort() { ::close(socket_); }

    ReservedPort(const ReservedPort&) = delete;
    ReservedPort& operator=(const ReservedPort&) = delete;

    std::uint16_t port() const { return port_; }

private:
    const int socket_;
    std::uint16_t port_ = 0;
};

}  // namespace efface::testing
