// MtcnnDetector: finds upright faces (about +-30 degrees) of at least 20 pixels with the cascade of Zhang et
// al. 2016: P-Net proposes windows over a pyramid of sizes, R-Net refines them, O-Net judges.
// RotatingDetector turns the picture for it. Thread rule: an object belongs to one thread.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/inference/area_sampler.h"
#include "pipeline/inference/mtcnn_networks.h"
#include "pipeline/inference/window.h"
#include "pipeline/picture/detector.h"

#include <memory>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// Of .models/mtcnn.bin as scripts/models/mtcnn.py makes it.
constexpr std::string_view kMtcnnSha256 = "40422cd00bce8afa0fb4248c572da9ba5368adf6f3457bf381112aa17349ff5d";

class MtcnnDetector : public Detector {
public:
    /// Reads the weights and runs the self-test, which also makes LibTorch do what it does only once: a
    /// process can be confined afterwards. Fault::kHalt: the file is not there, not the expected one, or the
    /// networks do not give what they gave when they were measured.
    static Result<std::unique_ptr<Detector>> load(const std::string& path, const Digest& expected);

    explicit MtcnnDetector(MtcnnNetworks networks) : networks_{std::move(networks)} {}

    /// Fault::kQuarantine: more than AreaSampler::kPixelsMax pixels.
    Result<std::vector<Detection>> find(const PictureView& picture) override;

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    Result<std::vector<Window>> propose(const AreaSampler& sampler) const;
    Result<std::vector<Window>> propose_at(const AreaSampler& sampler, double scale) const;

    MtcnnNetworks networks_;
    std::vector<Detection> doubts_;  ///< Of the last search, by the third network.
};

}  // namespace efface::pipeline
