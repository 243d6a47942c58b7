// Goal: lossy JPEG in which something is found keeps its syntax and every coefficient outside the mask, frame
// by frame, under every kind of offset table; and the gate holds whatever is not so. Method: finders that see
// bright pixels, synthetic instances of every sampling and process, the real cleaner, and bugs planted in the
// written frames: the original under the mask, a part of it, a second compression, another table, a comment.
#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/codec/jpeg_coefficients.h"
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.4";
constexpr std::string_view kBaseline = "1.2.840.10008.1.2.4.50";
constexpr std::string_view kExtendedProcess = "1.2.840.10008.1.2.4.51";
constexpr std::string_view kProgression = "1.2.840.10008.1.2.4.55";
constexpr std::size_t kColumns = 106;
constexpr std::size_t kRows = 75;
constexpr Box kText{10, 12, 30, 18};
constexpr Box kFace{60, 40, 72, 52};

enum class Table : std::uint8_t { kNone, kBasic, kExtended };

struct Kind {
    std::string name;
    std::string_view syntax = kBaseline;
    std::string_view photometric = "YBR_FULL_422";
    std::size_t samples = 3;
    JpegDctOptions options;
    std::size_t frames = 1;
    Table table = Table::kNone;
    bool two_fragments = false;
    std::string_view sop_class = kSecondaryCapture;
};

std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class EditedJpeg : public ::testing::TestWithParam<Kind> {
protected:
    Picture picture(std::size_t frame) const {
        Picture made;
        made.shape = {kRows, kColumns, kind_.samples, 8, 8, 7, false};
        for (std::size_t y = 0; y < kRows; ++y) {
            for (std::size_t x = 0; x < kColumns; ++x) {
                const auto within = [&](const Box& box) {
                    return static_cast<std::int64_t>(x) >= box.left &&
                           static_cast<std::int64_t>(x) < box.right &&
                           static_cast<std::int64_t>(y) >= box.top &&
                           static_cast<std::int64_t>(y) < box.bottom;
                };
                const bool has_text = !text_frame_ || *text_frame_ == frame;
                const bool bright = identity_ && ((has_text && within(kText)) || within(kFace));
                for (std::size_t c = 0; c < kind_.samples; ++c) {
                    const std::int32_t value =
                        bright ? 250
                               : static_cast<std::int32_t>(40 + (3 * x + (5 + c) * y + 7 * frame) % 100);
                    made.samples.push_back(kind_.photometric == "MONOCHROME1" ? 255 - value : value);
                }
            }
        }
        return made;
    }

    std::vector<Bytes> frames() const {
        std::vector<Bytes> made;
        for (std::size_t i = 0; i < kind_.frames; ++i) {
            made.push_back(encode_jpeg_dct(picture(i), kind_.options));
            if (made.back().size() % 2 != 0) {
                made.back().push_back(std::byte{0});
            }
        }
        return made;
    }

    static std::string numbers(const std::vector<std::uint64_t>& values, int width) {
        std::string bytes;
        for (const std::uint64_t value : values) {
            for (int i = 0; i < width; ++i) {
                bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
            }
        }
        return bytes;
    }

    /// The Pixel Data element, and the Extended Offset Table before it.
    std::string pixels(const std::vector<Bytes>& frames) const {
        std::vector<std::uint64_t> offsets;
        std::vector<std::uint64_t> lengths;
        std::uint64_t at = 0;
        DicomWriter fragments;
        for (const Bytes& frame : frames) {
            offsets.push_back(at);
            const std::size_t cut = kind_.two_fragments ? frame.size() / 4 * 2 : 0;
            const std::string text = text_of(frame);
            if (cut != 0) {
                fragments.fragment(std::string_view{text}.substr(0, cut));
                at += 8;
            }
            fragments.fragment(std::string_view{text}.substr(cut));
            at += 8 + text.size();
            lengths.push_back(text.size() - cut);
        }
        DicomWriter element;
        if (kind_.table == Table::kExtended) {
            element.element(0x7FE00001, Vr::OV, numbers(offsets, 8));
            element.element(0x7FE00002, Vr::OV, numbers(lengths, 8));
        }
        element.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
            .fragment(kind_.table == Table::kBasic ? numbers(offsets, 4) : "");
        return element.raw(fragments.text()).end_sequence().text();
    }

    std::string file_of(const std::vector<Bytes>& frames) const {
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\OTHER")
            .element(0x00080016, Vr::UI, kind_.sop_class)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, static_cast<std::uint16_t>(kind_.samples))
            .element(0x00280004, Vr::CS, kind_.photometric);
        if (kind_.samples == 3) {
            data.us(0x00280006, 0);
        }
        data.element(0x00280008, Vr::IS, std::to_string(kind_.frames))
            .us(0x00280010, kRows)
            .us(0x00280011, kColumns)
            .us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0)
            .us(0x00280106, 1)
            .us(0x00280107, 2)
            .element(0x00282110, Vr::CS, "01")
            .element(0x00282112, Vr::DS, "9.5")
            .element(0x00282114, Vr::CS, "ISO_10918_1")
            .raw(pixels(frames));
        return part10_file(data.text(), kind_.syntax, kind_.sop_class, "1.2.276.0.99.2.1");
    }

    void clean_it() {
        text_.inverse = face_.inverse = kind_.photometric == "MONOCHROME1";
        frames_ = frames();
        original_ = file_of(frames_);
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    }

    /// The written file with other frames in its Pixel Data, laid out as the writer does: a fragment each.
    void plant(const std::vector<Bytes>& frames) {
        const std::size_t at = cleaned_.written.find(std::string_view{"\xE0\x7F\x10\0OB", 6});
        ASSERT_NE(at, std::string::npos);
        const Table table = std::exchange(kind_.table, Table::kNone);
        const bool two = std::exchange(kind_.two_fragments, false);
        cleaned_.written = cleaned_.written.substr(0, at) + pixels(frames);
        kind_.table = table;
        kind_.two_fragments = two;
    }

    pipeline::GateReport judge_it() {
        return testing::judge(
            original_, cleaned_.written, *rules_.find("found"), order_for(original_), cleaned_.report.mask,
            finders_
        );
    }

    std::vector<Bytes> blackened(const std::vector<Box>& boxes) const {
        std::vector<Bytes> edited;
        for (const Bytes& frame : frames_) {
            edited.push_back(pipeline::blacken_jpeg(frame, picture(0).shape, kind_.photometric, boxes).value()
            );
            if (edited.back().size() % 2 != 0) {
                edited.back().push_back(std::byte{0});
            }
        }
        return edited;
    }

    Kind kind_ = GetParam();
    bool identity_ = true;
    std::optional<std::size_t> text_frame_{};  ///< The only one that shows text.
    HalfDetector text_{false};
    HalfDetector face_{true};
    pipeline::Finders finders_{&text_, &face_};
    rules::RuleSet rules_ = rules_of(kRemoveFoundRules);
    std::vector<Bytes> frames_;
    std::string original_;
    Cleaned cleaned_;
};

