#include "node/ingest/mapped_file.h"

#include <cerrno>
#include <sys/mman.h>

namespace efface::node {

Result<MappedFile> MappedFile::map(const Descriptor& file, std::uint64_t bytes) {
    if (bytes == 0) {
        return MappedFile{{}};
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
