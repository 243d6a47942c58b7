// Leftovers: what must not survive anywhere, as bytes to search for: every run of eight bytes of a secret,
// and digests whole, as they are and in hex. Eight random bytes meet by chance once in 10^19.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace efface::testing {

inline std::string hex_of(std::string_view bytes, bool upper = false) {
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4U];
        out += digits[static_cast<unsigned char>(c) & 15U];
    }
    return out;
}

/// Two bytes at a time, the second first.
inline std::string swapped(std::string bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::swap(bytes[i], bytes[i + 1]);
    }
    return bytes;
}

/// ISO 3309, as zlib reckons it; big endian.
inline std::string crc32_of(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        }
    }
    crc = ~crc;
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>(crc >> static_cast<unsigned>(shift));
    }
    return out;
}

/// `algorithm`: "SHA-256", "SHA-1", "MD5", "CRC-32"; raw.
inline std::string digest_of(const std::string& algorithm, std::string_view bytes) {
    if (algorithm == "CRC-32") {
        return crc32_of(bytes);
    }
    std::string out(EVP_MAX_MD_SIZE, '\0');
    std::size_t size = out.size();
    const int made = EVP_Q_digest(
        nullptr, algorithm.c_str(), nullptr, bytes.data(), bytes.size(),
        reinterpret_cast<unsigned char*>(out.data()), &size
    );
    out.resize(made == 1 ? size : 0);
    return out;
}

inline const std::vector<std::string> kDigests{"SHA-256", "SHA-1", "MD5", "CRC-32"};

class Leftovers {
public:
    /// Every run of eight bytes of each row, as it stands and with its bytes swapped in pairs.
    void add_runs(const std::string& name, const std::vector<std::string>& rows) {
        for (const std::string& row : rows) {
            for (const std::string& one : {row, swapped(row)}) {
                for (std::size_t at = 0; at + 8 <= one.size(); ++at) {
                    runs_.emplace(run_at(one, at), name);
                }
            }
        }
    }

    /// Whole: as it is, with its bytes reversed (a number in the other byte order), in hex of either case.
    void add_digest(const std::string& name, const std::string& raw) {
        for (const std::string& form :
             {raw, std::string{raw.rbegin(), raw.rend()}, hex_of(raw), hex_of(raw, true)}) {
            whole_.emplace(form, name);
        }
    }

    /// The names of what is there.
    std::set<std::string> found_in(std::string_view haystack) const {
        std::set<std::string> found;
        for (std::size_t at = 0; at + 8 <= haystack.size(); ++at) {
            if (const auto run = runs_.find(run_at(haystack, at)); run != runs_.end()) {
                found.insert(run->second);
            }
        }
        for (const auto& [form, name] : whole_) {
            if (haystack.find(form) != std::string_view::npos) {
                found.insert(name);
            }
        }
        return found;
    }

private:
    static std::uint64_t run_at(std::string_view bytes, std::size_t at) {
        std::uint64_t run = 0;
        std::memcpy(&run, bytes.data() + at, sizeof run);
        return run;
    }

    std::map<std::uint64_t, std::string> runs_;
    std::multimap<std::string, std::string> whole_;  // One value may be of two things.
};

}  // namespace efface::testing
