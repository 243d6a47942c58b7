#include "config/environment.h"

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace efface {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (fd_ >= 0) {
            ::close(fd_);
        }
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

namespace {

constexpr mode_t kFileMode = 0600;
constexpr std::size_t kCopyBytes = 1U << 20U;
constexpr mode_t kDirectoryMode = 0700;

tl::unexpected<Error> errno_error(Literal text) {
    return fail(Fault::kRetry, text, Where::number(errno));
}

/// The directory in which the entry of `path` lies.
std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) {
        return ".";
    }
    return slash == 0 ? "/" : path.substr(0, slash);
}

class SystemClock final : public Clock {
public:
    UnixMicros now() const override {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::system_clock::now().time_since_epoch()
        )
            .count();
    }

    std::chrono::nanoseconds monotonic() const override {
        return std::chrono::steady_clock::now().time_since_epoch();
    }
};

class SystemEntropy final : public Entropy {
public:
    Status fill(std::span<std::byte> out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t got = ::getrandom(out.data() + done, out.size() - done, 0);
            if (got < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return errno_error("the kernel gives no random bytes");
            }
            done += static_cast<std::size_t>(got);
        }
        return {};
    }
};

class PosixFileSystem final : public FileSystem {
public:
    Result<Descriptor> open_unnamed(const std::string& directory) override {
        return opened(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kFileMode));
    }

    Result<Descriptor> create(const std::string& path) override {
        return opened(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    }

    Result<Descriptor> open_read(const std::string& path) override {
        return opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    }

    Status write(const Descriptor& file, std::span<const std::byte> bytes) override {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t put = ::write(file.get(), bytes.data() + done, bytes.size() - done);
            if (put < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return errno_error("cannot write to the spool: check free space and the disk");
            }
            done += static_cast<std::size_t>(put);
        }
        return {};
    }

    Status sync(const Descriptor& file) override {
        return checked(::fdatasync(file.get()), "cannot make a file durable: check the disk");
    }

    Status close(Descriptor file) override {
        return checked(::close(file.release()), "closing a file reported an error: check the disk");
    }

    Status link_unnamed(const Descriptor& file, const std::string& path) override {
        const std::string source = "/proc/self/fd/" + std::to_string(file.get());
        return checked(
            ::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW),
            "cannot name a spool file"
        );
    }

    Status link(const std::string& from, const std::string& to) override {
        return checked(::link(from.c_str(), to.c_str()), "cannot give a file a second name");
    }

    Status copy(const Descriptor& from, const Descriptor& to) override {
        struct stat info {};

        if (::fstat(from.get(), &info) != 0) {
            return errno_error("cannot read a file's size");
        }
        off_t offset = 0;
        while (offset < info.st_size) {
            const auto left = static_cast<std::size_t>(info.st_size - offset);
            const ssize_t copied = ::copy_file_range(from.get(), &offset, to.get(), nullptr, left, 0);
            if (copied <= 0) {
                // Not every pair of file systems can; plain reads and writes always do.
                return copied < 0 &&
                               (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS)
                           ? copy_by_hand(from, to, offset, info.st_size)
                           : errno_error("cannot copy a file: check free space and the disk");
            }
        }
        return {};
    }

    Status rename(const std::string& from, const std::string& to) override {
        return checked(std::rename(from.c_str(), to.c_str()), "cannot rename a file");
    }

    Status remove(const std::string& path) override {
        if (::unlink(path.c_str()) == 0 || errno == ENOENT) {
            return {};
        }
        return errno_error("cannot remove a file");
    }

    Status sync_directory(const std::string& directory) override {
        const Descriptor fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (!fd.valid()) {
            return errno_error("cannot open a directory to sync it");
        }
        return checked(::fsync(fd.get()), "cannot make a directory durable: check the disk");
    }

    Status make_directory(const std::string& directory) override {
        for (std::size_t end = 1; end != std::string::npos;) {
            end = directory.find('/', end + 1);
            const std::string part = directory.substr(0, end);
            if (::mkdir(part.c_str(), kDirectoryMode) == 0) {
                // What lies in it is durable only if it is: a first start may be followed by a power cut.
                EFFACE_CHECK(sync_directory(parent_of(part)));
            } else if (errno != EEXIST) {
                return errno_error("cannot make a directory");
            }
        }
        return {};
    }

    Status remove_empty_directory(const std::string& directory) override {
        if (::rmdir(directory.c_str()) == 0 || errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT) {
            return {};
        }
        return errno_error("cannot remove a directory");
    }

    Result<std::vector<std::string>> list(const std::string& directory) override {
        const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(directory.c_str()), &::closedir};
        if (!stream) {
            return errno_error("cannot read a directory");
        }
        std::vector<std::string> names;
        while (const dirent* entry = ::readdir(stream.get())) {
            const std::string name = entry->d_name;
            if (name != "." && name != "..") {
                names.push_back(name);
            }
        }
        return names;
    }

    Result<std::uint64_t> size(const std::string& path) override {
        struct stat info {};

        if (::stat(path.c_str(), &info) != 0) {
            return errno_error("cannot read a file's size");
        }
        return static_cast<std::uint64_t>(info.st_size);
    }

    Result<DiskSpace> space(const std::string& directory) override {
        struct statvfs info {};

        if (::statvfs(directory.c_str(), &info) != 0) {
            return errno_error("cannot read the free space");
        }
        const std::uint64_t block = info.f_frsize;
        return DiskSpace{.total_bytes = info.f_blocks * block, .free_bytes = info.f_bavail * block};
    }

private:
    Status copy_by_hand(const Descriptor& from, const Descriptor& to, off_t offset, off_t end) {
        std::vector<std::byte> buffer(kCopyBytes);
        while (offset < end) {
            const ssize_t got = ::pread(from.get(), buffer.data(), buffer.size(), offset);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got <= 0) {
                return errno_error("cannot read a file to copy it");
            }
            EFFACE_CHECK(write(to, std::span{buffer}.first(static_cast<std::size_t>(got))));
            offset += got;
        }
        return {};
    }

    static Result<Descriptor> opened(int fd) {
        if (fd < 0) {
            return errno_error("cannot open a file");
        }
        return Descriptor{fd};
    }

    static Status checked(int rc, Literal text) {
        if (rc != 0) {
            return errno_error(text);
        }
        return {};
    }
};

}  // namespace

bool is_unsupported(const Error& error) {
    // EISDIR: what kernels without O_TMPFILE answer for the directory (open(2)).
    return error.where.kind == Where::Kind::kNumber &&
           (error.where.value == EOPNOTSUPP || error.where.value == EISDIR || error.where.value == EINVAL);
}

Environment& system_environment() {
    static SystemClock clock;
    static SystemEntropy entropy;
    static PosixFileSystem files;
    static Environment environment{clock, entropy, files};
    return environment;
}

}  // namespace efface
