// Goal: a file of contract efface-features/1 is run as it says, and what is none is refused by its fault.
#include "pipeline/inference/torchscript_features.h"

#include "config/json.h"
#include "tests/unit/pipeline/inference/generator_file.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using Bytes = std::vector<std::byte>;

/// Two numbers: the mean over the mask, and the share of the mask.
constexpr const char* kCode = R"(
def forward(self, x, mask):
    whole = torch.sum(mask, [1, 2, 3])
    mean = torch.sum(x * mask, [1, 2, 3]) / whole
    return torch.stack([mean, whole / 1024], 1)
)";

Json metadata() {
    return Json{
        {"contract", "efface-features/1"},
        {"name", "test"},
        {"version", "1"},
        {"licence", "none"},
        {"channels", 1},
        {"side", 32},
        {"features", 2}};
}

Result<std::unique_ptr<FeatureNetwork>> load(const std::string& code, const Json& facts) {
    const Bytes bytes = efface::testing::generator_archive(code, dump_json(facts));
    return TorchScriptFeatures::load(bytes, sha256(bytes));
}

TEST(TorchScriptFeatures, GivesWhatItsNetworkGives) {
    const auto loaded = load(kCode, metadata());
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ((*loaded)->facts().side, 32U);
    std::vector<float> picture(1024, -1.0F);
    std::vector<float> mask(1024, 0.0F);
    for (std::size_t i = 0; i < 256; ++i) {
        picture[i] = i < 128 ? 1.0F : 0.0F;
        mask[i] = 1;
    }

    const auto features = (*loaded)->features_of(picture, mask);

    ASSERT_TRUE(features);
    EXPECT_EQ(*features, (std::vector<float>{0.5F, 0.25F}));
    const auto none = (*loaded)->features_of(picture, std::vector<float>(1024, 0.0F));
    ASSERT_FALSE(none) << "0 / 0 is no number";
    EXPECT_EQ(none.error().fault, Fault::kRetry);
}

TEST(TorchScriptFeatures, WhatIsNotOfTheContractIsRefused) {
    const Bytes good = efface::testing::generator_archive(kCode, dump_json(metadata()));
    EXPECT_FALSE(TorchScriptFeatures::load(good, sha256(Bytes(3))));
    const std::vector<std::pair<const char*, Json>> wrong{
        {"contract", "efface-generator/1"},
        {"name", ""},
        {"licence", 7},
        {"channels", 2},
        {"side", 48},
        {"side", 1024},
        {"features", 0},
        {"features", 1025},
        {"features", 3}};
    for (const auto& [key, value] : wrong) {
        Json facts = metadata();
        facts[key] = value;
        const auto loaded = load(kCode, facts);
        ASSERT_FALSE(loaded) << key;
        EXPECT_EQ(loaded.error().fault, Fault::kHalt) << key;
    }
    EXPECT_FALSE(load(efface::testing::plain_generator_code(), metadata())) << "three inputs";
}

}  // namespace
}  // namespace efface::pipeline
