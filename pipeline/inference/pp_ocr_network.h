// PpOcrNetwork: the text detector of PP-OCRv4 (mobile): a backbone of 14 blocks (C. Cui et al., "PP-LCNet: A
// Lightweight CPU Convolutional Neural Network", 2021), a pyramid of four levels and a head of differentiable
// binarisation (Liao et al., AAAI 2020), run by LibTorch on one thread. Weights:
// scripts/models/text_detector.py. Thread rule: an object belongs to one thread.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/inference/tensor_file.h"
#include "pipeline/picture/text_network.h"

#include <memory>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// What scripts/models/text_detector.py installs.
inline constexpr std::string_view kTextModelSha256 =
    "5db11d32e7f57286d967592575190522ce813bf5e5fe1f0837b92e42f45176ea";

class PpOcrNetwork : public TextNetwork {
public:
    /// Fault::kHalt: the file is not there, another one, or does not hold the network.
    static Result<std::unique_ptr<TextNetwork>> load(const std::string& path, const Digest& expected);

    ~PpOcrNetwork() override;

    Result<std::vector<float>> map_of(const PictureView& tile) override;

private:
    struct Layers;
    explicit PpOcrNetwork(std::unique_ptr<Layers> layers);

    std::unique_ptr<Layers> layers_;
};

}  // namespace efface::pipeline
