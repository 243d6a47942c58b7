// TorchScriptGenerator: fills with a network that comes as a file of contract efface-generator/1
// (generator_metadata.h), ours or a site's own. Nothing of LibTorch shows here. Thread rule: an object
// belongs to one thread; load() sets the thread count of the process.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/inference/generator_metadata.h"
#include "pipeline/picture/generator.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

class TorchScriptGenerator : public Generator {
public:
    /// Checks the bytes' digest before anything else, then what the file says of itself, runs its self-test
    /// and fills a plain picture of every size, which makes LibTorch do what it does only once: a process
    /// can be confined afterwards. `compute_class`: of the work orders that it is for; "cpu" alone so far.
    /// Fault::kHalt: the file is not the expected one or not of the contract, its network does not give what
    /// was recorded, or looks at what is destroyed, or changes what is not.
    static Result<std::unique_ptr<Generator>> load(
        std::span<const std::byte> bytes, const Digest& expected, std::string_view compute_class
    );

    ~TorchScriptGenerator() override;

    const Facts& facts() const override { return facts_; }

    Result<std::vector<float>> fill(const Request& request) override;

private:
    struct Network;

    TorchScriptGenerator(
        const GeneratorMetadata& metadata, const Digest& digest, std::unique_ptr<Network> network
    );

    Status check_self(const GeneratorMetadata::SelfTest& test) const;
    Status check_sizes();
    Status check(const Request& request) const;

    Facts facts_;
    float hole_value_;  ///< What the network is given where the picture is destroyed.
    std::unique_ptr<Network> network_;
};

}  // namespace efface::pipeline
