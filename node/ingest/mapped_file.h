// MappedFile: a file's bytes, read-only, for as long as it lives. Only for files that nobody
// truncates meanwhile: the spool's own.
// read_beginning(): what the first bytes of a file tell, and the mapping only where they do not suffice: to
// unmap in a process of many threads interrupts every core, for each instance anew.
#pragma once

#include "config/environment.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace efface::node {

class MappedFile {
public:
    /// Fault::kRetry also where the file is shorter than `bytes`: a disk that lost its end.
    static Result<MappedFile> map(const Descriptor& file, std::uint64_t bytes);

    MappedFile(MappedFile&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}

    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return bytes_; }

private:
    explicit MappedFile(std::span<const std::byte> bytes) : bytes_{bytes} {}

    std::span<const std::byte> bytes_;
};

/// The first bytes of a file, as many as `into` has room for, or all that there are.
Result<std::span<const std::byte>> read_first(const Descriptor& file, std::span<std::byte> into);

/// Shows `decided` the beginning of a file of `size` bytes and, if that is false, the whole of it.
Status read_beginning(
    const Descriptor& file, std::uint64_t size,
    const std::function<bool(std::span<const std::byte> bytes, bool is_whole)>& decided
);

}  // namespace efface::node
