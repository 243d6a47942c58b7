// OutputFile: the written instance, through a descriptor that the daemon made. Every write is
// checked. No digest is taken here: only the gate's, of what it read itself, counts.
// Thread rule: belongs to one thread.
#pragma once

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

    /// How much more may be written.
    std::uint64_t bytes_left() const { return bytes_max_ - bytes_; }

private:
    int fd_;
    std::uint64_t bytes_max_;
    std::uint64_t bytes_ = 0;
};

}  // namespace efface::pipeline
