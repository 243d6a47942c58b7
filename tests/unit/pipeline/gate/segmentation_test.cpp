// Goal: the Segmentation of a mask says what is black in which frame, is made of the cleaned instance alone,
// and whatever else stands in it is held. Method: an instance of twelve frames whose mask differs between
// them and one with a place in the patient, the real writer, and lies planted in the written bytes.
#include "pipeline/unit/segmentation.h"

#include "pipeline/gate/segmentation_judge.h"
#include "pipeline/pixel/mask_segmentation.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Mask;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.2";
constexpr std::string_view kCleanedUid = "2.25.4711";
constexpr std::size_t kColumns = 21;  // 21 x 13 pixels: no frame ends with a byte.
constexpr std::size_t kRows = 13;

class SegmentationTest : public ::testing::Test {
protected:
    /// As it would leave the cleaner: the judge of the mask itself is asked elsewhere.
    std::string cleaned_file(std::size_t frames, bool in_patient = false) const {
        DicomWriter data;
        data.element(0x00080005, Vr::CS, "ISO_IR 192")
            .element(0x00080008, Vr::CS, "DERIVED\\PRIMARY")
            .element(0x00080016, Vr::UI, kSecondaryCapture)
            .element(0x00080018, Vr::UI, kCleanedUid)
            .element(0x00080020, Vr::DA, "")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x00081030, Vr::LO, "not for a Segmentation")
            .element(0x00100010, Vr::PN, "EFF-ABC")
            .element(0x00100020, Vr::LO, "EFF-ABC")
            .element(0x00120062, Vr::CS, "YES")
            .element(0x00120063, Vr::LO, "Efface: something")
            .element(0x0020000D, Vr::UI, "2.25.4712")
            .element(0x0020000E, Vr::UI, "2.25.4713");
        if (in_patient) {
            data.element(0x00200032, Vr::DS, "1\\2\\3")
                .element(0x00200037, Vr::DS, "1\\0\\0\\0\\1\\0")
                .element(0x00200052, Vr::UI, "2.25.4714");
        }
        data.us(0x00280002, 1).element(0x00280004, Vr::CS, "MONOCHROME2");
        if (frames > 1) {
            data.element(0x00280008, Vr::IS, std::to_string(frames));
        }
        data.us(0x00280010, kRows).us(0x00280011, kColumns);
        if (in_patient) {
            data.element(0x00280030, Vr::DS, "0.5\\0.5");
        }
        data.us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0)
            .element(0x7FE00010, Vr::OB, std::string(kColumns * kRows * frames, 'x'));
        return part10_file(data.text(), rules::kExplicitVrLittleEndian, kSecondaryCapture, kCleanedUid);
    }

    void write(std::size_t frames, Mask mask, bool in_patient = false) {
        cleaned_ = cleaned_file(frames, in_patient);
        request_.order = order_for("the original");
        request_.mask = std::move(mask);
        request_.cleaned_digest = sha256(cleaned_);
        written_ = written_again();
    }

    std::string written_again() const {
        const int fd = memfd_create("segmentation", MFD_CLOEXEC);
        pipeline::OutputFile output{fd, 1U << 20U};
        const Status status = pipeline::write_segmentation(bytes_of(cleaned_), request_, key_, output);
        EXPECT_TRUE(status) << status.error().message();
        std::string written(output.bytes(), '\0');
        EXPECT_EQ(pread(fd, written.data(), written.size(), 0), static_cast<ssize_t>(written.size()));
        close(fd);
        return written;
    }

    pipeline::GateReport judge_it() const {
        return pipeline::judge_segmentation(bytes_of(cleaned_), bytes_of(written_), request_, key_);
    }

    std::size_t bits_begin(std::size_t frames) const {
        return written_.size() - (kColumns * kRows * frames + 15) / 16 * 2;
    }

    bool bit(std::size_t frames, std::size_t frame, std::size_t x, std::size_t y) const {
        const std::size_t at = (frame * kRows + y) * kColumns + x;
        return (static_cast<unsigned char>(written_[bits_begin(frames) + at / 8]) >> (at % 8) & 1U) != 0;
    }

    const Mask differing_{{{0, 0, 8, 8}}, {{{8, 8, 21, 13}, {7, 5}}}};
    const rules::ProjectKey key_ = test_key();
    pipeline::SegmentRequest request_;
    std::string cleaned_;
    std::string written_;
};

TEST_F(SegmentationTest, ShowsTheMaskOfEveryFrameAndPassesTheGate) {
    write(12, differing_);

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    for (const std::size_t frame : {0U, 6U, 7U, 11U}) {
        EXPECT_TRUE(bit(12, frame, 7, 7)) << frame;
        EXPECT_FALSE(bit(12, frame, 8, 7)) << frame;
        EXPECT_EQ(bit(12, frame, 20, 12), frame >= 7) << frame;
    }
    EXPECT_EQ(report.output_digest, sha256(written_));
    EXPECT_NE(written_.find(report.new_sop_instance_uid), std::string::npos);
    EXPECT_EQ(written_.find("not for a Segmentation"), std::string::npos);
}

