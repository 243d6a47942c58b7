#include "node/ingest/mapped_file.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>

namespace efface::node {

Result<MappedFile> MappedFile::map(const Descriptor& file, std::uint64_t bytes) {
    if (bytes == 0) {
        return MappedFile{{}};
    }

    struct stat info {};

    if (::fstat(file.get(), &info) != 0) {
        return fail(Fault::kRetry, "cannot read a spool file's size", Where::number(errno));
    }
    if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) < bytes) {
        // To read beyond the end of a mapped file ends the process (SIGBUS).
        return fail(Fault::kRetry, "a spool file is shorter than it was: check the disk");
    }
    void* address = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.get(), 0);
    if (address == MAP_FAILED) {
        return fail(Fault::kRetry, "cannot map a spool file", Where::number(errno));
    }
    return MappedFile{{static_cast<const std::byte*>(address), bytes}};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) {
        ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }
}

}  // namespace efface::node
