// Generator files of contract efface-generator/1 that the tests make themselves. Thread rule: pure functions.
#pragma once

#include "config/json.h"

#include <cstddef>
#include <string>
#include <vector>

namespace efface::testing {

/// TorchScript of a network that draws half of the mean of all that is visible, and a tenth of the noise.
std::string plain_generator_code();

/// Of plain_generator_code(): whole, with a self-test that it passes.
Json plain_generator_metadata(std::size_t channels = 1);

/// Of metadata.json's `confidence`: one that is read whole.
Json plain_confidence();

/// TorchScript of a network that draws the means of three by three visible pixels: one convolution, with the
/// constant `self.kernel`.
std::string smoothing_generator_code();

/// The same of smoothing_generator_code().
Json smoothing_generator_metadata();

/// Nine times a ninth.
std::vector<float> smoothing_kernel();

/// A TorchScript archive with these as its extra file metadata.json; none where `metadata` is empty. Where a
/// `kernel` of 1 x 1 x 3 x 3 is given it is frozen with that as self.kernel. Needs LibTorch
/// (generator_archive.cpp).
std::vector<std::byte> generator_archive(
    const std::string& code, const std::string& metadata, const std::vector<float>& kernel = {}
);

/// How many convolutions of such a network are prepared at loading. Needs LibTorch as well.
std::size_t prepared_convolutions_of(const std::string& code, const std::vector<float>& kernel);

}  // namespace efface::testing
