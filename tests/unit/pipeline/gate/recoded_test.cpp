// Goal: losslessly compressed frames in which something is found keep their syntax, their attributes and
// every stored value outside the mask, under every kind of offset table; and the gate holds whatever an
// encoder that lies would write. Method: finders that see bright pixels, synthetic instances of every syntax,
// depth, sign and colour, the real cleaner, and bugs planted in the written frames: the original under the
// mask, a tenth of it, a changed sample, a cut frame, a lossy one, other colours, a comment, a wrong table.
#include "tests/unit/pipeline/gate/recoded_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing::recoded {
namespace {

TEST_P(Recoded, KeepsItsSyntaxAndEveryStoredValueAndPassesTheGate) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kind_.syntax);
    EXPECT_GE(cleaned_.report.mask.size(), 2U);

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    EXPECT_NE(cleaned_.written.find("DERIVED\\PRIMARY\\OTHER"), std::string::npos);
    const std::string photometric = DicomWriter{}.element(0x00280004, Vr::CS, kind_.photometric).text();
    EXPECT_NE(cleaned_.written.find(photometric), std::string::npos);
    const std::vector<Bytes> shown = written_samples();
    const std::vector<Picture> wanted = blackened();
    ASSERT_EQ(shown.size(), wanted.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
        EXPECT_TRUE(shown[i] == stored_bits(wanted[i].words())) << "frame " << i;
    }
    EXPECT_EQ(cleaned_.written.find("OpenJPEG"), std::string::npos);
}

/// What is planted; each expects the gate to hold it.
class RecodedWrongly : public Recoded {
protected:
    void holds_original_under_mask();
    void holds_original_frame();
    void holds_tenth_of_original();
    void holds_changed_sample();
    void holds_cut_frame();
    void holds_two_pieces_and_wrong_table();
};

void RecodedWrongly::holds_original_under_mask() {
    std::vector<Picture> pictures = blackened();
    pictures.back() = picture(kind_.frames - 1);
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

void RecodedWrongly::holds_original_frame() {
    std::vector<Bytes> frames = encoded(blackened());
    frames.front() = frames_.front();
    if (kind_.syntax == kJpeg2000) {
        frames.front() = without_comment(frames.front());
    }
    plant_frames(frames);
    const std::string reason = judge_it().reason;
    const bool other_colours = kind_.transformed && kind_.photometric == "RGB";
    EXPECT_EQ(
        reason, other_colours ? "gate: Photometric Interpretation is not that of the frames (0028,0004)"
                              : "gate: something stands under the mask (7FE0,0010)"
    );
}

void RecodedWrongly::holds_tenth_of_original() {
    std::vector<Picture> pictures = blackened();
    const Picture was = picture(0);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < was.samples.size(); ++i) {
        if (pictures[0].samples[i] != was.samples[i] && seen++ % 10 == 0) {
            pictures[0].samples[i] = was.samples[i];
        }
    }
    ASSERT_GT(seen, 100U);
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

void RecodedWrongly::holds_changed_sample() {
    std::vector<Picture> pictures = blackened();
    ASSERT_FALSE(is_masked(kColumns - 1, kRows - 1));
    pictures.back().samples.back() ^= 1;
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

void RecodedWrongly::holds_cut_frame() {
    for (const std::size_t cut : {2U, 40U, 4000U}) {
        std::vector<Bytes> frames = encoded(blackened());
        Bytes& last = frames.back();
        ASSERT_GT(last.size(), 200U);
        last.resize(
            std::max<std::size_t>(100, last.size() - std::min<std::size_t>(cut, last.size())) / 2 * 2
        );
        plant_frames(frames);
        EXPECT_FALSE(judge_it().passed) << cut;
    }
}

void RecodedWrongly::holds_two_pieces_and_wrong_table() {
    plant_frames(encoded(blackened()), true);
    EXPECT_FALSE(judge_it().passed);
    if (kind_.table != Table::kNone) {
        plant(blackened());
        const std::size_t table = kind_.table == Table::kExtended ? 12 + 8 : 12 + 8 + 4;
        const std::size_t at = cleaned_.written.find(
            kind_.table == Table::kExtended ? std::string_view{"\xE0\x7F\x01\0OV", 6}
                                            : std::string_view{"\xE0\x7F\x10\0OB", 6}
        );
        cleaned_.written[at + table] = static_cast<char>(cleaned_.written[at + table] ^ 2);
        EXPECT_FALSE(judge_it().passed);
    }
}

// One test for all of them: what was cleaned once is enough for every plant.
TEST_P(RecodedWrongly, TheGateHoldsWhatAnEncoderThatLiesWrites) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    plant(blackened());
    ASSERT_TRUE(judge_it().passed) << "what is planted rightly passes: " << judge_it().reason;
    ASSERT_NO_FATAL_FAILURE(holds_original_under_mask());
    ASSERT_NO_FATAL_FAILURE(holds_original_frame());
    ASSERT_NO_FATAL_FAILURE(holds_tenth_of_original());
    ASSERT_NO_FATAL_FAILURE(holds_changed_sample());
    ASSERT_NO_FATAL_FAILURE(holds_cut_frame());
    ASSERT_NO_FATAL_FAILURE(holds_two_pieces_and_wrong_table());
}

TEST_P(Recoded, APeerThatRefusesTheSyntaxGetsNativeSamplesAndNothingFoundChangesNothing) {
    transcode_to_ = rules::kExplicitVrLittleEndian;
    ASSERT_NO_FATAL_FAILURE(clean_it());
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, rules::kExplicitVrLittleEndian);
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;

    transcode_to_.clear();
    EXPECT_FALSE(judge_it().passed) << "nobody asked for native samples";

    // And where nothing is found, nothing is encoded.
    identity_ = false;
    text_.blind = face_.blind = true;
    ASSERT_NO_FATAL_FAILURE(clean_it());
    EXPECT_TRUE(cleaned_.report.mask.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kind_.syntax);
    EXPECT_NE(cleaned_.written.find("ORIGINAL\\PRIMARY\\OTHER"), std::string::npos);
}

