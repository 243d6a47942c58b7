#include "config/settings/ip_address.h"

#include <arpa/inet.h>
#include <charconv>
#include <sys/socket.h>

namespace efface {

namespace {

constexpr int kV4PrefixBits = 96;
constexpr int kAddressBits = 128;
constexpr std::size_t kAddressTextMax = 45;  // "ffff:...:255.255.255.255"
constexpr std::array<std::uint8_t, 12> kV4Mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// Digits only, no sign, no surplus zeros, at most `most`.
std::optional<int> parse_number(std::string_view text, int most) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || text.front() == '-' || (text.size() > 1 && text.front() == '0') || value > most) {
        return std::nullopt;
    }
    return value;
}

bool bit_is_set(const std::array<std::uint8_t, 16>& bytes, int bit) {
    return ((bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8)) & 1) != 0;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > kAddressTextMax) {
        return std::nullopt;
    }
    const std::string terminated{text};
    std::array<std::uint8_t, 4> v4{};
    if (::inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) {
        return from_v4_bytes(v4);
    }
    std::array<std::uint8_t, 16> v6{};
    if (::inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) {
        return from_v6_bytes(v6);
    }
    return std::nullopt;
}

IpAddress IpAddress::from_v4_bytes(const std::array<std::uint8_t, 4>& bytes) {
    std::array<std::uint8_t, 16> mapped{};
    std::copy(kV4Mapped.begin(), kV4Mapped.end(), mapped.begin());
    std::copy(bytes.begin(), bytes.end(), mapped.begin() + kV4Mapped.size());
    return IpAddress{mapped};
}

IpAddress IpAddress::from_v6_bytes(const std::array<std::uint8_t, 16>& bytes) {
    return IpAddress{bytes};
}

bool IpAddress::is_v4() const {
    return std::equal(kV4Mapped.begin(), kV4Mapped.end(), bytes_.begin());
}

bool IpAddress::is_loopback() const {
    static const IpAddress v6_loopback = *parse("::1");
    return is_v4() ? bytes_[12] == 127 : *this == v6_loopback;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    const bool v4 = is_v4();
    ::inet_ntop(
        v4 ? AF_INET : AF_INET6, v4 ? bytes_.data() + kV4Mapped.size() : bytes_.data(), out.data(), out.size()
    );
    return out.data();
}

std::optional<CidrBlock> CidrBlock::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto network = IpAddress::parse(text.substr(0, slash));
    if (!network) {
        return std::nullopt;
    }
    if (slash == std::string_view::npos) {
        return CidrBlock{*network, kAddressBits};
    }
    // "::ffff:10.0.0.0/104" counts its bits as IPv6 although the address prints as IPv4.
    const bool counts_as_v4 = network->is_v4() && text.find(':') == std::string_view::npos;
    const auto bits = parse_number(text.substr(slash + 1), counts_as_v4 ? 32 : kAddressBits);
    if (!bits) {
        return std::nullopt;
    }
    const int prefix_bits = counts_as_v4 ? kV4PrefixBits + *bits : *bits;
    for (int bit = prefix_bits; bit < kAddressBits; ++bit) {
        if (bit_is_set(network->bytes(), bit)) {
            return std::nullopt;
        }
    }
    return CidrBlock{*network, prefix_bits};
}

bool CidrBlock::contains(const IpAddress& address) const {
    // "::/0" means every IPv6 address; without this it would also let every mapped IPv4 caller in.
    if (address.is_v4() != network_.is_v4()) {
        return false;
    }
    for (int bit = 0; bit < prefix_bits_; ++bit) {
        if (bit_is_set(address.bytes(), bit) != bit_is_set(network_.bytes(), bit)) {
            return false;
        }
    }
    return true;
}

std::string CidrBlock::text() const {
    if (prefix_bits_ == kAddressBits) {
        return network_.text();
    }
    const int shown = network_.is_v4() ? prefix_bits_ - kV4PrefixBits : prefix_bits_;
    return network_.text() + "/" + std::to_string(shown);
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    const bool has_colon = host.find(':') != std::string_view::npos;
    const auto address = IpAddress::parse(host);
    const auto port = parse_number(text.substr(colon + 1), 65535);
    if (!address || !port || bracketed != has_colon) {
        return std::nullopt;
    }
    return SocketAddress{*address, static_cast<std::uint16_t>(*port)};
}

std::string SocketAddress::text() const {
    const std::string host = address.is_v4() ? address.text() : "[" + address.text() + "]";
    return host + ":" + std::to_string(port);
}

}  // namespace efface
