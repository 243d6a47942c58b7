// Goal: burned-in text is found whatever its look, size, contrast and direction, and nothing where there is
// none; an unfit model is never loaded. Method: plants of known place over seeded backgrounds; found means
// that 90 % of the letters' pixels are covered.
#include "pipeline/find/text_detector.h"

#include "pipeline/inference/pp_ocr_network.h"
#include "tests/unit/pipeline/find/planted_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::Detector;
using pipeline::Picture;
using pipeline::TextDetector;

constexpr const char* kModel = ".models/text-detector.bin";
constexpr std::uint32_t kSeed = 41;
constexpr double kCoveredMin = 0.9;
const std::string kText = "DOE JANE 1970";

/// A detector of two lanes with that model.
Result<std::unique_ptr<Detector>> load(
    const std::string& path, const Digest& digest, pipeline::Lanes& lanes
) {
    std::vector<std::unique_ptr<pipeline::TextNetwork>> networks;
    for (std::size_t lane = 0; lane < lanes.count(); ++lane) {
        EFFACE_TRY(
            std::unique_ptr<pipeline::TextNetwork> network, pipeline::PpOcrNetwork::load(path, digest)
        );
        networks.push_back(std::move(network));
    }
    return TextDetector::make(std::move(networks), lanes);
}

class TextDetectorTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(kModel)) {
            GTEST_SKIP() << "no " << kModel << ": scripts/setup.sh installs it";
        }
        auto loaded = load(kModel, *digest_from_hex(pipeline::kTextModelSha256), lanes_);
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        detector_ = std::move(*loaded);
    }

    std::vector<Detection> find(const Picture& picture) {
        const auto found = detector_->find(picture.view());
        EXPECT_TRUE(found.has_value()) << found.error().message();
        return found.value_or(std::vector<Detection>{});
    }

    pipeline::Lanes lanes_{2};
    std::unique_ptr<Detector> detector_;
};

double covered(const Planted& planted, const std::vector<Detection>& found) {
    double all = 0.0;
    double inside = 0.0;
    auto letter = planted.letters.begin();
    for (std::int64_t y = planted.box.top; y < planted.box.bottom; ++y) {
        for (std::int64_t x = planted.box.left; x < planted.box.right; ++x, ++letter) {
            const bool hit = std::any_of(found.begin(), found.end(), [&](const Detection& one) {
                return one.box.left <= x && x < one.box.right && one.box.top <= y && y < one.box.bottom;
            });
            all += *letter;
            inside += hit ? *letter : 0.0;
        }
    }
    return inside / all;
}

std::int64_t area_of(const std::vector<Detection>& found) {
    std::int64_t sum = 0;
    for (const Detection& one : found) {
        sum += one.box.area();
    }
    return sum;
}

/// One line along each side of a picture, read in four directions.
std::vector<Planted> plant_around(Picture& picture, Plan plan) {
    const int far = 640 - 20 - plan.height * 2;
    std::vector<Planted> planted;
    for (const auto& [turns, left, top] :
         {std::tuple{0, 130, 12}, {2, 130, far}, {1, far, 130}, {3, 12, 130}}) {
        plan.quarter_turns = turns;
        plan.left = left;
        plan.top = top;
        planted.push_back(plant(picture, plan));
    }
    return planted;
}

class TextLooks : public TextDetectorTest, public ::testing::WithParamInterface<Look> {};

TEST_P(TextLooks, AreFoundAtEverySizeContrastAndDirection) {
    std::uint32_t seed = kSeed;
    for (const auto& [height, contrast] :
         {std::pair{8, 20}, {8, 100}, {14, 60}, {28, 20}, {28, 100}, {40, 60}}) {
        const auto kind = static_cast<Background>(++seed % 3);
        Picture picture = background(kind, 640, 640, seed);
        // Short enough for a side at every height.
        const std::string text = height < 28 ? kText : "DOE 1970";
        const auto planted = plant_around(picture, {text, GetParam(), height, contrast});

        const std::vector<Detection> found = find(picture);

        for (std::size_t turns = 0; turns < planted.size(); ++turns) {
            EXPECT_GE(covered(planted[turns], found), kCoveredMin)
                << height << " px, " << contrast << " %, line " << turns << ", seed " << seed;
        }
    }
}

