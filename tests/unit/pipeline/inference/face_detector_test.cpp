// Goal: the cascade sees faces where they are, at every angle, and fails loudly where it is not the one that
// was measured. Method: a drawn face of our own, and the real pictures of EFFACE_SHARED/faces where they are.
#include "pipeline/inference/face_detector.h"

#include "pipeline/inference/picture_turn.h"
#include "pipeline/inference/rotating_detector.h"
#include "pipeline/inference/self_test.h"
#include "pipeline/worker/sandbox.h"
#include "tests/unit/pipeline/inference/picture_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <unistd.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::Detector;
using pipeline::MtcnnDetector;
using pipeline::Picture;
using pipeline::PictureTurn;
using pipeline::PictureView;
using pipeline::Point;
using pipeline::RotatingDetector;
using pipeline::TensorFile;

const std::string kModel = std::string{EFFACE_SOURCE_DIR} + "/.models/mtcnn.bin";

Digest pinned() {
    return *digest_from_hex(pipeline::kMtcnnSha256);
}

class FaceDetector : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(kModel)) {
            GTEST_SKIP() << "no .models/mtcnn.bin: scripts/setup.sh installs it";
        }
        auto loaded = MtcnnDetector::load(kModel, pinned());
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        detector_ = std::move(*loaded);
    }

    std::vector<Detection> find(const PictureView& picture) {
        auto found = detector_->find(picture);
        EXPECT_TRUE(found.has_value());
        return found ? *found : std::vector<Detection>{};
    }

    std::unique_ptr<Detector> detector_;
};

double share_of_union(const Box& a, const Box& b) {
    const Box common{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
    return static_cast<double>(common.area()) / static_cast<double>(a.area() + b.area() - common.area());
}

/// On plain grey, so that a face can lie anywhere, cut by the edge as well.
Picture on_grey(
    const PictureView& picture, std::size_t columns, std::size_t rows, std::int64_t left, std::int64_t top
) {
    Picture out{columns, rows, picture.channels};
    std::fill(out.samples.begin(), out.samples.end(), std::uint8_t{128});
    for (std::size_t i = 0; i < out.samples.size(); ++i) {
        const std::int64_t x = static_cast<std::int64_t>(i / picture.channels % columns) - left;
        const std::int64_t y = static_cast<std::int64_t>(i / picture.channels / columns) - top;
        if (!Box{x, y, x + 1, y + 1}.clipped_to(picture.columns, picture.rows).empty()) {
            out.samples[i] =
                picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y), i % picture.channels);
        }
    }
    return out;
}

TEST_F(FaceDetector, SeesADrawnFaceOfEverySizeFromTwentyFivePixels) {
    for (const std::size_t side : {50U, 64U, 100U, 200U, 400U, 900U, 1600U}) {
        const std::vector<Detection> found = find(pipeline::drawn_face(side).view());
        ASSERT_EQ(found.size(), 1U) << side;
        EXPECT_GT(share_of_union(found.front().box, pipeline::box_of_drawn_face(side)), 0.6) << side;
        EXPECT_GT(found.front().score, 0.9F) << side;
    }
}

TEST_F(FaceDetector, SeesTwoFacesAndSaysWhereEachIs) {
    Picture both = on_grey(pipeline::drawn_face(120).view(), 500, 300, 20, 10);
    const Picture other = pipeline::drawn_face(240);
    for (std::size_t y = 0; y < 240; ++y) {
        std::copy_n(
            other.samples.begin() + static_cast<std::ptrdiff_t>(y * 720), 720,
            both.samples.begin() + static_cast<std::ptrdiff_t>(((y + 40) * 500 + 230) * 3)
        );
    }

    const std::vector<Detection> found = find(both.view());

    ASSERT_EQ(found.size(), 2U);
    const Box small = pipeline::box_of_drawn_face(120);
    const Box large = pipeline::box_of_drawn_face(240);
    const Box first{small.left + 20, small.top + 10, small.right + 20, small.bottom + 10};
    const Box second{large.left + 230, large.top + 40, large.right + 230, large.bottom + 40};
    const bool in_order = found[0].box.left < found[1].box.left;
    EXPECT_GT(share_of_union(found[in_order ? 0 : 1].box, first), 0.6);
    EXPECT_GT(share_of_union(found[in_order ? 1 : 0].box, second), 0.6);
}

