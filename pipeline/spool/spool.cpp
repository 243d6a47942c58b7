#include "pipeline/spool/spool.h"

#include "config/assert.h"
#include "config/crypto/digest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace efface::pipeline {

namespace {

constexpr std::size_t kNameBytes = 16;
constexpr std::string_view kPartSuffix = ".part";

std::string path_in(const std::string& directory, std::string_view name) {
    EFFACE_ASSERT(is_spool_name(name));
    return directory + "/" + std::string{name};
}

/// A hint for ext4's allocator, before the subdirectories are made: each is a hierarchy of its own (chattr
/// +T) and gets block groups of its own, away from whatever else is made and deleted near the spool. Without
/// a journal ext4 looks at every inode deleted in a directory's group within the last minutes before it makes
/// a file there.
void let_subdirectories_spread(const std::string& directory) {
    const Descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    int flags = 0;
    if (opened.valid() && ::ioctl(opened.get(), FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        static_cast<void>(::ioctl(opened.get(), FS_IOC_SETFLAGS, &flags)
        );  // Other file systems know no such thing.
    }
}

}  // namespace

bool is_spool_name(std::string_view name) {
    return name.size() == 2 * kNameBytes && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

Result<Spool> Spool::open(Environment& environment, const std::string& directory) {
    Spool spool{environment, directory + "/originals", directory + "/outputs"};
    EFFACE_CHECK(environment.files.make_directory(directory));
    let_subdirectories_spread(directory);
    EFFACE_CHECK(environment.files.make_directory(spool.originals_));
    EFFACE_CHECK(environment.files.make_directory(spool.outputs_));
    EFFACE_TRY(const std::vector<std::string> names, environment.files.list(spool.originals_));
    for (const std::string& name : names) {
        if (name.ends_with(kPartSuffix)) {
            EFFACE_CHECK(environment.files.remove(spool.originals_ + "/" + name));
        }
    }
    EFFACE_CHECK(environment.files.sync_directory(directory));
    return spool;
}

Result<std::string> Spool::new_name() {
    std::array<std::uint8_t, kNameBytes> random{};
    EFFACE_CHECK(environment_->entropy.fill(std::as_writable_bytes(std::span{random})));
    return to_hex(random);
}

Result<SpoolFile> Spool::begin_original() {
    EFFACE_TRY(std::string name, new_name());
    auto unnamed = environment_->files.open_unnamed(originals_);
    if (unnamed) {
        return SpoolFile{.file = std::move(*unnamed), .name = std::move(name)};
    }
    if (!is_unsupported(unnamed.error())) {
        return tl::unexpected<Error>(unnamed.error());
    }
    EFFACE_TRY(
        Descriptor part, environment_->files.create(originals_ + "/" + name + std::string{kPartSuffix})
    );
    return SpoolFile{.file = std::move(part), .name = std::move(name), .unnamed = false};
}

Status Spool::append(SpoolFile& file, std::span<const std::byte> bytes) {
    EFFACE_CHECK(environment_->files.write(file.file, bytes));
    file.bytes += bytes.size();
    return {};
}

Status Spool::publish(SpoolFile& file) {
    EFFACE_CHECK(environment_->files.sync(file.file));
    const std::string path = path_in(originals_, file.name);
    if (file.unnamed) {
        return environment_->files.link_unnamed(file.file, path);
    }
    return environment_->files.rename(path + std::string{kPartSuffix}, path);
}

void Spool::abandon(SpoolFile file) {
    if (!file.unnamed) {
        // A leftover is removed at the next start; nothing refers to it.
        static_cast<void>(
            environment_->files.remove(path_in(originals_, file.name) + std::string{kPartSuffix})
        );
    }
}

Status Spool::sync_originals() {
    return environment_->files.sync_directory(originals_);
}

Result<Descriptor> Spool::open_original(std::string_view name) {
    return environment_->files.open_read(path_in(originals_, name));
}

Result<Descriptor> Spool::open_output(std::string_view name) {
    if (!is_spool_name(name)) {
        return fail(Fault::kRetry, "there is no output of that name: it was lost, and is made again");
    }
    return environment_->files.open_read(path_in(outputs_, name));
}

Result<bool> Spool::has_original(std::string_view name, std::uint64_t bytes) {
    const auto size = environment_->files.size(path_in(originals_, name));
    if (!size && size.error().where.value != ENOENT) {
        return tl::unexpected<Error>(size.error());
    }
    return size && *size == bytes;
}

Result<SpoolFile> Spool::begin_output() {
    EFFACE_TRY(std::string name, new_name());
    EFFACE_TRY(Descriptor file, environment_->files.create(path_in(outputs_, name)));
    return SpoolFile{.file = std::move(file), .name = std::move(name), .unnamed = false};
}

void Spool::note_judged(std::string_view name) {
    if (const auto output = open_output(name)) {
        judged_->note(name, *output);
    }
}

bool Spool::is_as_judged(std::string_view name, const Descriptor& output) const {
    return judged_->unchanged(name, output);
}

Status Spool::remove_original(std::string_view name) {
    return environment_->files.remove(path_in(originals_, name));
}

Status Spool::remove_output(std::string_view name) {
    return environment_->files.remove(path_in(outputs_, name));
}

Result<std::vector<std::string>> Spool::list_originals() {
    EFFACE_TRY(std::vector<std::string> names, environment_->files.list(originals_));
    std::erase_if(names, [](const std::string& name) { return !is_spool_name(name); });
    return names;
}

Result<std::vector<std::string>> Spool::list_outputs() {
    EFFACE_TRY(std::vector<std::string> names, environment_->files.list(outputs_));
    std::erase_if(names, [](const std::string& name) { return !is_spool_name(name); });
    return names;
}

Result<DiskSpace> Spool::space() {
    return environment_->files.space(originals_);
}

std::string Spool::output_path(std::string_view name) const {
    return path_in(outputs_, name);
}

}  // namespace efface::pipeline