std::vector<Kind> kinds() {
    std::vector<Kind> all;
    for (const auto& [name, syntax] :
         {std::pair{"Rle", kRle},
          {"Jpeg", kJpeg},
          {"JpegFirstOrder", kJpegFirstOrder},
          {"JpegLs", kJpegLs},
          {"Jpeg2000", kJpeg2000}}) {
        const auto add = [&, prefix = std::string{name}](const std::string& what, Kind kind) {
            kind.name = prefix + what;
            kind.syntax = syntax;
            all.push_back(kind);
        };
        const Kind grey{.allocated = 16, .stored = 12, .stream = 12};
        add("Grey8", {});
        add("Grey8Inverse", {.photometric = "MONOCHROME1"});
        add("Grey12", grey);
        add("Grey12In16", {.allocated = 16, .stored = 12, .stream = 16});
        add("Grey12Signed", {.allocated = 16, .stored = 12, .is_signed = true, .stream = 12});
        add("Grey12SignedIn16", {.allocated = 16, .stored = 12, .is_signed = true, .stream = 16});
        add("Grey16", {.photometric = "MONOCHROME1", .allocated = 16, .stored = 16, .stream = 16});
        add("Rgb", {.photometric = "RGB", .samples = 3});
        add("YbrFull", {.photometric = "YBR_FULL", .samples = 3});
        add("Rgb12In16", {.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 12, .stream = 16});
        add("Rgb16", {.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 16, .stream = 16});
        add("YbrFull12",
            {.photometric = "YBR_FULL", .samples = 3, .allocated = 16, .stored = 12, .stream = 12});
        add("CineWithTable", {.photometric = "RGB", .samples = 3, .frames = 3, .table = Table::kBasic});
        add("CineWithExtendedTable", {.frames = 3, .table = Table::kExtended});
        add("CineInPieces", {.frames = 3, .table = Table::kBasic, .two_fragments = true});
        add("Cine", {.frames = 3});
    }
    all.push_back(
        {.name = "Jpeg2000Transformed",
         .syntax = kJpeg2000,
         .photometric = "YBR_RCT",
         .samples = 3,
         .transformed = true}
    );
    all.push_back(
        {.name = "Jpeg2000Transformed16",
         .syntax = kJpeg2000,
         .photometric = "YBR_RCT",
         .samples = 3,
         .allocated = 16,
         .stored = 16,
         .stream = 16,
         .transformed = true}
    );
    all.push_back(
        {.name = "Jpeg2000TransformedUnsaid",
         .syntax = kJpeg2000,
         .photometric = "RGB",
         .samples = 3,
         .transformed = true}
    );
    return all;
}

INSTANTIATE_TEST_SUITE_P(Every, Recoded, ::testing::ValuesIn(kinds()), [](const auto& kind) {
    return kind.param.name;
});

INSTANTIATE_TEST_SUITE_P(Every, RecodedWrongly, ::testing::ValuesIn(kinds()), [](const auto& kind) {
    return kind.param.name;
});

class RecodedLie : public Recoded {};

TEST_P(RecodedLie, ACommentInAFrameIsHeld) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    std::vector<Bytes> frames = encoded(blackened());
    // Behind the start marker; of JPEG 2000 behind its sizes too; of RLE behind the last segment.
    std::string comment{
        "\xFF\xFE\0\x08"
        "DOE^JO",
        10};
    std::ptrdiff_t at = 2;
    if (kind_.syntax == kJpeg2000) {
        comment[1] = '\x64';
        at = 4 + static_cast<std::ptrdiff_t>(frames.front()[5]);
    } else if (kind_.syntax == kRle) {
        at = static_cast<std::ptrdiff_t>(frames.front().size());
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(comment.data());
    frames.front().insert(frames.front().begin() + at, bytes, bytes + comment.size());
    plant_frames(frames);
    EXPECT_EQ(judge_it().reason, "gate: a frame holds what is no samples (7FE0,0010)");
}