TEST_F(FaceDetector, SeesAGreyFace) {
    const Picture colour = pipeline::drawn_face(160);
    Picture grey{160, 160, 1};
    for (std::size_t i = 0; i < grey.samples.size(); ++i) {
        const auto sum = colour.samples[3 * i] + colour.samples[3 * i + 1] + colour.samples[3 * i + 2];
        grey.samples[i] = static_cast<std::uint8_t>(sum / 3);
    }
    EXPECT_EQ(find(grey.view()).size(), 1U);
}

TEST_F(FaceDetector, TakesPicturesOfAnyShapeAndSeesNothingInPlainOnes) {
    for (const auto& [columns, rows] :
         {std::pair<std::size_t, std::size_t>{0, 0},
          {1, 1},
          {5000, 3},
          {3, 5000},
          {11, 400},
          {4096, 20},
          {700, 500}}) {
        for (const std::size_t channels : {1U, 3U}) {
            EXPECT_TRUE(find(Picture{columns, rows, channels}.view()).empty()) << columns << "x" << rows;
        }
    }
}

TEST_F(FaceDetector, RefusesAPictureBeyondItsSums) {
    const auto found = detector_->find(PictureView{{}, 1U << 20U, 1U << 20U, 1});
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kQuarantine);
}

TEST_F(FaceDetector, GivesTheSameAnswerTwice) {
    const Picture picture = pipeline::drawn_face(333);
    EXPECT_EQ(find(picture.view()), find(picture.view()));
}

TEST_F(FaceDetector, SeesADrawnFaceAtEveryAngleWhenThePictureIsTurned) {
    RotatingDetector rotating{std::move(detector_), {}};
    const Picture picture = on_grey(pipeline::drawn_face(200).view(), 300, 260, 60, 30);
    const Box drawn = pipeline::box_of_drawn_face(200);
    for (int degrees = 0; degrees < 360; degrees += 40) {
        SCOPED_TRACE(degrees);
        const PictureTurn turn{300, 260, degrees};

        const auto found = rotating.find(turn.apply(picture.view()).view());

        ASSERT_TRUE(found.has_value());
        ASSERT_EQ(found->size(), 1U);
        const Point centre = turn.forth(
            {60 + static_cast<double>(drawn.left + drawn.right) / 2,
             30 + static_cast<double>(drawn.top + drawn.bottom) / 2}
        );
        const Box& box = found->front().box;
        EXPECT_NEAR(static_cast<double>(box.left + box.right) / 2, centre.x, 20);
        EXPECT_NEAR(static_cast<double>(box.top + box.bottom) / 2, centre.y, 20);
        EXPECT_LT(box.width(), 2 * drawn.height());
    }
}

TEST_F(FaceDetector, IsNotLoadedFromAnotherFile) {
    for (const Digest& digest : {Digest{}, sha256("another model")}) {
        const auto loaded = MtcnnDetector::load(kModel, digest);
        ASSERT_FALSE(loaded.has_value());
        EXPECT_EQ(loaded.error().fault, Fault::kHalt);
    }
    EXPECT_FALSE(MtcnnDetector::load(kModel + ".not-there", pinned()).has_value());
}

TensorFile weights() {
    return *pipeline::parse_tensor_file(*pipeline::read_model(kModel, pinned()));
}

TEST_F(FaceDetector, IsNotLoadedWithoutOneOfItsTensorsOrWithOneOfAnotherShape) {
    for (const auto& [name, tensor] : weights()) {
        if (name.starts_with("onet.dense6_3")) {
            continue;  // The landmarks, which nobody asks for.
        }
        TensorFile without = weights();
        without.erase(name);
        EXPECT_FALSE(pipeline::MtcnnNetworks::load(without).has_value()) << name;
        TensorFile reshaped = weights();
        reshaped[name].shape.push_back(1);
        EXPECT_FALSE(pipeline::MtcnnNetworks::load(reshaped).has_value()) << name;
    }
}

