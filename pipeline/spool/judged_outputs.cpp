#include "pipeline/spool/judged_outputs.h"

#include <sys/stat.h>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * kNanosecondsPerSecond + time.tv_nsec;
}

}  // namespace

bool JudgedOutputs::read_stamp(const Descriptor& output, Stamp& stamp) {
    struct stat facts {};

    if (::fstat(output.get(), &facts) != 0) {
        return false;
    }
    stamp = {
        .device = facts.st_dev,
        .inode = facts.st_ino,
        .bytes = facts.st_size,
        .written_at_ns = nanoseconds(facts.st_mtim),
        .changed_at_ns = nanoseconds(facts.st_ctim)};
    return true;
}

void JudgedOutputs::note(std::string_view name, const Descriptor& output) {
    Stamp stamp;
    if (!read_stamp(output, stamp)) {
        return;
    }
    const std::lock_guard lock{mutex_};
    if (stamps_.insert_or_assign(std::string{name}, stamp).second) {
        in_order_.emplace_back(name);
    }
    if (in_order_.size() > kOutputsMax) {
        stamps_.erase(in_order_.front());
        in_order_.pop_front();
    }
}

bool JudgedOutputs::unchanged(std::string_view name, const Descriptor& output) const {
    Stamp stamp;
    if (!read_stamp(output, stamp)) {
        return false;
    }
    const std::lock_guard lock{mutex_};
    const auto noted = stamps_.find(std::string{name});
    return noted != stamps_.end() && noted->second == stamp;
}

}  // namespace efface::pipeline
