// MappedFile: the bytes of an open file, read-only, without a copy.
// Thread rule: a value; move-only.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

class MappedFile {
public:
    static Result<MappedFile> open(int fd);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(start_), length_}; }

private:
    MappedFile(void* start, std::size_t length) : start_{start}, length_{length} {}

    void* start_ = nullptr;
    std::size_t length_ = 0;
};

}  // namespace efface::pipeline
