// Reads what Pixel Data's size follows from, and where it lies, in one scan of the data set.
// PS3.3 C.7.6.3, PS3.5 8.1. Thread rule: pure functions.
#pragma once

#include "pipeline/codestream/pixel_data_plan.h"
#include "pipeline/scan/scanner.h"

#include <string_view>

namespace efface::pipeline {

/// One fragment's place in the data set.
struct FragmentPlace {
    std::uint64_t header_offset = 0;
    std::span<const std::byte> value;
};

inline constexpr rules::Tag kFloatPixelData{0x7FE0, 0x0008};
inline constexpr rules::Tag kDoubleFloatPixelData{0x7FE0, 0x0009};

/// Float or Double Float Pixel Data of the top level, which stands there in place of Pixel Data and is never
/// compressed (PS3.3 C.7.6.24, C.7.6.25; PS3.5 8.1).
struct FloatElement {
    bool present = false;
    Event header;
    std::span<const std::byte> value;

    std::uint64_t sample_bytes() const { return header.tag == kFloatPixelData ? 4 : 8; }
};

/// The element (7FE0,0010) of the top level as it stands.
struct PixelElement {
    bool present = false;
    bool encapsulated = false;
    Event header;
    std::uint64_t end = 0;
    std::span<const std::byte> native;
    std::span<const std::byte> offset_table;
    std::vector<FragmentPlace> fragments;
    bool has_extended_offsets = false;
    std::span<const std::byte> extended_offsets;  ///< (7FE0,0001)
    std::span<const std::byte> extended_lengths;  ///< (7FE0,0002)
};

struct PixelScan {
    PixelShape shape;
    PixelElement element;
    FloatElement floats;
    std::string_view photometric;  ///< (0028,0004), trimmed; points into the data set.
};

/// Fault::kQuarantine: an attribute that is no number, or more than one element of samples.
Result<PixelScan> scan_pixel_data(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
