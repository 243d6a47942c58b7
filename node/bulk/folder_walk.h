// FolderWalk: every file under a folder, one after another, without following a symbolic link.
//
// Directories are opened through their parent's descriptor (openat, O_NOFOLLOW), so that nobody can swap
// one for a link while the walk goes on; one descriptor per level is all it keeps. Iterative, depth capped.
// Thread rule: belongs to one thread.
#pragma once

#include "config/environment.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace efface::node {

inline constexpr std::size_t kFolderDepthMax = 256;

/// What the walk came to.
struct FoundFile {
    enum class Kind : std::uint8_t {
        kFile,        ///< `file` is open for reading.
        kUnreadable,  ///< A file or directory that cannot be opened; `error` is the errno.
        kLink,        ///< A symbolic link.
        kOther,       ///< A device, socket or pipe.
        kTooDeep,     ///< A directory below kFolderDepthMax levels.
    };
    Kind kind = Kind::kFile;
    std::string path;  ///< As given to open(), with what lies below it.
    Descriptor file;
    std::uint64_t bytes = 0;
    int error = 0;
};

class FolderWalk {
public:
    /// A folder, or one file. The error text is for the person who named it.
    static tl::expected<FolderWalk, std::string> open(const std::string& path);
    FolderWalk(FolderWalk&&) noexcept;
    FolderWalk& operator=(FolderWalk&&) = delete;
    ~FolderWalk();

    /// The next entry that is no directory, in the file system's order; nothing at the end.
    std::optional<FoundFile> next();

private:
    struct Level;
    FolderWalk();
    std::optional<FoundFile> look_at(Level& level, const char* name);

    std::vector<std::unique_ptr<Level>> levels_;
    std::optional<FoundFile> single_;
};

/// True where `path` is `directory` or lies in it, by device and inode of what exists of the path: links,
/// "..", bind mounts and case do not matter. What does not exist yet lies where its nearest parent lies.
bool lies_within(const std::string& path, const std::string& directory);

}  // namespace efface::node
