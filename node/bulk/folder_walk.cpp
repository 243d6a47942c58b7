#include "node/bulk/folder_walk.h"

#include <climits>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
constexpr int kFolderFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY;

FoundFile found(FoundFile::Kind kind, std::string path, int error = 0) {
    FoundFile file;
    file.kind = kind;
    file.path = std::move(path);
    file.error = error;
    return file;
}

/// A regular file that is open, looked at again: it may have changed since its directory was read.
FoundFile opened(Descriptor file, std::string path) {
    struct stat info {};

    if (::fstat(file.get(), &info) != 0) {
        return found(FoundFile::Kind::kUnreadable, std::move(path), errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return found(FoundFile::Kind::kOther, std::move(path));
    }
    FoundFile out = found(FoundFile::Kind::kFile, std::move(path));
    out.file = std::move(file);
    out.bytes = static_cast<std::uint64_t>(info.st_size);
    return out;
}

}  // namespace

struct FolderWalk::Level {
    DIR* directory = nullptr;
    std::string path;

    Level(DIR* opened_directory, std::string its_path)
        : directory{opened_directory}, path{std::move(its_path)} {}

    ~Level() { ::closedir(directory); }

    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
};

FolderWalk::FolderWalk() = default;
FolderWalk::FolderWalk(FolderWalk&&) noexcept = default;
FolderWalk::~FolderWalk() = default;

tl::expected<FolderWalk, std::string> FolderWalk::open(const std::string& path) {
    // The person named it, so here a link is followed.
    Descriptor top{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};

    struct stat info {};

    if (!top.valid() || ::fstat(top.get(), &info) != 0) {
        return tl::unexpected("cannot read " + path + ": " + std::strerror(errno));
    }
    FolderWalk walk;
    if (!S_ISDIR(info.st_mode)) {
        walk.single_ = opened(std::move(top), path);
        return walk;
    }
    DIR* directory = ::fdopendir(top.get());
    if (directory == nullptr) {
        return tl::unexpected("cannot read " + path + ": " + std::strerror(errno));
    }
    top.release();
    std::string name = path;
    while (name.size() > 1 && name.back() == '/') {
        name.pop_back();
    }
    walk.levels_.push_back(std::make_unique<Level>(directory, std::move(name)));
    return walk;
}

std::optional<FoundFile> FolderWalk::next() {
    if (single_) {
        return std::exchange(single_, std::nullopt);
    }
    while (!levels_.empty()) {
        Level& level = *levels_.back();
        errno = 0;
        const dirent* entry = ::readdir(level.directory);
        if (entry == nullptr) {
            const int error = errno;
            std::string path = level.path;
            levels_.pop_back();
            if (error != 0) {
                return found(FoundFile::Kind::kUnreadable, std::move(path), error);
            }
            continue;
        }
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        if (auto file = look_at(level, entry->d_name)) {
            return file;
        }
    }
    return std::nullopt;
}

/// Nothing for a directory: the walk went down into it.
std::optional<FoundFile> FolderWalk::look_at(Level& level, const char* name) {
    const std::string path = level.path == "/" ? "/" + std::string{name} : level.path + "/" + name;
    const int parent = ::dirfd(level.directory);

    struct stat info {};

    if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return found(FoundFile::Kind::kUnreadable, path, errno);
    }
    if (S_ISLNK(info.st_mode)) {
        return found(FoundFile::Kind::kLink, path);
    }
    if (S_ISDIR(info.st_mode)) {
        if (levels_.size() >= kFolderDepthMax) {
            return found(FoundFile::Kind::kTooDeep, path);
        }
        Descriptor folder{::openat(parent, name, kFolderFlags)};
        DIR* directory = folder.valid() ? ::fdopendir(folder.get()) : nullptr;
        if (directory == nullptr) {
            return found(FoundFile::Kind::kUnreadable, path, errno);
        }
        folder.release();
        levels_.push_back(std::make_unique<Level>(directory, path));
        return std::nullopt;
    }
    if (!S_ISREG(info.st_mode)) {
        return found(FoundFile::Kind::kOther, path);
    }
    Descriptor file{::openat(parent, name, kFileFlags)};
    if (!file.valid()) {
        return found(FoundFile::Kind::kUnreadable, path, errno);
    }
    return opened(std::move(file), path);
}

namespace {

/// The nearest part of the path that exists, as the file system sees it.
std::string nearest_existing(std::string path) {
    for (;;) {
        char* real = ::realpath(path.empty() ? "." : path.c_str(), nullptr);
        if (real != nullptr) {
            std::string out = real;
            ::free(real);  // NOLINT: realpath allocates with malloc
            return out;
        }
        const std::size_t slash = path.find_last_of('/');
        if (slash == std::string::npos) {
            path.clear();
        } else {
            path.resize(slash == 0 && path.size() > 1 ? 1 : slash);
        }
    }
}

}  // namespace

bool lies_within(const std::string& path, const std::string& directory) {
    struct stat wanted {};

    if (::stat(directory.c_str(), &wanted) != 0) {
        return false;
    }
    std::string at = nearest_existing(path);
    for (;;) {
        struct stat here {};

        if (::stat(at.c_str(), &here) == 0 && here.st_dev == wanted.st_dev && here.st_ino == wanted.st_ino) {
            return true;
        }
        if (at == "/") {
            return false;
        }
        const std::size_t slash = at.find_last_of('/');
        at.resize(slash == 0 ? 1 : slash);
    }
}

}  // namespace efface::node
