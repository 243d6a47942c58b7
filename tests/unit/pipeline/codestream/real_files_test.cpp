// Goal: the Pixel Data of every real file is planned or quarantined for a reason known here, and a
// plan keeps the samples. Method: each file of EFFACE_SHARED/dicom; the reasons are named.
#include "pipeline/codestream/pixel_data_plan.h"
#include "pipeline/scan/part10.h"

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
        return "unread";
    }
    const Result<const rules::TransferSyntax*> syntax = scannable_syntax(*part10);
    if (!syntax) {
        return "unread";
    }
    const Result<PixelDataPlan> plan = plan_pixel_data(bytes.subspan(part10->data_set_offset), **syntax);
    if (!plan) {
        return plan.error().message();
    }
    if (!plan->present) {
        return "none";
    }
    std::string told = plan->identical ? "identical" : "cut";
    if (plan->segments_cut != 0) {
        told += " segments=" + std::to_string(plan->segments_cut);
    }
    if (plan->trailing_bytes != 0) {
        told += " trailing=" + std::to_string(plan->trailing_bytes);
    }
    return told + (plan->clear_bits ? " bits" : "");
}

// What is neither identical nor without Pixel Data. A change here must be explained.
const std::map<std::string, std::string> kKnown{
    {"cs-CTImage_JPEG2000.dcm", "cut segments=1"},
    {"cs-CTImage_JPEG2000LosslessOnly.dcm", "cut segments=1"},
    {"fo-HasFragmentSequence.dcm", "cut trailing=526"},
    {"highdicom-dx_image.dcm", "Pixel Data has an odd length (7FE0,0010)"},
    {"orthanc-2studies-1234.dcm", "cut segments=2 trailing=1"},
    {"orthanc-2studies-2345.dcm", "cut segments=2 trailing=1"},
    {"pydata-HTJ2KLossless_08_RGB.dcm", "cut segments=1"},
    {"pydata-JPEG-LL.dcm", "cut trailing=1"},
    {"pydata-JPGLosslessP14SV1_1s_1f_8b.dcm", "cut segments=2"},
    {"pydata-MR2_J2KR.dcm", "cut segments=1 trailing=1"},
    {"pydata-RG1_J2KI.dcm", "cut segments=1"},
    {"pydata-RG3_J2KR.dcm", "cut segments=1"},
    {"pydata-US1_J2KI.dcm", "cut segments=1 trailing=1"},
    {"pydata-emri_small_jpeg_2k_lossless.dcm", "cut segments=10"},
    {"pydata-emri_small_jpeg_2k_lossless_too_short.dcm", "an item header is cut (7FE0,0010)"},
    {"pydata-explicit_VR-UN.dcm", "cut segments=1"},
    {"pydata-liver_deflate.dcm", "frames of this transfer syntax cannot be walked"},
    {"pydata-liver_j2k.dcm", "cut segments=3"},
    {"pydicom-693_J2KI.dcm", "cut segments=1"},
    {"pydicom-GDCMJ2K_TextGBR.dcm", "a JPEG 2000 frame is no raw codestream"},
    {"pydicom-J2K_pixelrep_mismatch.dcm", "cut segments=1"},
    {"pydicom-JPEG-lossy.dcm", "cut trailing=1"},
    {"pydicom-JPEG2000-embedded-sequence-delimiter.dcm", "cut segments=1"},
    {"pydicom-JPEG2000.dcm", "cut segments=1"},
    {"pydicom-JPGExtended.dcm", "cut trailing=1"},
    {"pydicom-MR_small_jp2klossless.dcm", "cut segments=1"},
    {"pydicom-MR_small_padded.dcm", "cut trailing=128"},
    {"pydicom-MR_truncated.dcm", "an element ends behind the data (7FE0,0010)"},
    {"pydicom-SC_rgb_gdcm_KY.dcm", "cut segments=1"},
    {"pydicom-SC_rgb_jls_lossy_line.dcm", "cut segments=2"},
    {"pydicom-badVR.dcm", "Number of Frames is no usable number (0028,0008)"},
    {"pydicom-examples_jpeg2k.dcm", "cut segments=1 trailing=1"},
    {"pydicom-nested_priv_SQ.dcm", "Rows, Columns, Samples or Bits are missing or contradictory"},
    {"pydicom-rtplan_truncated.dcm", "an element ends behind the data (300A,00B0)"},
    {"wg04-CT1_J2KI.dcm", "cut segments=1"},
    {"wg04-CT1_J2KR.dcm", "cut segments=1 trailing=1"},
    {"wg04-CT1_JLSN.dcm", "cut trailing=1"},
    {"wg04-MR1_JPLY.dcm", "cut trailing=1"},
    {"wg04-NM1_JLSL.dcm", "cut trailing=1"},
    {"wg04-VL1_J2KR.dcm", "cut segments=1"},
    {"wg04-VL4_J2KI.dcm", "cut segments=1 trailing=1"},
};

TEST(RealFiles, ArePlannedOrQuarantinedForAKnownReason) {
    const std::filesystem::path folder = shared_folder() / "dicom";
    if (!std::filesystem::is_directory(folder)) {
        GTEST_SKIP() << "no EFFACE_SHARED/dicom: the real files are not here";
    }
    std::map<std::string, std::string> outcomes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        const std::string told = entry.is_regular_file() ? outcome(read_file(entry.path())) : "unread";
        if (told != "identical" && told != "none" && told != "unread") {
            outcomes[entry.path().filename().string()] = told;
        }
    }

    EXPECT_EQ(outcomes, kKnown);
}

}  // namespace
}  // namespace efface::pipeline
