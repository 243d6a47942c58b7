// Shelves: the subdirectories of one kind of spool file. A file's shelf is the first four digits of its name.
//
//   DIRECTORY/SHELF/NAME
//
// Names drawn one after another share a shelf until it is full; then another is drawn. So a directory stays
// small however long originals are kept, a group commit has one directory to sync (two at a change), and
// each shelf is asked of the file system as the root of a hierarchy of its own (chattr +T), which spreads
// them over the disk: without a journal ext4 looks at every inode deleted in a directory's block group
// within the last minutes before it makes a file there. A shelf goes with its last file.
//
// Thread rule: safe from any thread.
#pragma once

#include "config/environment.h"
#include "config/result.h"

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kShelfDigits = 4;

/// 32 lower-case hex digits: the only names that the spool opens or removes.
bool is_spool_name(std::string_view name);

/// DIRECTORY/SHELF of the file with this spool name.
std::string shelf_path(std::string_view directory, std::string_view name);

class Shelves {
public:
    static constexpr std::size_t kFilesPerShelf = 1024;
    static constexpr std::string_view kPartSuffix = ".part";

    Shelves(Environment& environment, std::string directory)
        : environment_{environment}, directory_{std::move(directory)} {}

    /// Makes the directory if it is missing, and removes NAME.part files and empty shelves that a crash left.
    Status open();

    /// A name that nothing has, on a shelf that is there.
    Result<std::string> new_name();
    std::string path(std::string_view name) const;
    /// Makes the name's shelf again, should its last file have been removed meanwhile.
    Status restore_shelf(std::string_view name);
    /// Removing what is not there is success.
    Status remove(std::string_view name);
    /// Removes the name's shelf, unless it holds a file or may soon.
    Status drop_if_empty(std::string_view name);
    Result<std::vector<std::string>> list() const;
    /// Makes the names of all files durable.
    Status sync();

    const std::string& directory() const { return directory_; }

private:
    Status change_shelf();
    Result<std::vector<std::string>> shelves() const;

    Environment& environment_;
    std::string directory_;
    std::mutex mutex_;
    std::string shelf_;     ///< The one that new names go to; empty before the first.
    std::string previous_;  ///< Its names may not have their files yet.
    std::size_t left_ = 0;
};

}  // namespace efface::pipeline