TEST_P(EditedJpeg, KeepsItsSyntaxAndPassesTheGate) {
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kind_.syntax);
    EXPECT_GE(cleaned_.report.mask.size(), 2U);

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    EXPECT_NE(cleaned_.written.find("DERIVED\\PRIMARY\\OTHER"), std::string::npos);
    // Nothing was compressed a second time: the attributes of loss stay (PS3.3 C.7.6.1.1.5).
    EXPECT_NE(cleaned_.written.find("ISO_10918_1"), std::string::npos);
}

TEST_P(EditedJpeg, WritesWhatTheCoefficientsSayAndNothingElse) {
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    const std::vector<Bytes> expected = blackened(cleaned_.report.mask.boxes);
    for (const Bytes& frame : expected) {
        EXPECT_NE(cleaned_.written.find(text_of(frame)), std::string::npos);
    }
}

TEST_P(EditedJpeg, TheGateHoldsTheOriginalUnderTheMask) {
    clean_it();
    plant(frames_);
    if (kind_.table == Table::kNone) {
        EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
    }
    EXPECT_FALSE(judge_it().passed);
}

TEST_P(EditedJpeg, TheGateHoldsAPartOfTheOriginalUnderTheMask) {
    clean_it();
    std::vector<Box> cut = cleaned_.report.mask.boxes;
    cut.front().bottom = cut.front().top + (cut.front().height() - 1) / 16 * 16;
    if (cut.front().empty()) {
        cut.erase(cut.begin());
    }
    plant(blackened(cut));
    EXPECT_FALSE(judge_it().passed);
}

TEST_P(EditedJpeg, TheGateHoldsAChangeOutsideTheMask) {
    clean_it();
    std::vector<Box> more = cleaned_.report.mask.boxes;
    more.push_back({0, 64, 1, 65});
    plant(blackened(more));
    if (kind_.table == Table::kNone) {
        EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
    }
    EXPECT_FALSE(judge_it().passed);
}

