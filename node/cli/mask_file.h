// A mask that a person made, as a file: a PNG (bright is masked), or a DICOM Segmentation of bits (PS3.3
// C.8.20; all its frames together). Thread rule: pure but for the file.
#pragma once

#include "pipeline/picture/picture.h"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace efface::node {

struct MaskFile {
    std::size_t columns = 0;
    std::size_t rows = 0;
    /// On the mask's grid; grown by pipeline::kBrushMargin unless an algorithm made all of its segments.
    std::vector<pipeline::Box> boxes;
};

/// The error is for the person who named the file.
tl::expected<MaskFile, std::string> read_mask_file(const std::string& path);

}  // namespace efface::node