std::string look_name(const ::testing::TestParamInfo<Look>& look) {
    switch (look.param) {
        case Look::kBitmap:
            return "Bitmap";
        case Look::kStrokes:
            return "Strokes";
        case Look::kSerifs:
            return "Serifs";
    }
    return "";
}

INSTANTIATE_TEST_SUITE_P(
    Every, TextLooks, ::testing::Values(Look::kBitmap, Look::kStrokes, Look::kSerifs), look_name
);

TEST_F(TextDetectorTest, FindsNothingWhereThereIsNoText) {
    for (const Background kind : {Background::kNoise, Background::kSlope, Background::kEllipses}) {
        const std::vector<Detection> found = find(background(kind, 512, 512, kSeed));

        EXPECT_TRUE(found.empty()) << static_cast<int>(kind) << ": " << area_of(found) << " pixels";
    }
}

TEST_F(TextDetectorTest, FindsTextInPicturesOfManyShapesInTurn) {
    for (int round = 0; round < 2; ++round) {
        for (const auto& [columns, rows] :
             {std::pair{200, 30}, {1100, 140}, {64, 500}, {333, 251}, {2100, 90}}) {
            Picture picture = background(
                Background::kSlope, static_cast<std::size_t>(columns), static_cast<std::size_t>(rows), kSeed
            );
            const bool upright = columns >= 180;
            const Plan plan{kText, Look::kStrokes, 12, 100, upright ? 0 : 1, upright ? columns - 170 : 20, 8};
            const Planted planted = plant(picture, plan);

            EXPECT_GE(covered(planted, find(picture)), kCoveredMin)
                << columns << " x " << rows << ", " << round;
        }
    }
}

TEST_F(TextDetectorTest, FindsTextThatTouchesTheEdges) {
    for (const auto& [left, top] : {std::pair{0, 0}, {-1, 0}, {0, -1}, {-1, -1}}) {
        Picture picture = background(Background::kSlope, 320, 240, kSeed);
        Picture probe = picture;
        const Box size = plant(probe, {kText, Look::kBitmap, 14, 80}).box;
        const int x = left < 0 ? 320 - static_cast<int>(size.width()) : 0;
        const int y = top < 0 ? 240 - static_cast<int>(size.height()) : 0;
        const Planted planted = plant(picture, {kText, Look::kBitmap, 14, 80, 0, x, y});

        EXPECT_GE(covered(planted, find(picture)), kCoveredMin) << x << ", " << y;
    }
}

TEST_F(TextDetectorTest, FindsTextAcrossTheBordersOfTiles) {
    Picture picture = background(Background::kNoise, 1400, 1400, kSeed);
    std::vector<Planted> planted;
    for (const int top : {640, 670, 700, 730, 760}) {
        planted.push_back(plant(picture, {kText, Look::kStrokes, 14, 60, 0, 540 + top / 8, top}));
    }

    const std::vector<Detection> found = find(picture);

    for (const Planted& line : planted) {
        EXPECT_GE(covered(line, found), kCoveredMin) << line.box.top;
    }
}

TEST_F(TextDetectorTest, FindsColouredTextThatIsAsBrightAsItsGround) {
    Picture letters{320, 240, 1};
    const Planted planted = plant(letters, {kText, Look::kStrokes, 18, 100, 0, 60, 100});
    Picture picture{320, 240, 3};
    for (std::size_t i = 0; i < letters.samples.size(); ++i) {
        const bool ink = letters.samples[i] > 127;
        picture.samples[3 * i] = ink ? 200 : 40;
        picture.samples[3 * i + 1] = ink ? 60 : 122;
    }

    EXPECT_GE(covered(planted, find(picture)), kCoveredMin);
}

