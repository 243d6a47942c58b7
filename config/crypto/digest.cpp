#include "config/crypto/digest.h"

#include "config/assert.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace efface {

namespace {

/// Fetched once: EVP_sha256() is looked up in the provider at every init otherwise.
const EVP_MD* sha256_method() {
    static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EFFACE_ASSERT(method != nullptr);
    return method;
}

/// Made once per thread: HMAC() looks its algorithms up at every call, three times the work of a short
/// message.
struct HmacContext {
    EVP_MAC_CTX* context = nullptr;

    HmacContext() {
        EVP_MAC* method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        context = EVP_MAC_CTX_new(method);
        EVP_MAC_free(method);
        char digest[] = "SHA256";
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
        EFFACE_ASSERT(context != nullptr && EVP_MAC_CTX_set_params(context, parameters) == 1);
    }

    ~HmacContext() { EVP_MAC_CTX_free(context); }

    HmacContext(const HmacContext&) = delete;
    HmacContext& operator=(const HmacContext&) = delete;
};

int nibble(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

}  // namespace

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    State() {
        EFFACE_ASSERT(context != nullptr);
        EFFACE_ASSERT(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1);
    }

    ~State() { EVP_MD_CTX_free(context); }

    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_{std::make_unique<State>()} {}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
    EFFACE_ASSERT(state_ != nullptr);
    EFFACE_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Sha256::update(std::string_view text) {
    update(std::as_bytes(std::span{text}));
}

Digest Sha256::finish() {
    EFFACE_ASSERT(state_ != nullptr);
    Digest out{};
    unsigned length = 0;
    EFFACE_ASSERT(EVP_DigestFinal_ex(state_->context, out.data(), &length) == 1 && length == out.size());
    state_.reset();
    return out;
}

Digest sha256(std::span<const std::byte> bytes) {
    Sha256 running;
    running.update(bytes);
    return running.finish();
}

Digest sha256(std::string_view text) {
    return sha256(std::as_bytes(std::span{text}));
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view message) {
    EFFACE_ASSERT(!key.empty());
    thread_local const HmacContext hmac;
    Digest out{};
    std::size_t length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    EFFACE_ASSERT(EVP_MAC_init(hmac.context, key.data(), key.size(), nullptr) == 1);
    EFFACE_ASSERT(EVP_MAC_update(hmac.context, bytes, message.size()) == 1);
    EFFACE_ASSERT(EVP_MAC_final(hmac.context, out.data(), &length, out.size()) == 1 && length == out.size());
    return out;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 0xFU];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i]);
        const int low = nibble(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
    const auto bytes = from_hex(text);
    if (!bytes || bytes->size() != Digest{}.size()) {
        return std::nullopt;
    }
    Digest out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>((*bytes)[i]);
    }
    return out;
}

}  // namespace efface
