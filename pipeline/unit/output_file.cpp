#include "pipeline/unit/output_file.h"

#include <cerrno>
#include <unistd.h>

namespace efface::pipeline {

namespace {

/// Linux writes at most about this much at once (write(2), NOTES).
constexpr std::size_t kStretchBytes = 0x7FFF'F000;

}  // namespace

Status OutputFile::append(std::span<const std::byte> bytes) {
    if (bytes.size() > bytes_max_ - bytes_) {
        return fail(Fault::kQuarantine, "output is larger than a worker may write");
    }
    while (!bytes.empty()) {
        const std::span<const std::byte> stretch = bytes.first(std::min(bytes.size(), kStretchBytes));
        const ssize_t wrote = pwrite(fd_, stretch.data(), stretch.size(), static_cast<off_t>(bytes_));
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return fail(Fault::kRetry, "output cannot be written", Where::number(wrote < 0 ? errno : 0));
        }
        const auto done = static_cast<std::size_t>(wrote);
        bytes_ += done;
        bytes = bytes.subspan(done);
    }
    return {};
}

}  // namespace efface::pipeline