TEST_F(SegmentationTest, HasFramesForThoseWithAMaskAlone) {
    write(12, {{}, {{{0, 0, 8, 8}, {3, 2}}}});

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_NE(written_.find(DicomWriter{}.element(0x00280008, Vr::IS, "2").text()), std::string::npos);
    EXPECT_NE(written_.find(DicomWriter{}.element(0x00081160, Vr::IS, "4").text()), std::string::npos);
    EXPECT_NE(written_.find(DicomWriter{}.element(0x00081160, Vr::IS, "5").text()), std::string::npos);
    EXPECT_EQ(written_.find(DicomWriter{}.element(0x00081160, Vr::IS, "6").text()), std::string::npos);
}

TEST_F(SegmentationTest, HasThePlaceInThePatientThatTheInstanceHas) {
    write(1, {{{0, 0, 8, 8}}}, true);

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_NE(written_.find("2.25.4714"), std::string::npos);
    EXPECT_NE(written_.find(DicomWriter{}.element(0x00200032, Vr::DS, "1\\2\\3").text()), std::string::npos);
}

TEST_F(SegmentationTest, IsTheSameTwiceAndAnotherOneHasAnotherUid) {
    write(12, differing_);
    EXPECT_EQ(written_again(), written_);
    const std::string uid = judge_it().new_sop_instance_uid;

    write(12, {{{0, 0, 8, 8}}});

    EXPECT_NE(judge_it().new_sop_instance_uid, uid);
    EXPECT_NE(judge_it().new_sop_instance_uid, key_.map_uid(kCleanedUid));
}

TEST_F(SegmentationTest, AMaskThatIsAFrameLateIsHeld) {
    write(12, differing_);
    request_.mask.some_frames[0].frames = {8, 4};

    EXPECT_FALSE(judge_it().passed);

    // Under the UIDs of the mask that it should show.
    const std::string judged = written_;
    written_ = written_again();
    ASSERT_TRUE(judge_it().passed) << judge_it().reason;
    written_.replace(bits_begin(12), std::string::npos, judged.substr(bits_begin(12)));
    EXPECT_EQ(judge_it().reason, "gate: a Segmentation shows another mask (7FE0,0010)");
}

TEST_F(SegmentationTest, AnyOtherBitIsHeld) {
    write(12, differing_);
    for (const std::size_t at : {bits_begin(12), bits_begin(12) + 100, written_.size() - 1}) {
        written_[at] = static_cast<char>(written_[at] ^ 0x40);
        EXPECT_EQ(judge_it().reason, "gate: a Segmentation shows another mask (7FE0,0010)") << at;
        written_[at] = static_cast<char>(written_[at] ^ 0x40);
    }
    EXPECT_TRUE(judge_it().passed);
}

TEST_F(SegmentationTest, AnyOtherByteOfTheHeaderIsHeld) {
    write(2, {{{0, 0, 8, 8}}, {{{8, 8, 21, 13}, {1, 1}}}});
    ASSERT_TRUE(judge_it().passed) << judge_it().reason;
    for (std::size_t at = 0; at < bits_begin(2); ++at) {
        written_[at] = static_cast<char>(written_[at] ^ 1);
        EXPECT_FALSE(judge_it().passed) << at;
        written_[at] = static_cast<char>(written_[at] ^ 1);
    }
}

TEST_F(SegmentationTest, AnAttributeMoreIsHeld) {
    write(12, differing_);
    const std::string study = DicomWriter{}.element(0x0020000D, Vr::UI, "2.25.4712").text();
    const std::size_t at = written_.find(study);
    ASSERT_NE(at, std::string::npos);
    written_.insert(at, DicomWriter{}.element(0x00181030, Vr::LO, "Mustermann").text());
    EXPECT_EQ(judge_it().reason, "gate: a Segmentation says what it must not (0018,1030)");

    written_ = written_again() + DicomWriter{}.element(0xFFFCFFFC, Vr::OB, "Mustermann").text();
    EXPECT_EQ(judge_it().reason, "gate: a Segmentation says what it must not (FFFC,FFFC)");
}

TEST_F(SegmentationTest, OfAnotherFileThanTheJudgedOneIsHeld) {
    write(12, differing_);
    cleaned_[cleaned_.size() - 2] = 'y';

    EXPECT_EQ(judge_it().reason, "gate: the cleaned instance is not the one that was judged");
}

TEST_F(SegmentationTest, OfNothingIsNotMade) {
    cleaned_ = cleaned_file(2);
    request_.mask = {{}, {{{0, 0, 8, 8}, {5, 1}}}};
    const int fd = memfd_create("segmentation", MFD_CLOEXEC);
    pipeline::OutputFile output{fd, 1U << 20U};

    const Status status = pipeline::write_segmentation(bytes_of(cleaned_), request_, key_, output);

    close(fd);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().fault, Fault::kQuarantine);
    EXPECT_EQ(output.bytes(), 0U);
}

}  // namespace
}  // namespace efface::testing