TEST_P(EditedJpeg, NothingFoundLeavesItAsItWas) {
    identity_ = false;
    text_.blind = face_.blind = kind_.samples == 1;
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    EXPECT_TRUE(cleaned_.report.mask.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_NE(cleaned_.written.find(pixels(frames_)), std::string::npos);
    EXPECT_NE(cleaned_.written.find("ORIGINAL\\PRIMARY\\OTHER"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Every, EditedJpeg,
    ::testing::Values(
        Kind{.name = "Half", .options = {.across = 2}},
        Kind{.name = "Quarter", .options = {.across = 2, .down = 2}},
        Kind{.name = "Full", .photometric = "YBR_FULL"},
        Kind{.name = "Rgb", .photometric = "RGB", .options = {.as_rgb = true}},
        Kind{
            .name = "RgbWithoutMarkers", .photometric = "RGB", .options = {.as_rgb = true, .markers = false}},
        Kind{.name = "Grey", .photometric = "MONOCHROME2", .samples = 1},
        Kind{.name = "GreyInverse", .photometric = "MONOCHROME1", .samples = 1},
        Kind{.name = "Restarts", .options = {.across = 2, .restart_interval = 3}},
        Kind{.name = "Extended", .syntax = kExtendedProcess, .options = {.across = 2}},
        Kind{
            .name = "Progressive",
            .syntax = kProgression,
            .options = {.across = 2, .down = 2, .progressive = true}},
        Kind{.name = "Cine", .options = {.across = 2}, .frames = 3},
        Kind{.name = "CineWithTable", .options = {.across = 2}, .frames = 3, .table = Table::kBasic},
        Kind{
            .name = "CineWithExtendedTable",
            .options = {.across = 2},
            .frames = 3,
            .table = Table::kExtended},
        Kind{
            .name = "CineInPieces",
            .options = {.across = 2},
            .frames = 3,
            .table = Table::kBasic,
            .two_fragments = true},
        Kind{.name = "CineInPiecesWithoutTable", .options = {.across = 2}, .frames = 3, .two_fragments = true}
    ),
    [](const auto& kind) { return kind.param.name; }
);

class EditedJpegGate : public EditedJpeg {};

TEST_P(EditedJpegGate, HoldsAMaskThatForgetsAFace) {
    clean_it();
    ASSERT_EQ(cleaned_.report.mask.size(), 2U);
    cleaned_.report.mask.boxes.pop_back();
    plant(blackened(cleaned_.report.mask.boxes));
    EXPECT_EQ(judge_it().reason, "gate: a face is found outside the mask (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsAMaskThatCutsAUnit) {
    clean_it();
    cleaned_.report.mask.boxes.front().right -= 8;
    EXPECT_EQ(judge_it().reason, "gate: the mask cuts a coded unit of a JPEG frame (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsAMaskThatIsAFrameLate) {
    kind_ = {.name = "Cine", .options = {.across = 2}, .frames = 12};
    text_frame_ = 9;
    clean_it();
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    pipeline::FrameBox& text = cleaned_.report.mask.some_frames[0];
    EXPECT_EQ(text.frames, (pipeline::FrameSpan{7, 5}));
    EXPECT_EQ(text.box.left % 16 + text.box.right % 16, 0) << "whole coded units";
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    const std::vector<Bytes> face = blackened(cleaned_.report.mask.boxes);
    const std::vector<Bytes> both = blackened({cleaned_.report.mask.boxes[0], text.box});
    for (std::size_t frame = 0; frame < 12; ++frame) {
        const Bytes& wanted = frame < 7 ? face[frame] : both[frame];
        EXPECT_NE(cleaned_.written.find(text_of(wanted)), std::string::npos) << frame;
    }

    text.frames = {8, 4};

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsASecondCompression) {
    clean_it();
    JpegDctOptions coarser = kind_.options;
    coarser.quality -= 20;
    plant({encode_jpeg_dct(picture(0), coarser)});
    EXPECT_EQ(judge_it().reason, "gate: a JPEG frame changed more than coefficients (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsACommentInAFrame) {
    clean_it();
    std::vector<Bytes> frames = blackened(cleaned_.report.mask.boxes);
    const std::string_view comment{
        "\xFF\xFE\0\x08"
        "DOE^JO",
        10};
    const auto* bytes = reinterpret_cast<const std::byte*>(comment.data());
    frames.front().insert(frames.front().begin() + 2, bytes, bytes + comment.size());
    plant(frames);
    EXPECT_EQ(judge_it().reason, "gate: a frame holds what is no samples (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsGreyInPlaceOfBlack) {
    clean_it();
    // As if a cleaner took the components for R, G and B: half of all light in two of them.
    std::vector<Bytes> frames;
    for (const Bytes& frame : frames_) {
        frames.push_back(
            pipeline::blacken_jpeg(frame, picture(0).shape, "MONOCHROME1", cleaned_.report.mask.boxes).value()
        );
        if (frames.back().size() % 2 != 0) {
            frames.back().push_back(std::byte{0});
        }
    }
    plant(frames);
    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_P(EditedJpegGate, HoldsNativeSamplesInPlaceOfEditedOnes) {
    clean_it();
    const std::size_t syntax = cleaned_.written.find(kBaseline);
    ASSERT_NE(syntax, std::string::npos);
    cleaned_.written.replace(
        syntax, kBaseline.size(), std::string{"1.2.840.10008.1.2.1"} + std::string(3, '\0')
    );
    EXPECT_FALSE(judge_it().passed);
}

TEST_P(EditedJpegGate, HoldsAnOffsetTableThatMissesItsFrames) {
    kind_ = {.name = "Cine", .options = {.across = 2}, .frames = 3, .table = Table::kBasic};
    clean_it();
    ASSERT_TRUE(judge_it().passed) << judge_it().reason;
    const std::size_t at = cleaned_.written.find(std::string_view{"\xE0\x7F\x10\0OB", 6});
    cleaned_.written[at + 12 + 8 + 4] ^= 2;
    EXPECT_FALSE(judge_it().passed);
}

INSTANTIATE_TEST_SUITE_P(
    Half, EditedJpegGate, ::testing::Values(Kind{.name = "Half", .options = {.across = 2}}),
    [](const auto& kind) { return kind.param.name; }
);

}  // namespace
}  // namespace efface::testing
