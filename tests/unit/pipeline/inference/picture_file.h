// Reads PNG and JPEG files as pictures, for the pictures that tests look at.
#pragma once

#include "pipeline/picture/picture.h"

#include <filesystem>
#include <optional>

namespace efface::testing {

/// RGB; nothing where the file cannot be read.
std::optional<pipeline::Picture> read_picture(const std::filesystem::path& path);

}  // namespace efface::testing
