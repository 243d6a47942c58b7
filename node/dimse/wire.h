// Reading and writing big-endian fields within bounds. A reader that was asked for more than there
// is answers zero, stays empty and is not ok; check ok() before trusting what was read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace efface::node {

class WireReader {
public:
    explicit WireReader(std::span<const std::byte> bytes) : rest_{bytes} {}

    std::span<const std::byte> take(std::size_t count) {
        if (count > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }

    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }

    std::uint32_t u32() { return number(4); }

    std::string_view text(std::size_t count) {
        const auto taken = take(count);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }

    std::span<const std::byte> rest() const { return rest_; }

    bool empty() const { return rest_.empty(); }

    bool ok() const { return ok_; }

private:
    std::uint32_t number(std::size_t count) {
        std::uint32_t value = 0;
        for (const std::byte byte : take(count)) {
            value = (value << 8U) | std::to_integer<std::uint32_t>(byte);
        }
        return value;
    }

    std::span<const std::byte> rest_;
    bool ok_ = true;
};

class WireWriter {
public:
    explicit WireWriter(std::vector<std::byte>& out) : out_{out} {}

    void u8(std::uint32_t value) { out_.push_back(static_cast<std::byte>(value)); }

    void u16(std::size_t value) {
        u8(static_cast<std::uint32_t>(value >> 8U));
        u8(static_cast<std::uint32_t>(value & 0xFFU));
    }

    void u32(std::uint32_t value) {
        u16(value >> 16U);
        u16(value & 0xFFFFU);
    }

    void text(std::string_view value) {
        const auto* first = reinterpret_cast<const std::byte*>(value.data());
        out_.insert(out_.end(), first, first + value.size());
    }

    /// Left-justified, filled with spaces.
    void padded(std::string_view value, std::size_t width) {
        text(value.substr(0, width));
        out_.insert(out_.end(), width - std::min(width, value.size()), std::byte{' '});
    }

    std::size_t position() const { return out_.size(); }

    /// Fills in a length field of two bytes at `at` that counts what was written after it.
    void close_u16(std::size_t at) {
        const std::size_t length = out_.size() - at - 2;
        out_[at] = static_cast<std::byte>(length >> 8U);
        out_[at + 1] = static_cast<std::byte>(length & 0xFFU);
    }

    /// The same for four bytes.
    void close_u32(std::size_t at) {
        const std::size_t length = out_.size() - at - 4;
        for (std::size_t i = 0; i < 4; ++i) {
            out_[at + i] = static_cast<std::byte>((length >> (24U - 8U * i)) & 0xFFU);
        }
    }

private:
    std::vector<std::byte>& out_;
};

}  // namespace efface::node
