// TorchScriptDetector: finds with one network that sees a whole picture at a few sizes, whatever the angle of
// what it looks for. The network comes as a file of contract efface-detector/1 (detector_metadata.h), ours or
// a site's own. Nothing of LibTorch shows here. Thread rule: an object belongs to one thread; load() sets the
// thread count of the process.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/inference/area_sampler.h"
#include "pipeline/inference/detector_metadata.h"
#include "pipeline/inference/window.h"
#include "pipeline/picture/detector.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace efface::pipeline {

class TorchScriptDetector : public Detector {
public:
    /// Reads the file, checks what it says of itself, runs its self-test and looks at a plain picture of
    /// every size, which makes LibTorch do what it does only once: a process can be confined afterwards.
    /// Fault::kHalt: the file is not there, not the expected one, not of the contract, or its network does
    /// not give what was recorded.
    static Result<std::unique_ptr<Detector>> load(const std::string& path, const Digest& expected);
    /// The same of a file's bytes.
    static Result<std::unique_ptr<Detector>> load(std::span<const std::byte> bytes, const Digest& expected);

    ~TorchScriptDetector() override;

    /// Fault::kQuarantine: more than AreaSampler::kPixelsMax pixels.
    Result<std::vector<Detection>> find(const PictureView& picture) override;

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    struct Network;

    /// What a picture is scaled to.
    struct Size {
        std::size_t columns;
        std::size_t rows;
        bool operator==(const Size&) const = default;
    };

    TorchScriptDetector(DetectorMetadata metadata, std::unique_ptr<Network> network);

    Status check_self() const;
    std::vector<Size> sizes_of(const PictureView& picture) const;
    Result<std::vector<Window>> find_at(const AreaSampler& sampler, Size size) const;

    DetectorMetadata metadata_;
    std::unique_ptr<Network> network_;
    std::vector<Detection> doubts_;  ///< Of the last search.
};

}  // namespace efface::pipeline
