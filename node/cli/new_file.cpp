#include "node/cli/new_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace efface::node {

tl::expected<NewFile, std::string> NewFile::make(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "wb");
    if (file == nullptr) {
        const std::string why = std::strerror(errno);
        if (fd >= 0) {
            ::close(fd);
        }
        return tl::unexpected(path + ": " + why + "; nothing is overwritten");
    }
    return NewFile{path, file};
}

NewFile::~NewFile() {
    if (!path_.empty() && !kept_) {
        ::unlink(path_.c_str());
    }
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_{std::exchange(other.path_, std::string{})}, file_{std::move(other.file_)}, kept_{other.kept_} {}

bool NewFile::write(std::string_view bytes) {
    return std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size();
}

bool NewFile::keep() {
    std::FILE* file = file_.release();
    kept_ = std::fclose(file) == 0;
    return kept_;
}

}  // namespace efface::node
