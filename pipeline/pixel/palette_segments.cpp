#include "pipeline/pixel/palette_segments.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

enum Opcode : std::uint16_t { kDiscrete = 0, kLinear = 1, kIndirect = 2 };

tl::unexpected<Error> broken() {
    return fail(
        Fault::kQuarantine, "the segments of a colour table cannot be expanded: its samples are not searched",
        Where::tag(0x00281221)
    );
}

class Expansion {
public:
    Expansion(std::span<const std::uint16_t> units, std::size_t unit_bytes, std::size_t count)
        : units_{units}, unit_bytes_{unit_bytes}, count_{count} {}

    Result<std::vector<std::uint16_t>> run() {
        // A last byte that makes the length even is no segment.
        const std::size_t pad = unit_bytes_ == 1 && !units_.empty() && units_.back() == 0 ? 1 : 0;
        std::size_t at = 0;
        while (at < units_.size() && !(entries_.size() == count_ && at + pad == units_.size())) {
            const std::size_t begin = at;
            EFFACE_CHECK(units_[at] == kIndirect ? copy(at) : expand(at));
            starts_.push_back(begin);
        }
        if (entries_.size() != count_) {
            return broken();
        }
        return std::move(entries_);
    }

private:
    /// One discrete or linear segment; `at` stands behind it then.
    Status expand(std::size_t& at) {
        if (units_.size() - at < 2) {
            return broken();
        }
        const std::uint16_t opcode = units_[at];
        const std::size_t length = units_[at + 1];
        const std::size_t held = opcode == kDiscrete ? length : 1;
        at += 2;
        if (opcode > kLinear || length == 0 || held > units_.size() - at ||
            length > count_ - entries_.size()) {
            return broken();
        }
        const std::span<const std::uint16_t> values = units_.subspan(at, held);
        at += held;
        if (opcode == kDiscrete) {
            entries_.insert(entries_.end(), values.begin(), values.end());
            return {};
        }
        return go_to(values.front(), length);
    }

    /// A straight line from the last entry, to the nearest whole number.
    Status go_to(std::int64_t end, std::size_t length) {
        if (entries_.empty()) {
            return broken();
        }
        const std::int64_t begin = entries_.back();
        const auto steps = static_cast<std::int64_t>(length);
        for (std::int64_t i = 1; i <= steps; ++i) {
            const std::int64_t whole = begin * (steps - i) + end * i;
            entries_.push_back(static_cast<std::uint16_t>((2 * whole + steps) / (2 * steps)));
        }
        return {};
    }

    /// Opcode, number of segments, byte offset of the first in two words, the low one first.
    Status copy(std::size_t& at) {
        const std::size_t words = 2 / unit_bytes_;
        if (units_.size() - at < 2 + 2 * words) {
            return broken();
        }
        const std::size_t segments = units_[at + 1];
        std::size_t offset = 0;
        for (std::size_t i = 0; i < 2 * words; ++i) {
            offset |= static_cast<std::size_t>(units_[at + 2 + i]) << (8 * unit_bytes_ * i);
        }
        const auto first = std::ranges::lower_bound(starts_, offset / unit_bytes_);
        const bool known = first != starts_.end() && *first * unit_bytes_ == offset;
        if (!known || segments == 0 || segments > static_cast<std::size_t>(starts_.end() - first)) {
            return broken();
        }
        std::size_t from = *first;
        for (std::size_t i = 0; i < segments; ++i) {
            EFFACE_CHECK(expand(from));  // Of an indirect one: broken.
        }
        at += 2 + 2 * words;
        return {};
    }

    std::span<const std::uint16_t> units_;
    std::size_t unit_bytes_;
    std::size_t count_;
    std::vector<std::uint16_t> entries_;
    std::vector<std::size_t> starts_;  ///< Of the segments so far.
};

}  // namespace

Result<std::vector<std::uint16_t>> expand_segments(
    std::span<const std::uint16_t> units, std::size_t unit_bytes, std::size_t count
) {
    return Expansion{units, unit_bytes, count}.run();
}

}  // namespace efface::pipeline