TEST_F(TextDetectorTest, FindsTinyLettersInSmallPictures) {
    Picture picture = background(Background::kNoise, 320, 240, kSeed);
    std::vector<Planted> planted;
    for (const int height : {5, 6, 7}) {
        planted.push_back(plant(picture, {kText, Look::kStrokes, height, 60, 0, 60, 30 * height - 100}));
        planted.push_back(plant(picture, {kText, Look::kStrokes, height, 60, 1, 30 * height + 40, 110}));
    }

    const std::vector<Detection> found = find(picture);

    for (const Planted& line : planted) {
        EXPECT_GE(covered(line, found), kCoveredMin) << line.box.height() << " x " << line.box.width();
    }
}

TEST_F(TextDetectorTest, TheFirstSearchFindsFainterLettersThanTheSecond) {
    Picture picture = background(Background::kNoise, 640, 480, kSeed);
    std::vector<Planted> planted;
    for (int i = 0; i < 12; ++i) {
        const Look look = i % 2 == 0 ? Look::kStrokes : Look::kSerifs;
        planted.push_back(plant(picture, {kText, look, 8, 10, 0, 60 + i % 3 * 170, 40 + i / 3 * 110}));
    }
    const auto count = [&](const std::vector<Detection>& found) {
        return std::count_if(planted.begin(), planted.end(), [&](const Planted& line) {
            return covered(line, found) >= kCoveredMin;
        });
    };

    const auto again = detector_->find_again(picture.view());

    ASSERT_TRUE(again.has_value());
    EXPECT_GE(count(find(picture)), count(*again) + 3) << count(*again);
}

// Lines that stand close run together on the smaller levels.
TEST_F(TextDetectorTest, CoversEveryLineOfADensePage) {
    Picture picture = background(Background::kSlope, 480, 400, kSeed);
    std::vector<Planted> planted;
    for (int top = 10; top < 370; top += 17) {
        for (const int left : {10, 160, 310}) {
            planted.push_back(plant(picture, {kText, Look::kStrokes, 12, 70, 0, left, top}));
        }
    }

    const std::vector<Detection> found = find(picture);

    for (const Planted& line : planted) {
        EXPECT_GE(covered(line, found), kCoveredMin) << line.box.left << ", " << line.box.top;
    }
}

/// A slice of a chest, 512 x 512 words before the last 138 bytes of its file: air black, bone white.
Picture chest(std::ifstream& file) {
    std::vector<std::uint8_t> words(std::size_t{512} * 512 * 2);
    file.seekg(-static_cast<std::streamoff>(words.size() + 138), std::ios::end);
    file.read(reinterpret_cast<char*>(words.data()), static_cast<std::streamsize>(words.size()));
    Picture picture{512, 512, 1};
    for (std::size_t i = 0; i < picture.samples.size(); ++i) {
        const auto value = static_cast<std::int16_t>(words[2 * i] | (words[2 * i + 1] << 8U));
        picture.samples[i] = static_cast<std::uint8_t>(std::clamp((value + 1000) / 8, 0, 255));
    }
    return picture;
}

// The network takes it for one letter of half the picture.
TEST_F(TextDetectorTest, TakesAChestForNoTextAndFindsTextOnIt) {
    std::ifstream file{"../shared/dicom/wg04-CT1_UNC.dcm", std::ios::binary};
    if (!file) {
        GTEST_SKIP() << "no ../shared/dicom beside the repository";
    }
    Picture picture = chest(file);
    ASSERT_TRUE(file.good());

    EXPECT_LT(area_of(find(picture)), 512 * 512 / 20);

    std::vector<Planted> planted;
    for (const auto& [left, top] : {std::pair{190, 180}, {100, 300}, {300, 250}, {200, 440}}) {
        planted.push_back(plant(picture, {kText, Look::kStrokes, 12, 60, 0, left, top}));
    }
    const std::vector<Detection> found = find(picture);

    for (const Planted& line : planted) {
        EXPECT_GE(covered(line, found), kCoveredMin) << line.box.left << ", " << line.box.top;
    }
}

// A dark picture: all of it lies in a tenth of the range.
TEST_F(TextDetectorTest, StretchesAPictureOfFewLevels) {
    Picture picture = background(Background::kSlope, 320, 240, kSeed);
    const Planted planted = plant(picture, {kText, Look::kStrokes, 16, 60, 0, 60, 100});
    for (std::uint8_t& sample : picture.samples) {
        sample = static_cast<std::uint8_t>(sample / 10);
    }

    EXPECT_GE(covered(planted, find(picture)), kCoveredMin);
}

