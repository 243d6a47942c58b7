#include "pipeline/worker/mapped_file.h"

#include "pipeline/unit/descriptor_facts.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

namespace efface::pipeline {

Result<MappedFile> MappedFile::open(int fd) {
    struct stat facts {};

    if (!descriptor_facts(fd, facts) || !S_ISREG(facts.st_mode)) {
        return fail(Fault::kRetry, "worker: a descriptor is no file", Where::number(errno));
    }
    if (facts.st_size == 0) {
        return MappedFile{nullptr, 0};
    }
    const auto length = static_cast<std::size_t>(facts.st_size);
    void* start = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (start == MAP_FAILED && errno == ENOMEM) {
        return fail(Fault::kQuarantine, "file is larger than a worker may map: raise its memory limit");
    }
    if (start == MAP_FAILED) {
        return fail(Fault::kRetry, "worker: a file cannot be mapped", Where::number(errno));
    }
    return MappedFile{start, length};
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : start_{std::exchange(other.start_, nullptr)}, length_{std::exchange(other.length_, 0)} {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(length_, other.length_);
    return *this;
}

MappedFile::~MappedFile() {
    if (start_ != nullptr) {
        munmap(start_, length_);
    }
}

}  // namespace efface::pipeline
