// Seal: authenticated encryption of small values at rest, AES-256-GCM (NIST SP 800-38D) with a random
// 96-bit nonce. A sealed value is: version byte 1, nonce (12), ciphertext, tag (16).
// One key seals at most 2^32 values (the bound for random nonces); derive a key per purpose.
// Thread rule: pure functions.
#pragma once

#include "config/environment.h"
#include "config/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface {

using SealKey = std::array<std::uint8_t, 32>;

/// `context` is authenticated but not stored: opening under another context fails, so a sealed value
/// cannot be moved to another row.
Result<std::vector<std::uint8_t>> seal(
    const SealKey& key, Entropy& entropy, std::string_view plain, std::string_view context
);
/// Fault::kRefuse for a wrong key, a wrong context and any changed byte; it does not say which.
Result<std::string> unseal(
    const SealKey& key, std::span<const std::uint8_t> sealed, std::string_view context
);

}  // namespace efface
