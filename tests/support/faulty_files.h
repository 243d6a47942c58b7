// FaultyFiles: the real file system under a temporary directory, with two faults to inject: the
// N-th operation fails, or the power goes: names whose directory was not synced vanish, and bytes
// that were not synced are gone (the worst that POSIX allows).
#pragma once

#include "config/environment.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

namespace efface::testing {

class FaultyFiles final : public FileSystem {
public:
    explicit FaultyFiles(FileSystem& real) : real_{real} {}

    /// The operation with this number (from 0) fails with EIO; -1: none does.
    std::int64_t fail_at = -1;

    bool fault_fired() const { return fired_; }

    std::int64_t operations() const { return operations_; }

    void power_cut() {
        const std::lock_guard lock{mutex_};
        for (const auto& [path, fd_synced] : unsynced_entries_) {
            std::filesystem::remove(path);
        }
        for (const std::string& path : unsynced_bytes_) {
            std::error_code ignored;
            std::filesystem::resize_file(path, 0, ignored);
        }
        unsynced_entries_.clear();
        unsynced_bytes_.clear();
    }

    Result<Descriptor> open_unnamed(const std::string& directory) override {
        return step() ? real_.open_unnamed(directory) : failed<Descriptor>();
    }

    Result<Descriptor> create(const std::string& path) override {
        if (!step()) {
            return failed<Descriptor>();
        }
        auto made = real_.create(path);
        if (made) {
            const std::lock_guard lock{mutex_};
            unsynced_entries_[path] = false;
        }
        return made;
    }

    Result<Descriptor> open_read(const std::string& path) override {
        return step() ? real_.open_read(path) : failed<Descriptor>();
    }

    Status write(const Descriptor& file, std::span<const std::byte> bytes) override {
        if (!step()) {
            // Half of it reaches the file: a short write is what a full disk looks like.
            static_cast<void>(real_.write(file, bytes.first(bytes.size() / 2)));
            return failure();
        }
        synced_.erase(file.get());
        return real_.write(file, bytes);
    }

    Status sync(const Descriptor& file) override {
        if (!step()) {
            return failure();
        }
        synced_.insert(file.get());
        return real_.sync(file);
    }

    Status close(Descriptor file) override { return step() ? real_.close(std::move(file)) : failure(); }

    Status link_unnamed(const Descriptor& file, const std::string& path) override {
        if (!step()) {
            return failure();
        }
        const std::lock_guard lock{mutex_};
        unsynced_entries_[path] = true;
        if (!synced_.contains(file.get())) {
            unsynced_bytes_.insert(path);
        }
        return real_.link_unnamed(file, path);
    }

    Status link(const std::string& from, const std::string& to) override {
        if (!step()) {
            return failure();
        }
        const std::lock_guard lock{mutex_};
        unsynced_entries_[to] = true;
        return real_.link(from, to);
    }

    Status copy(const Descriptor& from, const Descriptor& to) override {
        if (!step()) {
            return failure();
        }
        synced_.erase(to.get());
        return real_.copy(from, to);
    }

    Status rename(const std::string& from, const std::string& to) override {
        if (!step()) {
            return failure();
        }
        const std::lock_guard lock{mutex_};
        unsynced_entries_.erase(from);
        unsynced_entries_[to] = true;
        return real_.rename(from, to);
    }

    Status remove(const std::string& path) override { return step() ? real_.remove(path) : failure(); }

    Status sync_directory(const std::string& directory) override {
        if (!step()) {
            return failure();
        }
        const std::lock_guard lock{mutex_};
        std::erase_if(unsynced_entries_, [&](const auto& entry) {
            return std::filesystem::path{entry.first}.parent_path() == directory;
        });
        return real_.sync_directory(directory);
    }

    Status make_directory(const std::string& directory) override {
        return step() ? real_.make_directory(directory) : failure();
    }

    Status remove_empty_directory(const std::string& directory) override {
        return step() ? real_.remove_empty_directory(directory) : failure();
    }

    Result<std::vector<std::string>> list(const std::string& directory) override {
        return step() ? real_.list(directory) : failed<std::vector<std::string>>();
    }

    Result<std::uint64_t> size(const std::string& path) override {
        return step() ? real_.size(path) : failed<std::uint64_t>();
    }

    Result<DiskSpace> space(const std::string& directory) override {
        return step() ? real_.space(directory) : failed<DiskSpace>();
    }

private:
    bool step() {
        const bool fails = operations_++ == fail_at;
        fired_ = fired_ || fails;
        return !fails;
    }

    static tl::unexpected<Error> failure() {
        return fail(Fault::kRetry, "injected fault", Where::number(EIO));
    }

    template <class T>
    static Result<T> failed() {
        return failure();
    }

    FileSystem& real_;
    std::mutex mutex_;
    std::int64_t operations_ = 0;
    bool fired_ = false;
    std::map<std::string, bool> unsynced_entries_;
    std::set<std::string> unsynced_bytes_;
    std::set<int> synced_;
};

}  // namespace efface::testing
