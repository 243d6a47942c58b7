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
    std::string_view photometric;  ///< (0028,0004), trimmed; points into the data set.
};

Result<PixelScan> scan_pixel_data(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