// A hundredth more in any one tensor: what a self-test that only looks for a face would not notice.
TEST_F(FaceDetector, FailsItsSelfTestWithAnyTensorChanged) {
    for (const auto& [name, tensor] : weights()) {
        if (name.starts_with("onet.dense6_3")) {
            continue;
        }
        TensorFile changed = weights();
        std::vector<float>& values = changed[name].values;
        // Half of them: both sides of a softmax moved alike would change nothing.
        for (std::size_t i = 0; i < (values.size() + 1) / 2; ++i) {
            values[i] += 0.01F + 0.01F * std::abs(values[i]);
        }
        auto networks = pipeline::MtcnnNetworks::load(changed);
        ASSERT_TRUE(networks.has_value());
        const Status status = pipeline::check_networks(*networks);
        ASSERT_FALSE(status.has_value()) << name;
        EXPECT_EQ(status.error().fault, Fault::kHalt);
    }
    auto networks = pipeline::MtcnnNetworks::load(weights());
    EXPECT_TRUE(pipeline::check_networks(*networks).has_value());
}

// No file, no thread, no executable memory: what a worker that was confined after load() is denied.
TEST_F(FaceDetector, WorksInAProcessThatWasConfinedAfterItsLoading) {
    const Picture picture = pipeline::drawn_face(333);
    const auto find_confined = [&] {
        pipeline::WorkerLimits limits;
        limits.address_space_bytes_max = std::uint64_t{1} << 30U;
        if (!pipeline::confine(limits) || ::fork() >= 0) {
            return 1;  // Not confined.
        }
        const auto found = detector_->find(picture.view());
        return found && found->size() == 1 ? 0 : 2;
    };
    EXPECT_EXIT(_exit(find_confined()), ::testing::ExitedWithCode(0), "");
}

// Overflow within a network: an empty answer would read as "no face".
TEST_F(FaceDetector, FailsRatherThanAnswerWithWhatIsNoNumber) {
    TensorFile huge = weights();
    for (float& value : huge["pnet.conv4_1.weight"].values) {
        value = std::numeric_limits<float>::max();
    }
    auto networks = pipeline::MtcnnNetworks::load(huge);
    ASSERT_TRUE(networks.has_value());

    const auto found = MtcnnDetector{std::move(*networks)}.find(pipeline::drawn_face(100).view());

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kRetry);
}

class Fixed : public Detector {
public:
    explicit Fixed(std::vector<Detection> found) : found_{std::move(found)} {}

    Result<std::vector<Detection>> find(const PictureView&) override { return found_; }

private:
    std::vector<Detection> found_;
};

TEST(FaceSelfTest, FailsWhereACascadeFindsNothingOrElsewhereOrEverywhere) {
    Fixed blind{{}};
    Fixed astray{{{{0, 0, 20, 20}, 1.0F}}};
    Fixed unsure{{{pipeline::box_of_drawn_face(160), 0.5F}}};
    Fixed everywhere{{{pipeline::box_of_drawn_face(160), 1.0F}}};  // In the empty picture, too.
    EXPECT_FALSE(pipeline::check_cascade(blind).has_value());
    EXPECT_FALSE(pipeline::check_cascade(astray).has_value());
    EXPECT_FALSE(pipeline::check_cascade(unsure).has_value());
    EXPECT_FALSE(pipeline::check_cascade(everywhere).has_value());
}

struct RealPicture {
    std::string name;
    Picture picture;
    Box face;  // Empty where there is none.
};

