// ByteCursor: a bounded place in bytes; every read says whether it was inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace efface::pipeline {

class ByteCursor {
public:
    explicit ByteCursor(std::span<const std::byte> bytes) : rest_{bytes} {}

    std::span<const std::byte> rest() const { return rest_; }

    std::optional<std::uint32_t> peek_big(std::size_t count, std::size_t ahead = 0) const {
        if (rest_.size() < ahead || rest_.size() - ahead < count) {
            return std::nullopt;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value = (value << 8U) | static_cast<std::uint32_t>(rest_[ahead + i]);
        }
        return value;
    }

    std::optional<std::span<const std::byte>> take(std::uint64_t count) {
        if (count > rest_.size()) {
            return std::nullopt;
        }
        const std::span<const std::byte> taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

private:
    std::span<const std::byte> rest_;
};

}  // namespace efface::pipeline
