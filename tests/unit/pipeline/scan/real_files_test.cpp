// Goal: every real file is scanned to its end or refused with a reason that is known here.
// Method: each file of EFFACE_SHARED/dicom; the files that must be refused are named with why.
#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"
#include "tests/unit/pipeline/scan/sound_walk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace efface::pipeline {
namespace {

std::filesystem::path shared_folder() {
    const char* given = std::getenv("EFFACE_SHARED");
    return given != nullptr ? given : "../shared";
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string outcome(const std::string& file) {
    const auto bytes = std::as_bytes(std::span{file});
    const Result<Part10> part10 = parse_part10(bytes);
    if (!part10) {
        return part10.error().message();
    }
    const Result<const rules::TransferSyntax*> syntax = scannable_syntax(*part10);
    if (!syntax) {
        return syntax.error().message();
    }
    const auto data_set = bytes.subspan(part10->data_set_offset);
    EXPECT_EQ(sound_walk(data_set, **syntax), "");
    const Result<ScanTotals> totals = scan_all(data_set, **syntax);
    return totals ? "ok " + std::to_string(totals->elements) : totals.error().message();
}

// A file that reads again, or fails in another way, must be explained here.
const std::map<std::string, std::string> kRefused{
    {"cs-CTImage_DeflatedExplicitVRLittleEndian.dcm", "the data set is deflated (0002,0010)"},
    {"pydata-JLSL_RGB_ILV1.dcm", "the file has no preamble with DICM"},
    {"pydata-JLSN_RGB_ILV0.dcm", "the file has no preamble with DICM"},
    {"pydata-OT-PAL-8-face.dcm", "the file has no preamble with DICM"},
    {"pydata-emri_small_jpeg_2k_lossless_too_short.dcm", "an item header is cut (7FE0,0010)"},
    {"pydicom-ExplVR_BigEndNoMeta.dcm", "the file has no preamble with DICM"},
    {"pydicom-ExplVR_LitEndNoMeta.dcm", "the file has no preamble with DICM"},
    {"pydicom-MR_truncated.dcm", "an element ends behind the data (7FE0,0010)"},
    {"pydicom-image_dfl.dcm", "the data set is deflated (0002,0010)"},
    {"pydicom-meta_missing_tsyntax.dcm", "File Meta Information has no transfer syntax (0002,0010)"},
    {"pydicom-no_meta.dcm", "the file has no preamble with DICM"},
    {"pydicom-rtplan_truncated.dcm", "an element ends behind the data (300A,00B0)"},
    {"pydicom-rtstruct.dcm", "the file has no preamble with DICM"},
};

TEST(RealFiles, AreScannedOrRefusedForAKnownReason) {
    const std::filesystem::path folder = shared_folder() / "dicom";
    if (!std::filesystem::is_directory(folder)) {
        GTEST_SKIP() << "no EFFACE_SHARED/dicom: the real files are not here";
    }
    std::uint64_t scanned = 0;
    std::map<std::string, std::string> refused;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || name == "README.md" || name == "manifest.tsv") {
            continue;
        }
        const std::string told = outcome(read_file(entry.path()));
        if (std::getenv("EFFACE_PRINT_COUNTS") != nullptr) {
            std::printf("COUNT\t%s\t%s\n", entry.path().c_str(), told.c_str());
        }
        told.starts_with("ok ") ? static_cast<void>(++scanned) : static_cast<void>(refused[name] = told);
    }

    EXPECT_GE(scanned, 200U);
    EXPECT_EQ(refused, kRefused);
}

}  // namespace
}  // namespace efface::pipeline