/// At most 640 pixels wide and high.
std::vector<RealPicture> real_pictures() {
    const char* given = std::getenv("EFFACE_SHARED");
    const std::filesystem::path folder =
        std::filesystem::path{given == nullptr ? EFFACE_SOURCE_DIR "/../shared" : given} / "faces";
    std::ifstream manifest{folder / "manifest.tsv"};
    std::vector<RealPicture> out;
    std::string line;
    for (std::getline(manifest, line); std::getline(manifest, line);) {
        std::vector<std::string> cells;
        std::istringstream row{line};
        for (std::string cell; std::getline(row, cell, '\t');) {
            cells.push_back(cell);
        }
        const auto whole = read_picture(folder / cells.at(0));
        if (!whole) {
            ADD_FAILURE() << cells[0] << " cannot be read";
            continue;
        }
        const double scale =
            std::min(1.0, 640.0 / static_cast<double>(std::max(whole->columns, whole->rows)));
        const auto scaled = [&](std::size_t length) {
            return static_cast<std::size_t>(std::lround(static_cast<double>(length) * scale));
        };
        const Box all{
            0, 0, static_cast<std::int64_t>(whole->columns), static_cast<std::int64_t>(whole->rows)};
        RealPicture real{
            cells[0], shrunk(whole->view(), all, scaled(whole->columns), scaled(whole->rows)), {}};
        std::istringstream numbers{cells.at(5)};
        double x = 0, y = 0, width = 0, height = 0;
        char comma = 0;
        if (numbers >> x >> comma >> y >> comma >> width >> comma >> height) {
            real.face = {
                std::lround(x * scale), std::lround(y * scale), std::lround((x + width) * scale),
                std::lround((y + height) * scale)};
        }
        out.push_back(std::move(real));
    }
    return out;
}

/// The share of the ellipse within `face` that lies in a box.
double covered(const PictureTurn& turn, const Box& face, const std::vector<Detection>& found) {
    constexpr int kSteps = 40;
    int inside = 0;
    int all = 0;
    for (int i = 0; i < kSteps * kSteps; ++i) {
        const double across = (i % kSteps + 0.5) / kSteps;
        const double down = (i / kSteps + 0.5) / kSteps;
        if (std::hypot(across - 0.5, down - 0.5) > 0.5) {
            continue;
        }
        const Point at = turn.forth(
            {static_cast<double>(face.left) + across * static_cast<double>(face.width()),
             static_cast<double>(face.top) + down * static_cast<double>(face.height())}
        );
        ++all;
        inside += std::any_of(found.begin(), found.end(), [&](const Detection& one) {
            return at.x >= static_cast<double>(one.box.left) && at.x < static_cast<double>(one.box.right) &&
                   at.y >= static_cast<double>(one.box.top) && at.y < static_cast<double>(one.box.bottom);
        });
    }
    return static_cast<double>(inside) / all;
}

// Measured: 8 of 8 and 0. Far too few pictures for a rate.
TEST_F(FaceDetector, CoversRealFacesUprightAndSeesFewWhereThereAreNone) {
    const std::vector<RealPicture> pictures = real_pictures();
    if (pictures.empty()) {
        GTEST_SKIP() << "no EFFACE_SHARED/faces: the real pictures are not here";
    }
    int faces = 0;
    int seen = 0;
    std::size_t false_regions = 0;
    for (const RealPicture& real : pictures) {
        const std::vector<Detection> found = find(real.picture.view());
        if (real.face.empty()) {
            false_regions += found.size();
            continue;
        }
        ++faces;
        seen += covered({real.picture.columns, real.picture.rows, 0}, real.face, found) >= 0.8 ? 1 : 0;
    }
    RecordProperty("faces", faces);
    RecordProperty("seen", seen);
    std::printf("upright: %d of %d faces, %zu false regions\n", seen, faces, false_regions);
    EXPECT_GE(seen, faces - 1);
    EXPECT_LE(false_regions, 2U);
}

// Measured: 16 of 16 here; 96 of 96 at twelve angles and 640 pixels.
TEST_F(FaceDetector, CoversRealFacesThatAreTurned) {
    const std::vector<RealPicture> pictures = real_pictures();
    if (pictures.empty()) {
        GTEST_SKIP() << "no EFFACE_SHARED/faces: the real pictures are not here";
    }
    RotatingDetector rotating{std::move(detector_), {.side = 480}};
    int faces = 0;
    int seen = 0;
    for (const RealPicture& real : pictures) {
        for (const int degrees : {100, 215}) {
            if (real.face.empty()) {
                continue;
            }
            const PictureTurn turn{real.picture.columns, real.picture.rows, degrees};
            const auto found = rotating.find(turn.apply(real.picture.view()).view());
            ASSERT_TRUE(found.has_value());
            ++faces;
            seen += covered(turn, real.face, *found) >= 0.8 ? 1 : 0;
        }
    }
    std::printf("turned: %d of %d faces\n", seen, faces);
    EXPECT_GE(seen, faces - 2);
}

}  // namespace
}  // namespace efface::testing
