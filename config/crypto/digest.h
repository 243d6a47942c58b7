// SHA-256 and HMAC-SHA-256 (FIPS 180-4, FIPS 198-1) over OpenSSL's libcrypto, the only place that
// includes it besides the TLS transport.
// Thread rule: a Sha256 belongs to one thread; the functions are pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace efface {

using Digest = std::array<std::uint8_t, 32>;

/// A running SHA-256.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::span<const std::byte> bytes);
    void update(std::string_view text);
    /// The digest of all bytes so far; the object is spent.
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest sha256(std::span<const std::byte> bytes);
Digest sha256(std::string_view text);
Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view message);

/// Lower-case hexadecimal.
std::string to_hex(std::span<const std::uint8_t> bytes);
/// The bytes of an even-length hexadecimal text of either case, or nothing.
std::optional<std::string> from_hex(std::string_view text);
std::optional<Digest> digest_from_hex(std::string_view text);

}  // namespace efface
