// Detector files of contract efface-detector/1 that the tests make themselves. Thread rule: pure functions.
#pragma once

#include "config/json.h"

#include <cstddef>
#include <string>
#include <vector>

namespace efface::testing {

/// Of light_detector_code(): whole, with a self-test that it passes.
Json good_metadata();

/// TorchScript of a network that sees something in every light cell, 12 pixels around its middle.
std::string light_detector_code();

/// A TorchScript archive with these as its extra file metadata.json; none where `metadata` is empty. Needs
/// LibTorch (detector_archive.cpp).
std::vector<std::byte> detector_archive(const std::string& code, const std::string& metadata);

}  // namespace efface::testing
