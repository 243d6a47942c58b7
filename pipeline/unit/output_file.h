// OutputFile: the written instance, through a descriptor that the daemon made. Every write is checked
// and hashed as it goes; the daemon makes the bytes durable.
// Thread rule: belongs to one thread.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace efface::pipeline {

class OutputFile {
public:
    /// `fd` is open for writing and empty; it stays the caller's.
    OutputFile(int fd, std::uint64_t bytes_max) : fd_{fd}, bytes_max_{bytes_max} {}

    /// Appends all of `bytes` or fails: Fault::kRetry with the errno, or Fault::kQuarantine above the limit.
    Status append(std::span<const std::byte> bytes);

    Status append(std::string_view bytes) { return append(std::as_bytes(std::span{bytes})); }

    std::uint64_t bytes() const { return bytes_; }

    /// SHA-256 of all that was appended; once, at the end.
    Digest finish() { return sha256_.finish(); }

private:
    int fd_;
    std::uint64_t bytes_max_;
    std::uint64_t bytes_ = 0;
    Sha256 sha256_;
};

}  // namespace efface::pipeline
