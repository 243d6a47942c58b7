// Goal: a detector file is used only if it is the pinned one, keeps the contract and does here what it did
// where it was made; then it finds at the right place in pictures of any shape. Method: files made by the
// test, of a network that sees light squares.
#include "pipeline/inference/torchscript_detector.h"

#include "pipeline/worker/sandbox.h"
#include "tests/unit/pipeline/inference/detector_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::Detector;
using pipeline::Picture;
using pipeline::PictureView;
using pipeline::TorchScriptDetector;

using Bytes = std::vector<std::byte>;

Result<std::unique_ptr<Detector>> load(const Bytes& bytes) {
    return TorchScriptDetector::load(std::span<const std::byte>{bytes}, sha256(bytes));
}

Bytes good_file() {
    return detector_archive(light_detector_code(), dump_json(good_metadata()));
}

void expect_refused(const Result<std::unique_ptr<Detector>>& loaded, std::string_view words) {
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().fault, Fault::kHalt);
    EXPECT_NE(loaded.error().message().find(words), std::string::npos) << loaded.error().message();
}

Picture dark_with_light(std::size_t columns, std::size_t rows, const Box& light, std::size_t channels = 1) {
    Picture picture{columns, rows, channels};
    for (std::int64_t y = light.top; y < light.bottom; ++y) {
        for (std::int64_t x = light.left; x < light.right; ++x) {
            for (std::size_t channel = 0; channel < channels; ++channel) {
                picture.samples
                    [(static_cast<std::size_t>(y) * columns + static_cast<std::size_t>(x)) * channels +
                     channel] = 255;
            }
        }
    }
    return picture;
}

std::vector<Detection> found_by(Detector& detector, const PictureView& picture) {
    auto found = detector.find(picture);
    EXPECT_TRUE(found.has_value()) << found.error().message();
    return found ? *found : std::vector<Detection>{};
}

TEST(TorchScriptDetector, FindsWhereItsNetworkSaysInPicturesOfAnyShape) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();

    struct Case {
        std::size_t columns, rows;
        Box light;
    };

    // At 128 pixels: a cell is 8 pixels, what is found 24.
    const std::vector<Case> cases{
        {128, 128, {64, 32, 72, 40}},
        {512, 512, {256, 128, 288, 160}},
        {256, 60, {192, 32, 208, 48}},
        {40, 300, {20, 150, 40, 180}}};
    for (const Case& one : cases) {
        SCOPED_TRACE(::testing::Message() << one.columns << "x" << one.rows);
        for (const std::size_t channels : {1U, 3U}) {
            const auto found =
                found_by(**loaded, dark_with_light(one.columns, one.rows, one.light, channels).view());
            ASSERT_EQ(found.size(), 1U);
            const double scale = static_cast<double>(std::max(one.columns, one.rows)) / 128;
            const Box& box = found.front().box;
            EXPECT_NEAR(
                static_cast<double>(box.left + box.right),
                static_cast<double>(one.light.left + one.light.right), 16 * scale
            );
            EXPECT_NEAR(
                static_cast<double>(box.top + box.bottom),
                static_cast<double>(one.light.top + one.light.bottom), 16 * scale
            );
            EXPECT_NEAR(static_cast<double>(box.width()), 24 * scale, 3 * scale);
            EXPECT_GE(found.front().score, 0.9F);
        }
    }
}

TEST(TorchScriptDetector, WhatIsJustBelowItsThresholdIsADoubtOfThatSearchAlone) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value());
    const auto dimmed = [](double share) {
        Picture picture = dark_with_light(128, 128, {64, 32, 72, 40});
        std::ranges::replace(picture.samples, std::uint8_t{255}, static_cast<std::uint8_t>(255 * share));
        return picture;
    };

    EXPECT_TRUE(found_by(**loaded, dimmed(0.85).view()).empty());
    ASSERT_EQ((*loaded)->doubts().size(), 1U);
    EXPECT_EQ((*loaded)->doubts().front().box, (Box{56, 24, 80, 48}));

    EXPECT_TRUE(found_by(**loaded, dimmed(0.75).view()).empty());
    EXPECT_TRUE((*loaded)->doubts().empty()) << "too faint for a doubt";
    EXPECT_EQ(found_by(**loaded, dimmed(0.95).view()).size(), 1U);
    EXPECT_TRUE((*loaded)->doubts().empty());
}

TEST(TorchScriptDetector, TellsTwoApartAndGivesTheSameAnswerTwice) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value());
    Picture picture = dark_with_light(128, 128, {0, 0, 8, 8});
    const Picture other = dark_with_light(128, 128, {88, 64, 96, 72});
    std::transform(
        picture.samples.begin(), picture.samples.end(), other.samples.begin(), picture.samples.begin(),
        std::plus<>{}
    );

    const auto found = found_by(**loaded, picture.view());

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found, found_by(**loaded, picture.view()));
    const bool in_order = found[0].box.left < found[1].box.left;
    EXPECT_EQ(found[in_order ? 0 : 1].box, (Box{-8, -8, 16, 16}));
    EXPECT_EQ(found[in_order ? 1 : 0].box, (Box{80, 56, 104, 80}));
}

