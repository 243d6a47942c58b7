// BackOff: when a destination is tried again: exponential, bounded, with jitter, so that a returning
// archive is not met by everyone at once. Shared by the lanes of one destination.
// Thread rule: confined to the forwarding thread.
#pragma once

#include "config/environment.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace efface::node {

class BackOff {
public:
    BackOff(Environment& environment, std::chrono::seconds first, std::chrono::seconds most)
        : environment_{environment}, first_{first}, most_{most} {}

    void succeeded() {
        failures_ = 0;
        not_before_ = 0;
    }

    /// Notes a failure; returns when to try again.
    UnixMicros failed() {
        failures_ = std::min<std::uint32_t>(failures_ + 1, kDoublingsMax);
        not_before_ = environment_.clock.now() + delay(failures_);
        return not_before_;
    }

    /// The delay before the n-th retry of one instance (n from 1), with jitter.
    std::int64_t delay(std::uint32_t failures) const {
        const std::int64_t first = std::chrono::microseconds{first_}.count();
        const std::int64_t most = std::chrono::microseconds{most_}.count();
        const std::uint32_t doublings = std::min(failures == 0 ? 0 : failures - 1, kDoublingsMax);
        const std::int64_t full = std::min(most, first << doublings);
        // Between half and all of it. Without entropy there is no jitter, which is no reason to stop.
        std::array<std::byte, 2> random{};
        static_cast<void>(environment_.entropy.fill(random));
        const std::int64_t part =
            std::to_integer<std::int64_t>(random[0]) * 256 + std::to_integer<std::int64_t>(random[1]);
        return full / 2 + (full / 2) * part / 65536;
    }

    UnixMicros not_before() const { return not_before_; }

private:
    static constexpr std::uint32_t kDoublingsMax = 20;
    Environment& environment_;
    std::chrono::seconds first_;
    std::chrono::seconds most_;
    std::uint32_t failures_ = 0;
    UnixMicros not_before_ = 0;
};

}  // namespace efface::node
