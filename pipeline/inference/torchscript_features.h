// TorchScriptFeatures: a network of contract efface-features/1 (features_metadata.h). Nothing of LibTorch
// shows here. Thread rule: an object belongs to one thread; load() sets the thread count of the process.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/picture/feature_network.h"

#include <cstddef>
#include <memory>
#include <span>

namespace efface::pipeline {

class TorchScriptFeatures : public FeatureNetwork {
public:
    /// Checks the bytes' digest, then what the file says of itself, and runs it once on a plain picture: a
    /// process can be confined afterwards. Fault::kHalt: the file is not the expected one or not of the
    /// contract, or its network fails or answers with another shape.
    static Result<std::unique_ptr<FeatureNetwork>> load(
        std::span<const std::byte> bytes, const Digest& expected
    );

    ~TorchScriptFeatures() override;

    const Facts& facts() const override { return facts_; }

    Result<std::vector<float>> features_of(std::span<const float> planes, std::span<const float> mask)
        override;

private:
    struct Network;

    TorchScriptFeatures(Facts facts, std::unique_ptr<Network> network);

    Facts facts_;
    std::unique_ptr<Network> network_;
};

}  // namespace efface::pipeline
