#include "config/crypto/seal.h"

#include "config/assert.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>

namespace efface {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverheadBytes = 1 + kNonceBytes + kTagBytes;
/// Sealed values are identifiers; anything near this is a mistake of the caller.
constexpr std::size_t kPlainBytesMax = 1U << 20U;

using Context = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

Context make_context() {
    Context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    EFFACE_ASSERT(context != nullptr);
    return context;
}

/// Fetched once: EVP_aes_256_gcm() is looked up in the provider at every init otherwise.
const EVP_CIPHER* aes_256_gcm() {
    static const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    EFFACE_ASSERT(cipher != nullptr);
    return cipher;
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<std::vector<std::uint8_t>> seal(
    const SealKey& key, Entropy& entropy, std::string_view plain, std::string_view context
) {
    EFFACE_ASSERT(plain.size() <= kPlainBytesMax && context.size() <= kPlainBytesMax);
    std::vector<std::uint8_t> out(plain.size() + kOverheadBytes);
    out[0] = kVersion;
    std::uint8_t* nonce = out.data() + 1;
    std::uint8_t* body = nonce + kNonceBytes;
    EFFACE_CHECK(entropy.fill(std::as_writable_bytes(std::span{nonce, kNonceBytes})));
    const Context cipher = make_context();
    int written = 0;
    EFFACE_ASSERT(EVP_EncryptInit_ex2(cipher.get(), aes_256_gcm(), key.data(), nonce, nullptr) == 1);
    EFFACE_ASSERT(
        EVP_EncryptUpdate(
            cipher.get(), nullptr, &written, bytes_of(context), static_cast<int>(context.size())
        ) == 1
    );
    EFFACE_ASSERT(
        EVP_EncryptUpdate(cipher.get(), body, &written, bytes_of(plain), static_cast<int>(plain.size())) == 1
    );
    EFFACE_ASSERT(EVP_EncryptFinal_ex(cipher.get(), body + written, &written) == 1);
    EFFACE_ASSERT(
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) == 1
    );
    return out;
}

Result<std::string> unseal(
    const SealKey& key, std::span<const std::uint8_t> sealed, std::string_view context
) {
    constexpr Literal kRefused{"a sealed value does not open: wrong key, or it was changed"};
    if (sealed.size() < kOverheadBytes || sealed.size() > kPlainBytesMax + kOverheadBytes ||
        sealed[0] != kVersion || context.size() > kPlainBytesMax) {
        return fail(Fault::kRefuse, kRefused);
    }
    const std::uint8_t* nonce = sealed.data() + 1;
    const std::uint8_t* body = nonce + kNonceBytes;
    const std::size_t plain_bytes = sealed.size() - kOverheadBytes;
    std::array<std::uint8_t, kTagBytes> tag{};
    std::copy_n(body + plain_bytes, kTagBytes, tag.begin());
    std::string plain(plain_bytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(plain.data());

    const Context cipher = make_context();
    int written = 0;
    EFFACE_ASSERT(EVP_DecryptInit_ex2(cipher.get(), aes_256_gcm(), key.data(), nonce, nullptr) == 1);
    EFFACE_ASSERT(
        EVP_DecryptUpdate(
            cipher.get(), nullptr, &written, bytes_of(context), static_cast<int>(context.size())
        ) == 1
    );
    EFFACE_ASSERT(EVP_DecryptUpdate(cipher.get(), out, &written, body, static_cast<int>(plain_bytes)) == 1);
    EFFACE_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
    if (EVP_DecryptFinal_ex(cipher.get(), out + written, &written) != 1) {
        return fail(Fault::kRefuse, kRefused);
    }
    return plain;
}

}  // namespace efface
