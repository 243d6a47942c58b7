#include "pipeline/spool/shelves.h"

#include "config/assert.h"
#include "config/crypto/digest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <utility>

namespace efface::pipeline {

namespace {

constexpr std::size_t kNameBytes = 16;

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

/// A hint for ext4's allocator, before the shelves are made (chattr +T).
void let_subdirectories_spread(const std::string& directory) {
    const Descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int flags = 0;
    if (opened.valid() && ::ioctl(opened.get(), FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        // Other file systems know no such thing.
        static_cast<void>(::ioctl(opened.get(), FS_IOC_SETFLAGS, &flags));
    }
}

Result<std::string> random_name(Environment& environment) {
    std::array<std::uint8_t, kNameBytes> random{};
    EFFACE_CHECK(environment.entropy.fill(std::as_writable_bytes(std::span{random})));
    return to_hex(random);
}

}  // namespace

bool is_spool_name(std::string_view name) {
    return name.size() == 2 * kNameBytes && is_lower_hex(name);
}

std::string shelf_path(std::string_view directory, std::string_view name) {
    EFFACE_ASSERT(is_spool_name(name));
    return std::string{directory} + "/" + std::string{name.substr(0, kShelfDigits)};
}

Status Shelves::open() {
    FileSystem& files = environment_.files;
    EFFACE_CHECK(files.make_directory(directory_));
    let_subdirectories_spread(directory_);
    EFFACE_TRY(const std::vector<std::string> all, shelves());
    for (const std::string& shelf : all) {
        EFFACE_TRY(const std::vector<std::string> names, files.list(shelf));
        for (const std::string& name : names) {
            if (name.ends_with(kPartSuffix)) {
                EFFACE_CHECK(files.remove(shelf + "/" + name));
            }
        }
        EFFACE_CHECK(files.remove_empty_directory(shelf));
    }
    return {};
}

Result<std::string> Shelves::new_name() {
    EFFACE_TRY(std::string name, random_name(environment_));
    const std::lock_guard lock{mutex_};
    if (left_ == 0) {
        EFFACE_CHECK(change_shelf());
    }
    --left_;
    name.replace(0, kShelfDigits, shelf_);
    return name;
}

Status Shelves::change_shelf() {
    EFFACE_TRY(std::string random, random_name(environment_));
    random.resize(kShelfDigits);
    EFFACE_CHECK(environment_.files.make_directory(directory_ + "/" + random));
    previous_ = std::exchange(shelf_, std::move(random));
    left_ = kFilesPerShelf;
    return {};
}

std::string Shelves::path(std::string_view name) const {
    return shelf_path(directory_, name) + "/" + std::string{name};
}

Status Shelves::restore_shelf(std::string_view name) {
    const std::lock_guard lock{mutex_};
    return environment_.files.make_directory(shelf_path(directory_, name));
}

Status Shelves::remove(std::string_view name) {
    return environment_.files.remove(path(name));
}

Status Shelves::drop_if_empty(std::string_view name) {
    const std::lock_guard lock{mutex_};
    const std::string_view shelf = name.substr(0, kShelfDigits);
    if (shelf == shelf_ || shelf == previous_) {
        return {};
    }
    return environment_.files.remove_empty_directory(shelf_path(directory_, name));
}

Result<std::vector<std::string>> Shelves::shelves() const {
    EFFACE_TRY(std::vector<std::string> names, environment_.files.list(directory_));
    std::erase_if(names, [](const std::string& name) {
        return name.size() != kShelfDigits || !is_lower_hex(name);
    });
    for (std::string& name : names) {
        name.insert(0, directory_ + "/");
    }
    return names;
}

Result<std::vector<std::string>> Shelves::list() const {
    std::vector<std::string> all;
    EFFACE_TRY(const std::vector<std::string> directories, shelves());
    for (const std::string& shelf : directories) {
        EFFACE_TRY(std::vector<std::string> names, environment_.files.list(shelf));
        std::erase_if(names, [&](const std::string& name) {
            return !is_spool_name(name) || shelf_path(directory_, name) != shelf;
        });
        all.insert(all.end(), std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
    }
    return all;
}

Status Shelves::sync() {
    EFFACE_TRY(const std::vector<std::string> all, shelves());
    for (const std::string& shelf : all) {
        EFFACE_CHECK(environment_.files.sync_directory(shelf));
    }
    return environment_.files.sync_directory(directory_);
}

}  // namespace efface::pipeline
