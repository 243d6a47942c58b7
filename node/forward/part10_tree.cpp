#include "node/forward/part10_tree.h"

#include "config/crypto/digest.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::size_t kNameCharactersMax = 64;
constexpr std::size_t kCompareBytes = 1U << 17U;

/// Letters, digits, dot and hyphen, not starting with a dot: no separator, no "..", no hidden file.
bool is_safe_name(std::string_view name) {
    return !name.empty() && name.size() <= kNameCharactersMax && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '.' || c == '-';
           });
}

Result<std::size_t> read_at(const Descriptor& file, std::span<std::byte> into, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got =
            ::pread(file.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Fault::kRetry, "cannot read a file to compare it", Where::number(errno));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<bool> same_bytes(const Descriptor& a, const Descriptor& b) {
    std::vector<std::byte> of_a(kCompareBytes);
    std::vector<std::byte> of_b(kCompareBytes);
    for (std::uint64_t offset = 0;; offset += kCompareBytes) {
        EFFACE_TRY(const std::size_t got_a, read_at(a, of_a, offset));
        EFFACE_TRY(const std::size_t got_b, read_at(b, of_b, offset));
        if (got_a != got_b ||
            !std::equal(of_a.begin(), of_a.begin() + static_cast<std::ptrdiff_t>(got_a), of_b.begin())) {
            return false;
        }
        if (got_a < kCompareBytes) {
            return true;
        }
    }
}

}  // namespace

Result<std::string> Part10Tree::path_of(const TreeNames& names) const {
    for (const std::string* name :
         {&names.patient_id, &names.study_uid, &names.series_uid, &names.sop_instance_uid}) {
        if (!is_safe_name(*name)) {
            return fail(Fault::kQuarantine, "a name for the folder destination is not one that Efface makes");
        }
    }
    return root_ + "/" + names.patient_id + "/" + names.study_uid + "/" + names.series_uid + "/" +
           names.sop_instance_uid + ".dcm";
}

Result<std::string> Part10Tree::make_directories(const TreeNames& names) {
    FileSystem& files = environment_->files;
    std::string directory = root_;
    EFFACE_CHECK(files.make_directory(directory));
    for (const std::string* name : {&names.patient_id, &names.study_uid, &names.series_uid}) {
        const std::string parent = directory;
        directory += "/" + *name;
        if (!files.size(directory)) {
            EFFACE_CHECK(files.make_directory(directory));
            EFFACE_CHECK(files.sync_directory(parent));
        }
    }
    return directory;
}

Status Part10Tree::publish(const Descriptor& cleaned, const std::string& directory, const std::string& path) {
    FileSystem& files = environment_->files;
    auto unnamed = files.open_unnamed(directory);
    if (!unnamed && !is_unsupported(unnamed.error())) {
        return tl::unexpected<Error>(unnamed.error());
    }
    if (unnamed) {
        EFFACE_CHECK(files.copy(cleaned, *unnamed));
        EFFACE_CHECK(files.sync(*unnamed));
        EFFACE_CHECK(files.link_unnamed(*unnamed, path));
    } else {
        // A network share has no unnamed files: a hidden name first, then the real one, never replacing.
        std::array<std::uint8_t, 8> random{};
        EFFACE_CHECK(environment_->entropy.fill(std::as_writable_bytes(std::span{random})));
        const std::string part = directory + "/.efface-" + to_hex(random) + ".part";
        EFFACE_TRY(Descriptor file, files.create(part));
        const Status written = [&]() -> Status {
            EFFACE_CHECK(files.copy(cleaned, file));
            EFFACE_CHECK(files.sync(file));
            EFFACE_CHECK(files.close(std::move(file)));
            return files.link(part, path);
        }();
        const Status removed = files.remove(part);
        EFFACE_CHECK(written);
        EFFACE_CHECK(removed);
    }
    return files.sync_directory(directory);
}

Result<Placed> Part10Tree::place(const Descriptor& cleaned, const TreeNames& names) {
    EFFACE_TRY(const std::string path, path_of(names));
    EFFACE_TRY(const std::string directory, make_directories(names));
    const Status published = publish(cleaned, directory, path);
    if (published) {
        return Placed::kWritten;
    }
    if (published.error().where.value != EEXIST) {
        return tl::unexpected<Error>(published.error());
    }
    EFFACE_TRY(const Descriptor there, environment_->files.open_read(path));
    EFFACE_TRY(const bool same, same_bytes(cleaned, there));
    if (!same) {
        return fail(Fault::kQuarantine, "the folder already holds other bytes under this instance's name");
    }
    return Placed::kAlreadyThere;
}

}  // namespace efface::node