// Readers that mask would show black, others what stands above it.
TEST_P(RecodedLie, SomethingAboveTheStoredBitsIsHeld) {
    kind_ = {.name = "", .syntax = kind_.syntax, .allocated = 16, .stored = 12, .stream = 16};
    ASSERT_NO_FATAL_FAILURE(clean_it());
    std::vector<Picture> pictures = blackened();
    std::size_t seen = 0;
    const Picture was = picture(0);
    for (std::size_t i = 0; i < was.samples.size(); ++i) {
        if (pictures[0].samples[i] != was.samples[i]) {
            pictures[0].samples[i] |= 1 << 14;
            ++seen;
        }
    }
    ASSERT_GT(seen, 100U);
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: bits outside the samples hold something (7FE0,0010)");
}

TEST_P(RecodedLie, AMaskThatForgetsAFaceIsHeld) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    ASSERT_EQ(cleaned_.report.mask.size(), 2U);
    cleaned_.report.mask.boxes.pop_back();
    plant(blackened());
    EXPECT_EQ(judge_it().reason, "gate: a face is found outside the mask (7FE0,0010)");
}

TEST_P(RecodedLie, AMaskThatIsAFrameLateIsHeld) {
    kind_.frames = 12;
    text_frame_ = 9;
    ASSERT_NO_FATAL_FAILURE(clean_it());
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    EXPECT_EQ(cleaned_.report.mask.some_frames[0].frames, (pipeline::FrameSpan{7, 5}));
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    const std::vector<Bytes> shown = written_samples();
    const std::vector<Picture> wanted = blackened();
    for (std::size_t i = 0; i < shown.size(); ++i) {
        EXPECT_TRUE(shown[i] == stored_bits(wanted[i].words())) << "frame " << i;
    }

    cleaned_.report.mask.some_frames[0].frames = {8, 4};

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(RecodedLie, AnotherSyntaxIsHeld) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    const std::string other = kind_.syntax == kRle ? "1.2.840.10008.1.2.6" : "1.2.840.10008.1.2.4.99";
    const std::size_t at = cleaned_.written.find(kind_.syntax);
    ASSERT_NE(at, std::string::npos);
    cleaned_.written.replace(at, kind_.syntax.size(), other.substr(0, kind_.syntax.size()));
    EXPECT_FALSE(judge_it().passed);
}

INSTANTIATE_TEST_SUITE_P(
    Every, RecodedLie,
    ::testing::Values(
        Kind{.name = "Rle", .syntax = kRle}, Kind{.name = "Jpeg", .syntax = kJpeg},
        Kind{.name = "JpegFirstOrder", .syntax = kJpegFirstOrder}, Kind{.name = "JpegLs", .syntax = kJpegLs},
        Kind{.name = "Jpeg2000", .syntax = kJpeg2000}
    ),
    [](const auto& kind) { return kind.param.name; }
);

class RecodedBudget : public Recoded {};

TEST_P(RecodedBudget, FramesThatOutgrowTheOutputAreQuarantined) {
    original_ = file_of(original_frames());
    const rules::ProjectKey key = test_key();
    const pipeline::WorkOrder unit = order();
    const int fd = memfd_create("written", MFD_CLOEXEC);
    const auto report = pipeline::clean_unit(bytes_of(original_), fd, {unit, rules_, key, 200, finders_});
    close(fd);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(report->reason.find("encoded frames are larger"), std::string::npos) << report->reason;
}

INSTANTIATE_TEST_SUITE_P(
    Every, RecodedBudget,
    ::testing::Values(Kind{.name = "Rle", .syntax = kRle}, Kind{.name = "Jpeg", .syntax = kJpeg}),
    [](const auto& kind) { return kind.param.name; }
);

class RecodedLossy : public Recoded {};

TEST_P(RecodedLossy, ALossyFrameIsHeld) {
    ASSERT_NO_FATAL_FAILURE(clean_it());
    const Picture shown = blackened().front();
    plant_frames({without_comment(
        kind_.syntax == kJpegLs ? encode_jpeg_ls(shown, 0, 2) : encode_jpeg2000(shown, {.irreversible = true})
    )});
    EXPECT_NE(judge_it().reason.find("not proven lossless"), std::string::npos) << judge_it().reason;
}

INSTANTIATE_TEST_SUITE_P(
    Every, RecodedLossy,
    ::testing::Values(
        Kind{.name = "JpegLs", .syntax = kJpegLs}, Kind{.name = "Jpeg2000", .syntax = kJpeg2000}
    ),
    [](const auto& kind) { return kind.param.name; }
);

}  // namespace
}  // namespace efface::testing::recoded