TEST(TorchScriptDetector, SeesNothingInTheDarkAndTakesTheSmallestPictures) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value());
    for (const auto& [columns, rows] :
         {std::pair<std::size_t, std::size_t>{0, 0}, {1, 1}, {1, 4000}, {4000, 1}, {33, 31}, {700, 500}}) {
        for (const std::size_t channels : {1U, 3U}) {
            EXPECT_TRUE(found_by(**loaded, Picture{columns, rows, channels}.view()).empty())
                << columns << "x" << rows;
        }
    }
}

TEST(TorchScriptDetector, RefusesAPictureBeyondItsSums) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value());
    const auto found = (*loaded)->find(PictureView{{}, 1U << 20U, 1U << 20U, 1});
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kQuarantine);
}

TEST(TorchScriptDetector, IsNotLoadedWithAnotherDigest) {
    const Bytes bytes = good_file();
    expect_refused(TorchScriptDetector::load(std::span<const std::byte>{bytes}, sha256("another")), "digest");

    const std::string path = ::testing::TempDir() + "efface_detector_test.pt";
    std::ofstream{path, std::ios::binary}.write(
        reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
    );
    const auto pinned = TorchScriptDetector::load(path, sha256(bytes));
    const auto other = TorchScriptDetector::load(path, sha256("another"));
    std::filesystem::remove(path);
    EXPECT_TRUE(pinned.has_value());
    expect_refused(other, "not the one");
    expect_refused(TorchScriptDetector::load(path, sha256(bytes)), "scripts/setup.sh");
}

TEST(TorchScriptDetector, IsNotLoadedFromWhatIsNoTorchScript) {
    expect_refused(load(Bytes{}), "TorchScript");
    expect_refused(load(Bytes(1000, std::byte{7})), "TorchScript");
    const Bytes whole = good_file();
    for (const std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{30}}) {
        expect_refused(
            load({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(left)}), "TorchScript"
        );
    }
}

TEST(TorchScriptDetector, IsNotLoadedWithoutMetadataOrOfAnotherContract) {
    expect_refused(load(detector_archive(light_detector_code(), "")), "metadata.json");
    Json other = good_metadata();
    other["contract"] = "efface-detector/2";
    expect_refused(load(detector_archive(light_detector_code(), dump_json(other))), "efface-detector/1");
}

TEST(TorchScriptDetector, IsNotLoadedWhereItsSelfTestFails) {
    for (std::size_t i = 0; i < good_metadata()["self_test"]["values"].size(); ++i) {
        Json other = good_metadata();
        Json& value = other["self_test"]["values"][i];
        value = value.get<double>() * 1.01;
        expect_refused(load(detector_archive(light_detector_code(), dump_json(other))), "self-test");
    }
}

/// The good network with its last line another one.
std::string ending(const std::string& line) {
    const std::string code = light_detector_code();
    return code.substr(0, code.find("    return")) + line + "\n";
}

TEST(TorchScriptDetector, IsNotLoadedWhereItsNetworkFailsOrAnswersWithAnotherShape) {
    const std::string metadata = dump_json(good_metadata());
    for (const std::string line :
         {"    return torch.cat([score, edge, edge, edge], 1)",
          "    return torch.cat([score, edge, edge, edge, edge], 1)[0]", "    return [score, edge]",
          "    assert x.size(2) < 0", "    return torch.cat([score, edge, edge, edge, edge], 1)[:, :, 1:]"}) {
        expect_refused(load(detector_archive(ending(line), metadata)), "self-test");
    }
    // Only at the sizes that it is to be used at.
    expect_refused(
        load(detector_archive(
            ending("    assert x.size(2) < 100\n    return torch.cat([score, edge, edge, edge, edge], 1)"),
            metadata
        )),
        "size"
    );
}

// An empty answer would read as "nothing there".
TEST(TorchScriptDetector, FailsRatherThanAnswerWithWhatIsNoNumber) {
    const auto loaded = load(detector_archive(
        ending("    edge = edge / (1.0 - x[0, 0, 0, 0]) * (1.0 - x[0, 0, 0, 0])\n"
               "    return torch.cat([score, edge, edge, edge, edge], 1)"),
        dump_json(good_metadata())
    ));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    EXPECT_TRUE((*loaded)->find(Picture{128, 128, 1}.view()).has_value());

    const auto found = (*loaded)->find(dark_with_light(128, 128, {0, 0, 128, 128}).view());

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kRetry);
}

// No file, no thread, no executable memory: what a worker that was confined after load() is denied.
TEST(TorchScriptDetector, WorksInAProcessThatWasConfinedAfterItsLoading) {
    const auto loaded = load(good_file());
    ASSERT_TRUE(loaded.has_value());
    const Picture picture = dark_with_light(256, 192, {64, 32, 96, 64});
    ASSERT_EQ(found_by(**loaded, picture.view()).size(), 1U);
    const auto find_confined = [&] {
        pipeline::WorkerLimits limits;
        limits.address_space_bytes_max = std::uint64_t{1} << 30U;
        if (!pipeline::confine(limits) || ::fork() >= 0) {
            return 1;  // Not confined.
        }
        const auto found = (*loaded)->find(picture.view());
        return found && found->size() == 1 ? 0 : 2;
    };
    EXPECT_EXIT(_exit(find_confined()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace efface::testing
