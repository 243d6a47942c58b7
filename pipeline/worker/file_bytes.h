// FileBytes: the bytes of open files, one after another. A small file is read into memory that is kept, which
// costs less than to map and fault it; a larger one is mapped.
// Thread rule: belongs to one thread; not movable, since its spans point into it.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <memory>
#include <span>

namespace efface::pipeline {

class FileBytes {
public:
    static constexpr std::size_t kReadBytesMax = 64 * 1024;

    FileBytes() = default;
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;
    ~FileBytes();

    /// All bytes of the file; they stay until the next load() or unload().
    Result<std::span<const std::byte>> load(int fd);
    void unload();

private:
    Result<std::span<const std::byte>> read(int fd, std::size_t length);
    Result<std::span<const std::byte>> map(int fd, std::size_t length);

    std::unique_ptr<std::byte[]> room_;  ///< kReadBytesMax, made when it is first needed.
    void* mapped_ = nullptr;
    std::size_t mapped_length_ = 0;
};

}  // namespace efface::pipeline
