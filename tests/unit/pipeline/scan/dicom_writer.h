// DicomWriter: writes synthetic data sets byte by byte for tests, well-formed or broken on purpose.
// Nothing is checked: what the test asks for is what stands there.
#pragma once

#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::testing {

class DicomWriter {
public:
    explicit DicomWriter(bool explicit_vr = true, bool big_endian = false)
        : explicit_vr_{explicit_vr}, big_endian_{big_endian} {}

    DicomWriter& u16(std::uint16_t value) {
        const auto low = static_cast<char>(value & 0xFFU);
        const auto high = static_cast<char>(value >> 8U);
        bytes_ += big_endian_ ? high : low;
        bytes_ += big_endian_ ? low : high;
        return *this;
    }

    DicomWriter& u32(std::uint32_t value) {
        const auto low = static_cast<std::uint16_t>(value & 0xFFFFU);
        const auto high = static_cast<std::uint16_t>(value >> 16U);
        return big_endian_ ? u16(high).u16(low) : u16(low).u16(high);
    }

    DicomWriter& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }

    DicomWriter& header(std::uint32_t tag, rules::Vr vr, std::uint32_t length) {
        u16(static_cast<std::uint16_t>(tag >> 16U)).u16(static_cast<std::uint16_t>(tag & 0xFFFFU));
        if (!explicit_vr_ || (tag >> 16U) == 0xFFFEU) {
            return u32(length);
        }
        raw(rules::vr_name(vr));
        return rules::has_long_length(vr) ? u16(0).u32(length) : u16(static_cast<std::uint16_t>(length));
    }

    /// An element with its value as bytes, padded to even length (UI and O* with NUL, text with space).
    DicomWriter& element(std::uint32_t tag, rules::Vr vr, std::string_view value) {
        std::string padded{value};
        if ((padded.size() & 1U) != 0) {
            padded += rules::is_text(vr) && vr != rules::Vr::UI ? ' ' : '\0';
        }
        return header(tag, vr, static_cast<std::uint32_t>(padded.size())).raw(padded);
    }

    DicomWriter& us(std::uint32_t tag, std::uint16_t value) {
        return header(tag, rules::Vr::US, 2).u16(value);
    }

    DicomWriter& sequence(std::uint32_t tag, std::uint32_t length = 0xFFFFFFFFU) {
        return header(tag, rules::Vr::SQ, length);
    }

    DicomWriter& item(std::uint32_t length = 0xFFFFFFFFU) {
        return header(0xFFFEE000U, rules::Vr::UN, length);
    }

    DicomWriter& end_item() { return header(0xFFFEE00DU, rules::Vr::UN, 0); }

    DicomWriter& end_sequence() { return header(0xFFFEE0DDU, rules::Vr::UN, 0); }

    /// A fragment or the offset table: an item with a defined length, padded with NUL.
    DicomWriter& fragment(std::string_view value) {
        std::string padded{value};
        if ((padded.size() & 1U) != 0) {
            padded += '\0';
        }
        return item(static_cast<std::uint32_t>(padded.size())).raw(padded);
    }

    const std::string& text() const { return bytes_; }

    std::size_t size() const { return bytes_.size(); }

    std::span<const std::byte> bytes() const { return std::as_bytes(std::span{bytes_}); }

private:
    bool explicit_vr_;
    bool big_endian_;
    std::string bytes_;
};

/// The texts one after another (operator+ on temporaries trips a false warning of GCC 12).
inline std::string joined(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const std::string_view text : texts) {
        all += text;
    }
    return all;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text.data(), text.size()});
}

/// A Part 10 file: preamble, DICM, the six usual meta elements, then `data_set`.
inline std::string part10_file(
    std::string_view data_set, std::string_view transfer_syntax, std::string_view sop_class,
    std::string_view sop_instance, std::string_view class_uid = "1.2.3", std::string_view version = "TEST"
) {
    using rules::Vr;
    DicomWriter meta;
    meta.element(0x00020001, Vr::OB, std::string_view{"\0\1", 2})
        .element(0x00020002, Vr::UI, sop_class)
        .element(0x00020003, Vr::UI, sop_instance)
        .element(0x00020010, Vr::UI, transfer_syntax)
        .element(0x00020012, Vr::UI, class_uid)
        .element(0x00020013, Vr::SH, version);
    DicomWriter file;
    file.raw(std::string(128, '\0')).raw("DICM");
    file.header(0x00020000, Vr::UL, 4).u32(static_cast<std::uint32_t>(meta.size()));
    return file.text() + meta.text() + std::string{data_set};
}

}  // namespace efface::testing
