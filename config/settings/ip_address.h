// IpAddress, CidrBlock and SocketAddress: where peers may call from and where the node listens.
// IPv4 and IPv6 are one kind of value; ::ffff:a.b.c.d is the IPv4 address a.b.c.d, because a
// dual-stack socket reports IPv4 callers so.
// Thread rule: values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace efface {

class IpAddress {
public:
    /// Reads "192.0.2.1" or "2001:db8::1" (no brackets, no zone).
    static std::optional<IpAddress> parse(std::string_view text);
    static IpAddress from_v4_bytes(const std::array<std::uint8_t, 4>& bytes);
    static IpAddress from_v6_bytes(const std::array<std::uint8_t, 16>& bytes);

    bool is_v4() const;
    bool is_loopback() const;
    /// As inet_ntop writes it; a mapped address as IPv4.
    std::string text() const;

    /// In network order; IPv4 as ::ffff:a.b.c.d.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    auto operator<=>(const IpAddress&) const = default;

private:
    explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_{bytes} {}

    std::array<std::uint8_t, 16> bytes_{};
};

/// "10.0.0.0/8", "2001:db8::/32", or one address. No bit may be set behind the prefix.
class CidrBlock {
public:
    static std::optional<CidrBlock> parse(std::string_view text);

    bool contains(const IpAddress& address) const;
    std::string text() const;

    auto operator<=>(const CidrBlock&) const = default;

private:
    CidrBlock(const IpAddress& network, int prefix_bits) : network_{network}, prefix_bits_{prefix_bits} {}

    IpAddress network_;
    int prefix_bits_;  ///< Of 128; an IPv4 prefix of n bits is 96 + n.
};

/// "127.0.0.1:11112" or "[::1]:11112". Port 0 lets the system choose one.
struct SocketAddress {
    IpAddress address;
    std::uint16_t port = 0;

    static std::optional<SocketAddress> parse(std::string_view text);
    std::string text() const;

    auto operator<=>(const SocketAddress&) const = default;
};

}  // namespace efface