TEST_F(TextDetectorTest, TakesPicturesThatAreSmallerThanALetter) {
    for (const auto& [columns, rows] : {std::pair{1, 1}, {5000, 3}, {3, 5000}, {6, 6}, {5000, 9}}) {
        const Picture picture = background(
            Background::kNoise, static_cast<std::size_t>(columns), static_cast<std::size_t>(rows), kSeed
        );

        const auto found = detector_->find(picture.view());

        ASSERT_TRUE(found.has_value()) << found.error().message();
        for (const Detection& one : *found) {
            EXPECT_EQ(one.box, one.box.clipped_to(picture.columns, picture.rows));
        }
    }
}

TEST_F(TextDetectorTest, FindsTheSameTwice) {
    Picture picture = background(Background::kEllipses, 400, 300, kSeed);
    plant(picture, {kText, Look::kSerifs, 20, 50, 0, 40, 60});

    const std::vector<Detection> first = find(picture);

    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, find(picture));
}

class TextModelTest : public TextDetectorTest {
protected:
    void SetUp() override {
        TextDetectorTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        std::ifstream in{kModel, std::ios::binary};
        model_.assign(std::istreambuf_iterator<char>{in}, {});
    }

    /// The fault of loading these bytes under their own digest.
    Fault fault_of(const std::string& bytes) {
        const auto path = std::filesystem::path{::testing::TempDir()} / "efface-text-model.bin";
        std::ofstream{path, std::ios::binary} << bytes;
        const auto loaded = load(path, sha256(bytes), lanes_);
        std::filesystem::remove(path);
        EXPECT_FALSE(loaded.has_value());
        return loaded.has_value() ? Fault::kRetry : loaded.error().fault;
    }

    std::string model_;
};

TEST_F(TextModelTest, AnotherDigestIsRefused) {
    Digest other = *digest_from_hex(pipeline::kTextModelSha256);
    other[31] ^= 1U;

    const auto loaded = load(kModel, other, lanes_);

    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().fault, Fault::kHalt);
}

TEST_F(TextModelTest, AbsentEmptyAndTruncatedFilesAreRefused) {
    EXPECT_FALSE(load(".models/none.bin", {}, lanes_).has_value());
    EXPECT_FALSE(load(".models", {}, lanes_).has_value());
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, model_.size() / 2, model_.size() - 1}) {
        EXPECT_EQ(fault_of(model_.substr(0, bytes)), Fault::kHalt) << bytes;
    }
}

// It loads, and its answers are worthless: only the planted text tells.
TEST_F(TextModelTest, AModelWithLostWeightsFailsItsSelfTest) {
    std::string damaged = model_;
    std::fill_n(damaged.begin() + 2'000'000, 200'000, '\0');

    EXPECT_EQ(fault_of(damaged), Fault::kHalt);
}

/// A ring of that radius in the middle of a dark square.
Picture ring(double radius) {
    Picture picture{96, 96, 1};
    for (std::size_t i = 0; i < picture.samples.size(); ++i) {
        const double x = static_cast<double>(i % 96) - 48.0;
        const double y = static_cast<double>(i / 96) - 48.0;
        picture.samples[i] = std::abs(std::hypot(x, y) - radius) < 3.0 ? 200 : 40;
    }
    picture.samples[0] = 0;
    picture.samples[1] = 255;
    return picture;
}

TEST_F(TextDetectorTest, DoubtsWhatIsNearlyALetterAndForgetsItWithTheNextSearch) {
    EXPECT_TRUE(find(ring(12.0)).empty());

    const std::vector<Detection> doubts = detector_->doubts();
    ASSERT_EQ(doubts.size(), 1U);
    EXPECT_TRUE(doubts.front().box.left < 48 && doubts.front().box.right > 48);
    EXPECT_GE(doubts.front().score, 0.8F - pipeline::kDoubtMargin);

    EXPECT_TRUE(find(ring(6.0)).empty());
    EXPECT_TRUE(detector_->doubts().empty());
}

}  // namespace
}  // namespace efface::testing
