// MappedFile: a file's bytes, read-only, for as long as it lives. Only for files that nobody
// truncates meanwhile: the spool's own.
#pragma once

#include "config/environment.h"
#include "config/result.h"

#include <cstddef>
#include <cstdint>
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

}  // namespace efface::node
