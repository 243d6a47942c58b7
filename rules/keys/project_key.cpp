// Keyed values: UIDs by PS3.5 B.2 (UUID-derived), pseudonyms and hashes. Pure.
#include "rules/keys/project_key.h"

#include "config/assert.h"

namespace efface::rules {
namespace {

constexpr std::string_view kKeyFileTag = "efface-key-1 ";
constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kPseudonymCharacters = 16;
constexpr std::size_t kFingerprintBytes = 4;
// Crockford's base 32: no I, L, O, U, so that a pseudonym read aloud or from print stays one.
constexpr std::string_view kBase32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string_view without_padding(std::string_view text) {
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    text = without_padding(text);
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    return text;
}

/// The decimal of a 128-bit big-endian number, without leading zeros: long division by ten over four limbs.
std::string decimal_of(std::span<const std::uint8_t, kUuidBytes> bytes) {
    std::array<std::uint32_t, 4> limbs{};
    for (std::size_t i = 0; i < kUuidBytes; ++i) {
        limbs[i / 4] = (limbs[i / 4] << 8U) | bytes[i];
    }
    std::string digits;
    do {
        std::uint64_t remainder = 0;
        for (std::uint32_t& limb : limbs) {
            const std::uint64_t value = (remainder << 32U) | limb;
            limb = static_cast<std::uint32_t>(value / 10U);
            remainder = value % 10U;
        }
        digits.push_back(static_cast<char>('0' + remainder));
    } while (limbs != std::array<std::uint32_t, 4>{});
    std::reverse(digits.begin(), digits.end());
    return digits;
}

/// "2.25." and a UUID of the digest's first 16 bytes, marked custom (version 8) by RFC 9562 5.8.
std::string uid_of(const Digest& digest) {
    std::array<std::uint8_t, kUuidBytes> uuid{};
    std::copy_n(digest.begin(), kUuidBytes, uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0FU) | 0x80U);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3FU) | 0x80U);
    return "2.25." + decimal_of(uuid);
}

std::string base32_of(const Digest& digest) {
    std::string text;
    for (std::size_t i = 0; i < kPseudonymCharacters; ++i) {
        std::uint32_t five = 0;
        for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit) {
            five = (five << 1U) | ((digest[bit / 8] >> (7U - bit % 8U)) & 1U);
        }
        text.push_back(kBase32[five]);
    }
    return text;
}

}  // namespace

Result<ProjectKey> ProjectKey::from_bytes(std::span<const std::uint8_t> bytes) {
    if (bytes.size() != kKeyBytes) {
        return fail(
            Fault::kHalt, "a project key has 32 bytes", Where::number(static_cast<std::int64_t>(bytes.size()))
        );
    }
    std::array<std::uint8_t, kKeyBytes> key{};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    if (std::all_of(key.begin(), key.end(), [&](std::uint8_t byte) { return byte == key[0]; })) {
        return fail(Fault::kHalt, "a project key of equal bytes is no key; make one with `efface key new`");
    }
    return ProjectKey{key};
}

Result<ProjectKey> ProjectKey::from_file_text(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    if (text.substr(0, kKeyFileTag.size()) != kKeyFileTag) {
        return fail(Fault::kHalt, "a key file begins with \"efface-key-1 \"");
    }
    const auto digest = digest_from_hex(text.substr(kKeyFileTag.size()));
    if (!digest) {
        return fail(Fault::kHalt, "a key file holds 64 hexadecimal digits after \"efface-key-1 \"");
    }
    return from_bytes(*digest);
}

std::string ProjectKey::to_file_text() const {
    return std::string{kKeyFileTag} + to_hex(bytes_) + "\n";
}

std::string ProjectKey::map_uid(std::string_view original_uid) const {
    return uid_of(hmac_sha256(bytes_, "uid/" + std::string{without_padding(original_uid)}));
}

std::string ProjectKey::map_uid_of_content(std::string_view original_uid, const Digest& original_digest)
    const {
    return uid_of(hmac_sha256(
        bytes_, "uid-content/" + std::string{without_padding(original_uid)} + "/" + to_hex(original_digest)
    ));
}

std::string ProjectKey::pseudonym(
    std::string_view prefix, std::string_view issuer, std::string_view patient_id
) const {
    const std::string_view namespace_of_id = trimmed(issuer);
    const std::string message = "patient/" + std::to_string(namespace_of_id.size()) + "/" +
                                std::string{namespace_of_id} + "/" + std::string{trimmed(patient_id)};
    return std::string{prefix} + base32_of(hmac_sha256(bytes_, message));
}

std::string ProjectKey::keyed_hash(std::string_view domain, std::string_view value, std::size_t bytes) const {
    EFFACE_ASSERT(bytes > 0 && bytes <= Digest{}.size());
    const Digest digest = hmac_sha256(bytes_, "hash/" + std::string{domain} + "/" + std::string{value});
    return to_hex(std::span{digest}.first(bytes));
}

std::string ProjectKey::fingerprint() const {
    const Digest digest = hmac_sha256(bytes_, "fingerprint");
    return to_hex(std::span{digest}.first(kFingerprintBytes));
}

ProjectKey ProjectKey::derive(std::string_view purpose) const {
    return ProjectKey{hmac_sha256(bytes_, "derive/" + std::string{purpose})};
}

}  // namespace efface::rules
