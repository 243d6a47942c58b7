#include "node/ingest/mapped_file.h"

#include <array>
#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace {

/// Room for what routing needs of nearly every instance.
constexpr std::size_t kBeginningBytes = 16 * 1024;

}  // namespace

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

Result<std::span<const std::byte>> read_first(const Descriptor& file, std::span<std::byte> into) {
    std::size_t count = 0;
    while (count < into.size()) {
        const ssize_t got =
            ::pread(file.get(), into.data() + count, into.size() - count, static_cast<off_t>(count));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Fault::kRetry, "cannot read a spool file", Where::number(errno));
        }
        if (got == 0) {
            break;
        }
        count += static_cast<std::size_t>(got);
    }
    return into.first(count);
}

Status read_beginning(
    const Descriptor& file, std::uint64_t size,
    const std::function<bool(std::span<const std::byte> bytes, bool is_whole)>& decided
) {
    if (size > kBeginningBytes) {
        std::array<std::byte, kBeginningBytes> room;  // NOLINT: filled by the next line.
        EFFACE_TRY(const std::span<const std::byte> first, read_first(file, room));
        if (decided(first, false)) {
            return {};
        }
    }
    EFFACE_TRY(const MappedFile mapped, MappedFile::map(file, size));
    decided(mapped.bytes(), true);
    return {};
}

}  // namespace efface::node
