// Goal: a detector that the site names is one voice more, and only the file whose digest it names is run.
// Method: the shipped network in the place of the site's.
#include "config/crypto/digest.h"
#include "pipeline/inference/face_network.h"
#include "pipeline/inference/pp_ocr_network.h"
#include "pipeline/worker/sandbox.h"
#include "pipeline/worker/worker_finders.h"
#include "tests/unit/pipeline/find/yunet_file.h"
#include "tests/unit/pipeline/read/drawn_line.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace efface::testing {
namespace {

constexpr const char* kModels = ".models";
constexpr const char* kFile = ".models/face-detector.pt";

class SiteDetector : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(kFile)) {
            GTEST_SKIP() << "no " << kFile << ": scripts/setup.sh installs it";
        }
    }
};

TEST_F(SiteDetector, IsAVoiceMoreAndNamedInTheDigest) {
    const auto without = pipeline::load_finders(kModels);
    const auto with = pipeline::load_finders(kModels, {kFile, std::string{pipeline::kFaceNetworkSha256}});

    ASSERT_TRUE(without.has_value()) << without.error().message();
    ASSERT_TRUE(with.has_value()) << with.error().message();
    EXPECT_EQ(without->face(), without->own_face.get());
    EXPECT_EQ(with->face(), with->every_face.get());
    EXPECT_EQ(with->view().face, with->every_face.get());
    EXPECT_NE(with->model_digest, without->model_digest);
    EXPECT_TRUE(with->face()->find(pipeline::Picture{64, 64, 1}.view()).has_value());
}

TEST_F(SiteDetector, IsAYunetFileWhereItIsNoTorchScript) {
    const std::string file = yunet_file(YunetLayout::kCells);
    const std::string path = ::testing::TempDir() + "site_yunet.onnx";
    std::ofstream{path, std::ios::binary} << file;

    const auto finders = pipeline::load_finders(kModels, {path, to_hex(sha256(file))});

    ASSERT_TRUE(finders.has_value()) << finders.error().message();
    EXPECT_EQ(finders->view().face, finders->every_face.get());
    pipeline::Picture white{1000, 800, 1};
    std::ranges::fill(white.samples, std::uint8_t{255});
    const auto found = finders->site_face->find(white.view());
    ASSERT_TRUE(found.has_value()) << found.error().message();
    EXPECT_FALSE(found->empty()) << "turned and shrunk to its size";

    const auto refused = pipeline::load_finders(
        kModels, {".models/text-detector.onnx", std::string{pipeline::kTextModelSha256}}
    );
    ASSERT_FALSE(refused.has_value()) << "an ONNX file that is no YuNet";
}

TEST_F(SiteDetector, AConfinedProcessReadsAndFindsAsBefore) {
    const std::string file = yunet_file(YunetLayout::kCells);
    const std::string path = ::testing::TempDir() + "confined_yunet.onnx";
    std::ofstream{path, std::ios::binary} << file;
    const pid_t child = fork();
    if (child == 0) {
        // No assertion here: it would end in the parent's report. Each step has an exit code.
        const auto finders = pipeline::load_finders(kModels, {path, to_hex(sha256(file))});
        const std::uint64_t memory = std::uint64_t{2048} << 20U;  // The default of [workers] memory_mb_max.
        if (!finders || !pipeline::confine({.address_space_bytes_max = memory})) {
            _exit(1);
        }
        DrawnLine line;
        line.write("LT");
        const auto read = finders->reader->read(line.picture.view(), line.box);
        if (!read || *read != "LT") {
            _exit(2);
        }
        const auto found = finders->site_face->find(line.picture.view());
        _exit(found.has_value() ? 0 : 3);
    }
    int status = 0;

    ASSERT_EQ(waitpid(child, &status, 0), child);

    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(SiteDetector, OfAnotherDigestOrNoFileIsRefused) {
    for (const auto& [path, digest] :
         {std::pair<std::string, std::string>{kFile, std::string(64, '0')},
          {kFile, "no digest"},
          {".models/none.pt", std::string{pipeline::kFaceNetworkSha256}},
          {".models/text-detector.bin", std::string{pipeline::kTextModelSha256}}}) {
        const auto loaded = pipeline::load_finders(kModels, {path, digest});

        ASSERT_FALSE(loaded.has_value()) << path;
        EXPECT_EQ(loaded.error().fault, Fault::kHalt) << path;
    }
}

}  // namespace
}  // namespace efface::testing
