#include "pipeline/worker/file_bytes.h"

#include "pipeline/unit/descriptor_facts.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::pipeline {

FileBytes::~FileBytes() {
    unload();
}

void FileBytes::unload() {
    if (mapped_ != nullptr) {
        munmap(mapped_, mapped_length_);
        mapped_ = nullptr;
    }
}

Result<std::span<const std::byte>> FileBytes::load(int fd) {
    unload();

    struct stat facts {};

    if (!descriptor_facts(fd, facts) || !S_ISREG(facts.st_mode)) {
        return fail(Fault::kRetry, "worker: a descriptor is no file", Where::number(errno));
    }
    const auto length = static_cast<std::size_t>(facts.st_size);
    if (length == 0) {
        return std::span<const std::byte>{};
    }
    return length <= kReadBytesMax ? read(fd, length) : map(fd, length);
}

Result<std::span<const std::byte>> FileBytes::read(int fd, std::size_t length) {
    if (!room_) {
        room_ = std::make_unique_for_overwrite<std::byte[]>(kReadBytesMax);
    }
    for (std::size_t done = 0; done < length;) {
        const ssize_t got = pread(fd, room_.get() + done, length - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(Fault::kRetry, "worker: a file cannot be read", Where::number(got < 0 ? errno : 0));
        }
        done += static_cast<std::size_t>(got);
    }
    return std::span<const std::byte>{room_.get(), length};
}

Result<std::span<const std::byte>> FileBytes::map(int fd, std::size_t length) {
    void* start = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (start == MAP_FAILED && errno == ENOMEM) {
        return fail(Fault::kQuarantine, "file is larger than a worker may map: raise its memory limit");
    }
    if (start == MAP_FAILED) {
        return fail(Fault::kRetry, "worker: a file cannot be mapped", Where::number(errno));
    }
    mapped_ = start;
    mapped_length_ = length;
    return std::span<const std::byte>{static_cast<const std::byte*>(start), length};
}

}  // namespace efface::pipeline
