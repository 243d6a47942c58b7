// JudgedOutputs: which output files are still the very bytes that the gate judged, told by the file system
// instead of by hashing them once more before they are sent.
//
// A stamp is taken when the gate has answered; by then nobody has the file open for writing
// (node/workers/frozen_output.h), so that the coarse clock of file times (some milliseconds) leaves no gap.
// Any later write changes the times. It lives as long as the process: after a restart, and for what it has
// forgotten, a sender hashes (an unsynced output may have been torn by a crash). Thread rule: safe from any
// thread.
#pragma once

#include "config/environment.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace efface::pipeline {

class JudgedOutputs {
public:
    /// Of more outputs than this the oldest are forgotten.
    static constexpr std::size_t kOutputsMax = 4096;

    /// `output` is open on the file of this spool name. Does nothing where the file cannot be asked.
    void note(std::string_view name, const Descriptor& output);
    /// True if `output` is the file that was noted under this name and nothing has touched it since.
    bool unchanged(std::string_view name, const Descriptor& output) const;

private:
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t bytes = 0;
        std::int64_t written_at_ns = 0;
        std::int64_t changed_at_ns = 0;

        bool operator==(const Stamp&) const = default;
    };

    static bool read_stamp(const Descriptor& output, Stamp& stamp);

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Stamp> stamps_;
    std::deque<std::string> in_order_;
};

}  // namespace efface::pipeline
