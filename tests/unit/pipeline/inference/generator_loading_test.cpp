// Goal: a generator file is used only if it is the pinned one, keeps the contract and does here what it did
// where it was made. Method: files made by the test, each spoilt in one way.
#include "tests/unit/pipeline/inference/generator_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::TorchScriptGenerator;

/// Says what to do about it too.
void expect_refused(const LoadedGenerator& loaded, std::string_view words) {
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().fault, Fault::kHalt);
    const std::string message = loaded.error().message();
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_NE(message.find("; "), std::string::npos) << message;
}

TEST(GeneratorLoading, IsNotLoadedWithAnotherDigestOrForAnotherComputeClass) {
    const Bytes bytes = generator_archive(plain_generator_code(), dump_json(plain_generator_metadata()));
    expect_refused(TorchScriptGenerator::load(bytes, sha256("another"), "cpu"), "digest");
    // Nothing reads it before: what is no TorchScript at all is refused for its digest too.
    expect_refused(TorchScriptGenerator::load(Bytes(100), sha256("another"), "cpu"), "digest");
    for (const std::string_view compute_class : {"", "cuda", "CPU"}) {
        expect_refused(TorchScriptGenerator::load(bytes, sha256(bytes), compute_class), "compute class");
    }
}

TEST(GeneratorLoading, IsNotLoadedFromWhatIsNoTorchScript) {
    expect_refused(load_generator(Bytes{}), "TorchScript");
    expect_refused(load_generator(Bytes(1000, std::byte{7})), "TorchScript");
    const Bytes whole = generator_archive(plain_generator_code(), dump_json(plain_generator_metadata()));
    for (const std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{30}}) {
        expect_refused(
            load_generator(Bytes{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(left)}),
            "TorchScript"
        );
    }
}

TEST(GeneratorLoading, IsNotLoadedWithoutMetadataOfItsContractAndALicence) {
    expect_refused(load_generator(generator_archive(plain_generator_code(), "")), "metadata.json");
    Json other = plain_generator_metadata();
    other["contract"] = "efface-detector/1";
    expect_refused(load_generator(plain_generator_code(), other), "efface-generator/1");
    other = plain_generator_metadata();
    other.erase("licence");
    expect_refused(load_generator(plain_generator_code(), other), "licence");
}

TEST(GeneratorLoading, IsNotLoadedWhereItsSelfTestFails) {
    for (std::size_t i = 0; i < plain_generator_metadata()["self_test"]["values"].size(); ++i) {
        Json other = plain_generator_metadata();
        Json& value = other["self_test"]["values"][i];
        value = value.get<double>() + 0.0012;
        expect_refused(load_generator(plain_generator_code(), other), "self-test");
    }
    for (const char* state : {"picture_state", "noise_state"}) {
        Json other = plain_generator_metadata();
        other["self_test"][state] = 77;
        expect_refused(load_generator(plain_generator_code(), other), "self-test");
    }
}

TEST(GeneratorLoading, IsNotLoadedWhereItsNetworkFailsOrAnswersWithAnotherShape) {
    for (const std::string line :
         {"return torch.where(hidden, drawn, x)[0]", "return torch.where(hidden, drawn, x)[:, :, 1:]",
          "return [drawn, x]", "assert x.size(2) < 0", "return torch.where(hidden, drawn / 0.0, x)",
          "return torch.where(hidden, drawn, x / 0.0)"}) {
        SCOPED_TRACE(line);
        expect_refused(load_generator(ending(line)), "self-test");
    }
    // Only at the sizes that it is to be used at.
    expect_refused(
        load_generator(ending("assert x.size(2) < 100\n    return torch.where(hidden, drawn, x)")), "size"
    );
}

TEST(GeneratorLoading, IsNotLoadedWhereItChangesWhatIsVisible) {
    expect_refused(load_generator(ending("return torch.where(hidden, drawn, 0.99 * x)")), "visible");
}

TEST(GeneratorLoading, IsNotLoadedWhereItLooksAtWhatIsDestroyedOrThrowsDice) {
    // Below the self-test's tolerance.
    expect_refused(
        load_generator(ending("return torch.where(hidden, drawn + 1e-4 * x, x)")),
        "depends on what is destroyed"
    );
    expect_refused(
        load_generator(ending("return torch.where(hidden, drawn + 1e-4 * torch.rand_like(x), x)")), "chance"
    );
}

TEST(GeneratorLoading, PreparesTheConvolutionsWhoseWeightsAreConstant) {
    EXPECT_EQ(prepared_convolutions_of(smoothing_generator_code(), smoothing_kernel()), 1U);
    std::string modulated = smoothing_generator_code();
    const std::string kernel = "self.kernel,";
    modulated.replace(modulated.find(kernel), kernel.size(), "self.kernel * noise[0, 0, 0, 0],");
    EXPECT_EQ(prepared_convolutions_of(modulated, smoothing_kernel()), 0U);
    const auto loaded = load_generator(generator_archive(
        smoothing_generator_code(), dump_json(smoothing_generator_metadata()), smoothing_kernel()
    ));
    EXPECT_TRUE(loaded.has_value()) << loaded.error().message();
}

}  // namespace
}  // namespace efface::testing
