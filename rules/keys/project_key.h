// ProjectKey: the pseudonym key of a project, and what is computed under it: new UIDs, patient
// pseudonyms, keyed hashes for the audit. Same input, same output, on any node (design: consistency
// without shared state). The key is never logged, printed or stored anywhere but in its own file.
// Thread rule: const after construction; safe to share.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"
#include "rules/vocabulary/uid.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace efface::rules {

inline constexpr std::size_t kKeyBytes = 32;

class ProjectKey {
public:
    /// Exactly kKeyBytes bytes, not all the same; Fault::kHalt otherwise.
    static Result<ProjectKey> from_bytes(std::span<const std::uint8_t> bytes);
    /// The text of a key file: "efface-key-1 <64 hex digits>\n". Fault::kHalt for anything else.
    static Result<ProjectKey> from_file_text(std::string_view text);
    std::string to_file_text() const;

    /// "2.25." and the decimal of a 128-bit UUID (version 8, variant 10) made from
    /// HMAC-SHA-256(key, "uid/" + original). The same original always gives the same UID; trailing
    /// padding (NUL, space) does not count.
    std::string map_uid(std::string_view original_uid) const;
    /// The UID of a second content under one SOP Instance UID (an operator's `--as new-instance`):
    /// made like map_uid from HMAC(key, "uid-content/" + original + "/" + hex of the digest).
    std::string map_uid_of_content(std::string_view original_uid, const Digest& original_digest) const;
    /// A patient's pseudonym: `prefix` and 16 base-32 characters (80 bits; digits and capitals without
    /// I L O U) from HMAC(key, "patient/" + length of issuer + "/" + issuer + "/" + id), both trimmed of
    /// padding. The length keeps ("a/b", "c") apart from ("a", "b/c"): two patients never become one.
    std::string pseudonym(std::string_view prefix, std::string_view issuer, std::string_view patient_id)
        const;
    /// The first `bytes` (1..32) of HMAC(key, "hash/" + domain + "/" + value) in hex: how identity appears
    /// in an audit row. The prefix keeps it apart from UIDs, pseudonyms and derived keys.
    std::string keyed_hash(std::string_view domain, std::string_view value, std::size_t bytes = 16) const;
    /// A public name of the key, safe to print: 8 hex digits of HMAC(key, "fingerprint").
    std::string fingerprint() const;
    /// A key for another purpose, HMAC(key, "derive/" + purpose): knowing it says nothing about this one.
    ProjectKey derive(std::string_view purpose) const;

    std::span<const std::uint8_t> bytes() const { return bytes_; }

private:
    explicit ProjectKey(std::array<std::uint8_t, kKeyBytes> bytes) : bytes_{bytes} {}

    std::array<std::uint8_t, kKeyBytes> bytes_;
};

}  // namespace efface::rules
