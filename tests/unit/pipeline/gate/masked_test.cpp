// Goal: what the finders see is blackened, everything else stays, and the gate holds whatever is not so.
// Method: finders that see pixels of one value, small images of every kind that is searched, the real
// cleaner, and bugs planted in the written bytes: a stage that leaves the original under the mask, or a tenth
// of it.
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::size_t kSide = 64;
constexpr std::uint8_t kTextValue = 200;
constexpr std::uint8_t kFaceValue = 250;
constexpr Box kText{10, 12, 30, 18};
constexpr Box kFace{40, 40, 52, 52};

/// Sees the smallest box around all pixels whose first channel has one value.
class ValueDetector final : public pipeline::Detector {
public:
    explicit ValueDetector(std::uint8_t value) : value_{value} {}

    Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
        Box box{static_cast<std::int64_t>(picture.columns), static_cast<std::int64_t>(picture.rows), 0, 0};
        for (std::size_t y = 0; y < picture.rows; ++y) {
            for (std::size_t x = 0; x < picture.columns; ++x) {
                if (picture.at(x, y) == value_) {
                    const auto column = static_cast<std::int64_t>(x);
                    const auto row = static_cast<std::int64_t>(y);
                    box = {
                        std::min(box.left, column), std::min(box.top, row), std::max(box.right, column + 1),
                        std::max(box.bottom, row + 1)};
                }
            }
        }
        return box.empty() ? std::vector<Detection>{} : std::vector<Detection>{{box, 1.0F}};
    }

private:
    std::uint8_t value_;
};

struct Kind {
    std::string name;
    std::string_view photometric = "MONOCHROME2";
    std::uint16_t samples = 1;
    std::uint16_t allocated = 8;
    std::uint16_t stored = 8;
    std::uint16_t is_signed = 0;
    std::uint16_t planar = 0;
    int frames = 1;
    bool rle = false;
    bool big_endian = false;  // Written little endian where something is blackened.
    bool deep_palette = false;
    bool segmented_palette = false;
};

/// One frame as RLE (PS3.5 annex G) in literal runs: a segment for each byte of a sample, the high one first.
std::string rle_frame(std::string_view frame, const Kind& kind) {
    const std::size_t width = kind.allocated / 8;
    std::vector<std::string> segments;
    for (std::size_t channel = 0; channel < kind.samples; ++channel) {
        for (std::size_t byte = width; byte-- > 0;) {
            std::string plane;
            for (std::size_t at = channel * width + byte; at < frame.size(); at += kind.samples * width) {
                plane += frame[at];
            }
            std::string segment;
            for (std::size_t at = 0; at < plane.size(); at += 128) {
                const std::string run = plane.substr(at, 128);
                segment += static_cast<char>(run.size() - 1);
                segment += run;
            }
            segments.push_back(segment + std::string(segment.size() % 2, '\0'));
        }
    }
    DicomWriter header;
    header.u32(static_cast<std::uint32_t>(segments.size()));
    std::size_t offset = 64;
    std::string body;
    for (std::size_t i = 0; i < 15; ++i) {
        header.u32(i < segments.size() ? static_cast<std::uint32_t>(offset) : 0);
        if (i < segments.size()) {
            offset += segments[i].size();
            body += segments[i];
        }
    }
    return header.text() + body;
}

class MaskedTest : public ::testing::TestWithParam<Kind> {
protected:
    static bool within(const Box& box, std::size_t x, std::size_t y) {
        return static_cast<std::int64_t>(x) >= box.left && static_cast<std::int64_t>(x) < box.right &&
               static_cast<std::int64_t>(y) >= box.top && static_cast<std::int64_t>(y) < box.bottom;
    }

    /// What one pixel shows, 0 to 255: a pattern, text, a face.
    std::uint8_t shown(int frame, std::size_t x, std::size_t y) const {
        if (has_text_ && (text_frame_ < 0 || frame == text_frame_) && within(kText, x, y)) {
            return kTextValue;
        }
        if (has_face_ && within(kFace, x, y)) {
            return kFaceValue;
        }
        if (y == 0 && x < 2) {
            return x == 0 ? 255 : 0;  // So that grey is stretched by nothing.
        }
        return static_cast<std::uint8_t>((3 * x + 5 * y) % 100);
    }

    std::string samples_of(const Kind& kind) const {
        std::string all;
        for (int frame = 0; frame < kind.frames; ++frame) {
            const std::size_t planes = kind.planar == 1 ? kind.samples : 1;
            const std::size_t together = kind.planar == 1 ? 1 : kind.samples;
            for (std::size_t plane = 0; plane < planes; ++plane) {
                for (std::size_t pixel = 0; pixel < kSide * kSide; ++pixel) {
                    if (kind.photometric == "YBR_FULL_422") {
                        all += static_cast<char>(shown(frame, pixel % kSide, pixel / kSide));
                        all += pixel % 2 == 1 ? "\x80\x80" : "";
                        continue;
                    }
                    for (std::size_t i = 0; i < together; ++i) {
                        append_sample(all, kind, shown(frame, pixel % kSide, pixel / kSide), plane + i);
                    }
                }
            }
        }
        return all;
    }

    static void append_sample(std::string& out, const Kind& kind, std::uint8_t shown, std::size_t channel) {
        if (kind.photometric == "YBR_FULL" && channel > 0) {  // No colour.
            out += kind.allocated == 8 ? std::string{'\x80'}
                                       : std::string{'\0', static_cast<char>(1 << (kind.stored - 9))};
            return;
        }
        if (kind.photometric == "PALETTE COLOR") {
            out += static_cast<char>(255 - shown);  // The palette turns it back.
            out += kind.allocated == 16 ? std::string(1, '\0') : std::string{};
            return;
        }
        if (kind.allocated == 8) {
            out += static_cast<char>(shown);
            return;
        }
        if (kind.allocated == 32) {
            const std::uint32_t value = 16'000'000U * shown;
            for (int i = 0; i < 4; ++i) {
                out += static_cast<char>((value >> (8 * i)) & 0xFFU);
            }
            return;
        }
        // Twelve bits; signed ones run from below zero, so that the smallest shows as 0.
        const int value = kind.is_signed != 0 ? 8 * shown - 1024 : 8 * shown;
        out += static_cast<char>(value & 0xFF);
        out += static_cast<char>((value >> 8) & 0xFF);
    }

    /// 256 greys, the brightest first; of eight bits, or of sixteen from the third stored value on; or as two
    /// segments of sixteen bits.
    static void append_palette(DicomWriter& data, const Kind& kind) {
        const std::size_t first = kind.deep_palette ? 2 : 0;
        const bool deep = kind.deep_palette || kind.segmented_palette;
        for (std::uint32_t channel = 0; channel < 3; ++channel) {
            data.header(0x00281101 + channel, Vr::US, 6)
                .u16(static_cast<std::uint16_t>(256 - first))
                .u16(static_cast<std::uint16_t>(first))
                .u16(deep ? 16 : 8);
        }
        for (std::uint32_t channel = 0; kind.segmented_palette && channel < 3; ++channel) {
            DicomWriter table{true, kind.big_endian};
            table.u16(0).u16(1).u16(0xFF00).u16(1).u16(255).u16(0);
            data.element(0x00281221 + channel, Vr::OW, table.text());
        }
        if (kind.segmented_palette) {
            return;
        }
        for (std::uint32_t channel = 0; channel < 3; ++channel) {
            DicomWriter table{true, kind.big_endian};
            for (std::size_t i = first; i < 256; i += kind.deep_palette ? 1 : 2) {
                const auto entry = static_cast<std::uint16_t>(255 - i);
                table.u16(
                    static_cast<std::uint16_t>(kind.deep_palette ? entry << 8U : entry | (entry - 1) << 8U)
                );
            }
            data.element(0x00281201 + channel, Vr::OW, table.text());
        }
    }

    static std::string swapped(std::string bytes) {
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
            std::swap(bytes[i], bytes[i + 1]);
        }
        return bytes;
    }

    std::string file_of(const Kind& kind) const {
        DicomWriter data{true, kind.big_endian};
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\OTHER")
            .element(0x00080016, Vr::UI, sop_class_)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, kind.samples)
            .element(0x00280004, Vr::CS, kind.photometric);
        if (kind.samples == 3) {
            data.us(0x00280006, kind.planar);
        }
        data.element(0x00280008, Vr::IS, std::to_string(kind.frames))
            .us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, kind.allocated)
            .us(0x00280101, kind.stored)
            .us(0x00280102, static_cast<std::uint16_t>(kind.stored - 1))
            .us(0x00280103, kind.is_signed)
            .us(0x00280106, 1)
            .us(0x00280107, 2);
        if (kind.photometric == "PALETTE COLOR") {
            append_palette(data, kind);
        }
        const std::string samples = samples_of(kind);
        if (!kind.rle) {
            data.header(0x7FE00010, Vr::OW, static_cast<std::uint32_t>(samples.size()))
                .raw(kind.big_endian ? swapped(samples) : samples);
            return part10_file(
                data.text(), kind.big_endian ? rules::kExplicitVrBigEndian : rules::kExplicitVrLittleEndian,
                sop_class_, "1.2.276.0.99.2.1"
            );
        }
        data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).fragment("");
        const std::size_t frame_bytes = samples.size() / static_cast<std::size_t>(kind.frames);
        for (std::size_t at = 0; at < samples.size(); at += frame_bytes) {
            data.fragment(rle_frame(std::string_view{samples}.substr(at, frame_bytes), kind));
        }
        data.end_sequence();
        return part10_file(data.text(), kRle, sop_class_, "1.2.276.0.99.2.1");
    }

    /// Cleans with the finders; the written samples are the last bytes of the file, and native: compressed
    /// ones for a peer that refuses their syntax (recoded_test.cpp has them as they stay compressed).
    void clean_it(const Kind& kind) {
        original_ = file_of(kind);
        before_ = samples_of(kind);
        sample_bytes_ = before_.size();
        native_ = kind.rle && (has_text_ || has_face_);
        cleaned_ = testing::clean(original_, rules_, order(), finders_);
    }

    pipeline::WorkOrder order() const {
        pipeline::WorkOrder order = order_for(original_);
        order.transcode_to = native_ ? rules::kExplicitVrLittleEndian : std::string_view{};
        return order;
    }

    pipeline::GateReport judge_it() {
        return testing::judge(
            original_, cleaned_.written, *rules_.find("found"), order(), cleaned_.report.mask, finders_
        );
    }

    const std::string& before() const { return before_; }

    std::span<char> after() {
        return std::span{cleaned_.written}.subspan(cleaned_.written.size() - sample_bytes_);
    }

    std::string_view sop_class_ = kSecondaryCapture;
    bool has_text_ = true;
    bool has_face_ = true;
    int text_frame_ = -1;  ///< The only one that shows text; -1: all do.
    ValueDetector text_{kTextValue};
    ValueDetector face_{kFaceValue};
    pipeline::Finders finders_{&text_, &face_};
    rules::RuleSet rules_ = rules_of(R"(
[[rule]]
name = "found"
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
)");
    std::string original_;
    std::string before_;
    std::size_t sample_bytes_ = 0;
    bool native_ = false;  ///< A peer refuses the syntax of the original.
    Cleaned cleaned_;
};

TEST_P(MaskedTest, IsBlackWhereSomethingWasFoundAndAsBeforeElsewhere) {
    clean_it(GetParam());
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    ASSERT_EQ(cleaned_.report.mask.size(), 2U);
    for (const Box& box : cleaned_.report.mask.boxes) {
        EXPECT_EQ(box.left % 8 + box.top % 8 + box.right % 8 + box.bottom % 8, 0) << "the grid";
    }

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    EXPECT_NE(cleaned_.written.find("DERIVED\\PRIMARY\\OTHER"), std::string::npos);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        changed += before()[i] != after()[i] ? 1 : 0;
    }
    EXPECT_GT(changed, 0U);
    EXPECT_LT(changed, sample_bytes_ / 2);
}

TEST_P(MaskedTest, TheGateHoldsAnOriginalUnderTheMask) {
    clean_it(GetParam());
    std::ranges::copy(before(), after().begin());

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateHoldsATenthOfTheOriginalUnderTheMask) {
    clean_it(GetParam());
    std::size_t seen = 0;
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        if (before()[i] != after()[i] && seen++ % 10 == 0) {
            after()[i] = before()[i];
        }
    }
    ASSERT_GT(seen, 10U);

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateHoldsAChangeOutsideTheMask) {
    clean_it(GetParam());
    after()[sample_bytes_ - 2] = static_cast<char>(after()[sample_bytes_ - 2] ^ 1);

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateFindsWhatAMaskLeavesOut) {
    clean_it(GetParam());
    // A cleaner that "forgot" the second box, in samples and in report alike.
    const Box forgotten = cleaned_.report.mask.boxes.back();
    cleaned_.report.mask.boxes.pop_back();
    const std::string whole = samples_of(GetParam());
    const std::size_t unit = sample_bytes_ / (kSide * kSide * static_cast<std::size_t>(GetParam().frames));
    if (GetParam().planar == 0) {
        for (std::size_t i = 0; i < sample_bytes_; ++i) {
            const std::size_t pixel = i / unit % (kSide * kSide);
            if (within(forgotten, pixel % kSide, pixel / kSide)) {
                after()[i] = before()[i];
            }
        }
        EXPECT_EQ(judge_it().reason, "gate: a face is found outside the mask (7FE0,0010)");
    }
    EXPECT_FALSE(judge_it().passed);
}

INSTANTIATE_TEST_SUITE_P(
    Every, MaskedTest,
    ::testing::Values(
        Kind{.name = "Grey8"}, Kind{.name = "Grey8Inverse", .photometric = "MONOCHROME1"},
        Kind{.name = "Grey12", .allocated = 16, .stored = 12},
        Kind{.name = "Grey12Signed", .allocated = 16, .stored = 12, .is_signed = 1},
        Kind{.name = "Rgb", .photometric = "RGB", .samples = 3},
        Kind{.name = "RgbByPlane", .photometric = "RGB", .samples = 3, .planar = 1},
        Kind{.name = "YbrFull", .photometric = "YBR_FULL", .samples = 3}, Kind{.name = "Cine", .frames = 3},
        Kind{.name = "Rgb16", .photometric = "RGB", .samples = 3, .allocated = 16, .stored = 16},
        Kind{
            .name = "Rgb12ByPlane",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 12,
            .planar = 1,
            .frames = 2},
        Kind{.name = "Rgb32", .photometric = "RGB", .samples = 3, .allocated = 32, .stored = 32},
        Kind{.name = "YbrFull12", .photometric = "YBR_FULL", .samples = 3, .allocated = 16, .stored = 12},
        Kind{
            .name = "BigEndianRgb16",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 16,
            .big_endian = true},
        Kind{
            .name = "RleRgb16",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 16,
            .rle = true},
        Kind{
            .name = "RleRgb32Cine",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 32,
            .stored = 32,
            .frames = 2,
            .rle = true},
        Kind{.name = "Rle8", .rle = true}, Kind{.name = "Rle12", .allocated = 16, .stored = 12, .rle = true},
        Kind{.name = "Grey32", .allocated = 32, .stored = 32},
        Kind{.name = "Ybr422", .photometric = "YBR_FULL_422", .samples = 3},
        Kind{.name = "Ybr422Cine", .photometric = "YBR_FULL_422", .samples = 3, .frames = 2},
        Kind{.name = "Palette", .photometric = "PALETTE COLOR"},
        Kind{
            .name = "DeepPalette",
            .photometric = "PALETTE COLOR",
            .allocated = 16,
            .stored = 8,
            .deep_palette = true},
        Kind{.name = "RlePalette", .photometric = "PALETTE COLOR", .rle = true},
        Kind{.name = "SegmentedPalette", .photometric = "PALETTE COLOR", .segmented_palette = true},
        Kind{
            .name = "BigEndianSegmentedPalette",
            .photometric = "PALETTE COLOR",
            .allocated = 16,
            .stored = 16,
            .big_endian = true,
            .segmented_palette = true},
        Kind{.name = "Rle32", .allocated = 32, .stored = 32, .rle = true},
        Kind{.name = "BigEndian8", .big_endian = true},
        Kind{.name = "BigEndian12Signed", .allocated = 16, .stored = 12, .is_signed = 1, .big_endian = true},
        Kind{.name = "BigEndianRgb", .photometric = "RGB", .samples = 3, .frames = 2, .big_endian = true},
        Kind{.name = "BigEndianPalette", .photometric = "PALETTE COLOR", .big_endian = true},
        Kind{.name = "RleRgbCine", .photometric = "RGB", .samples = 3, .frames = 2, .rle = true}
    ),
    [](const auto& kind) { return kind.param.name; }
);

/// Twelve frames: a face in all of them, text in the tenth alone.
class PerFrame : public MaskedTest {
protected:
    static constexpr int kFrames = 12;
    static constexpr int kTextFrame = 9;
    static constexpr Box kTextMask{0, 8, 40, 24};

    void clean_twelve() {
        text_frame_ = kTextFrame;
        clean_it(GetParam());
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    /// The bytes of a pixel that are changed; planes apart, all of a frame.
    bool is_changed(int frame, const Box& box) {
        const std::size_t bytes = sample_bytes_ / kFrames;
        const std::size_t first = static_cast<std::size_t>(frame) * bytes;
        const std::size_t planes = GetParam().planar == 1 ? 3 : 1;
        for (std::size_t at = 0; at < bytes; ++at) {
            const std::size_t pixel = at % (bytes / planes) * kSide * kSide / (bytes / planes);
            const bool inside = within(box, pixel % kSide, pixel / kSide);
            if (inside && before()[first + at] != after()[first + at]) {
                return true;
            }
        }
        return false;
    }
};

TEST_P(PerFrame, TextOfOneFrameIsBlackInItsNeighboursAndNowhereElse) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());

    EXPECT_EQ(cleaned_.report.mask.boxes.size(), 1U) << "the face, in all frames";
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    EXPECT_EQ(cleaned_.report.mask.some_frames[0], (pipeline::FrameBox{kTextMask, {7, 5}}));
    for (int frame = 0; frame < kFrames; ++frame) {
        EXPECT_EQ(is_changed(frame, kTextMask), frame >= 7) << frame;
        EXPECT_TRUE(is_changed(frame, kFace)) << frame;
    }
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

TEST_P(PerFrame, TheGateHoldsAMaskThatIsAFrameLate) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());
    cleaned_.report.mask.some_frames[0].frames = {8, 4};

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(PerFrame, TheGateHoldsAMaskThatIsAFrameEarly) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());
    cleaned_.report.mask.some_frames[0].frames = {6, 5};

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

INSTANTIATE_TEST_SUITE_P(
    Twelve, PerFrame,
    ::testing::Values(
        Kind{.name = "Grey12", .allocated = 16, .stored = 12, .frames = 12},
        Kind{.name = "RgbByPlane", .photometric = "RGB", .samples = 3, .planar = 1, .frames = 12},
        Kind{.name = "Ybr422", .photometric = "YBR_FULL_422", .samples = 3, .frames = 12},
        Kind{.name = "Palette", .photometric = "PALETTE COLOR", .frames = 12},
        Kind{.name = "Rle8", .frames = 12, .rle = true},
        Kind{.name = "BigEndian", .allocated = 16, .stored = 12, .frames = 12, .big_endian = true}
    ),
    [](const auto& kind) { return kind.param.name; }
);

class FoundTest : public MaskedTest {};

// A cleaner whose frames are counted from one: what it says and what it writes agree.
TEST_F(FoundTest, TheGateFindsTextThatAMaskShiftedByAFrameLeaves) {
    text_frame_ = 9;
    const Kind kind{.frames = 12};
    clean_it(kind);
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    ASSERT_TRUE(judge_it().passed) << judge_it().reason;
    constexpr std::size_t kFrameBytes = kSide * kSide;
    const Box box = cleaned_.report.mask.some_frames[0].box;
    cleaned_.report.mask.some_frames[0].frames = {10, 2};
    for (std::size_t at = 0; at < 10 * kFrameBytes; ++at) {
        const std::size_t pixel = at % kFrameBytes;
        if (within(box, pixel % kSide, pixel / kSide)) {
            after()[at] = before()[at];
        }
    }

    EXPECT_EQ(judge_it().reason, "gate: text is found outside the mask (7FE0,0010)");
}

TEST_F(FoundTest, TextOfAThirdOfTheFramesIsBlackInAll) {
    text_frame_ = 1;
    clean_it({.frames = 3});

    EXPECT_EQ(cleaned_.report.mask.boxes.size(), 2U);
    EXPECT_TRUE(cleaned_.report.mask.some_frames.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

class SingleBits : public MaskedTest {
protected:
    static constexpr std::size_t kColumns = 53;
    static constexpr std::size_t kRows = 31;

    class Lines final : public pipeline::Detector {
    public:
        Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
            const bool left = picture.at(12, 9) == 255 || picture.at(20, 14) == 255;
            return left ? std::vector<Detection>{{{12, 9, 21, 15}, 1.0F}} : std::vector<Detection>{};
        }
    };

    static void set(std::string& bits, std::size_t frame, std::size_t x, std::size_t y, bool value = true) {
        const std::size_t bit = (frame * kRows + y) * kColumns + x;
        bits[bit / 8] =
            static_cast<char>(value ? bits[bit / 8] | 1 << bit % 8 : bits[bit / 8] & ~(1 << bit % 8));
    }

    static std::string no_bits(std::size_t frames) {
        return std::string((frames * kColumns * kRows + 15) / 16 * 2, '\0');
    }

    void clean_bits(const std::string& bits, std::size_t frames) {
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kSecondaryCapture)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .element(0x00280008, Vr::IS, std::to_string(frames))
            .us(0x00280010, kRows)
            .us(0x00280011, kColumns)
            .us(0x00280100, 1)
            .us(0x00280101, 1)
            .us(0x00280102, 0)
            .us(0x00280103, 0)
            .header(0x7FE00010, Vr::OB, static_cast<std::uint32_t>(bits.size()))
            .raw(bits);
        original_ =
            part10_file(data.text(), rules::kExplicitVrLittleEndian, kSecondaryCapture, "1.2.276.0.99.2.1");
        finders_.text = &lines_;
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    Lines lines_;
};

TEST_F(SingleBits, AreBlackenedBitByBit) {
    std::string bits = no_bits(1);
    set(bits, 0, 12, 9);
    set(bits, 0, 20, 14);
    set(bits, 0, 51, 30);  // Another value of nothing that is found.

    ASSERT_NO_FATAL_FAILURE(clean_bits(bits, 1));

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    set(bits, 0, 12, 9, false);
    set(bits, 0, 20, 14, false);
    EXPECT_TRUE(cleaned_.written.ends_with(bits));
    cleaned_.written[cleaned_.written.size() - 4] =
        static_cast<char>(cleaned_.written[cleaned_.written.size() - 4] ^ 1);
    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_F(SingleBits, OfOneFrameAreBlackenedInItsNeighbours) {
    std::string bits = no_bits(9);
    set(bits, 8, 12, 9);
    for (std::size_t frame = 0; frame < 9; ++frame) {
        set(bits, frame, 18, 11);
    }

    ASSERT_NO_FATAL_FAILURE(clean_bits(bits, 9));

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    set(bits, 8, 12, 9, false);
    for (std::size_t frame = 6; frame < 9; ++frame) {
        set(bits, frame, 18, 11, false);
    }
    EXPECT_TRUE(cleaned_.written.ends_with(bits));
}

TEST_F(FoundTest, APaletteWithoutItsTablesIsNotSearched) {
    original_ = file_of({.photometric = "PALETTE COLOR"});
    const std::size_t at = original_.find(std::string_view{"\x28\0\x02\x12OW", 6});
    ASSERT_NE(at, std::string::npos);
    original_.erase(at, 12 + 256);
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("colour tables"), std::string::npos) << cleaned_.report.reason;
}

TEST_F(FoundTest, APaletteWhoseSegmentsGiveMoreThanItSaysIsNotSearched) {
    original_ = file_of({.photometric = "PALETTE COLOR", .segmented_palette = true});
    const std::string_view line{"\1\0\xFF\0", 4};
    const std::size_t at = original_.find(line);
    ASSERT_NE(at, std::string::npos);
    original_.replace(at, 4, std::string_view{"\1\0\0\1", 4});
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("segments of a colour table"), std::string::npos)
        << cleaned_.report.reason;
}

TEST_F(FoundTest, ColourThatNobodyCanReadAlikeIsNotSearched) {
    const std::pair<Kind, std::string_view> kinds[] = {
        {{.photometric = "RGB", .samples = 3, .is_signed = 1}, "signed colour"},
        {{.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 12, .is_signed = 1},
         "signed colour"},
        {{.photometric = "PALETTE COLOR", .is_signed = 1}, "signed colour"},
        {{.photometric = "YBR_PARTIAL_420", .samples = 3}, "Photometric Interpretation"}};
    for (const auto& [kind, why] : kinds) {
        clean_it(kind);
        EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
        EXPECT_NE(cleaned_.report.reason.find(why), std::string::npos) << cleaned_.report.reason;
    }
}

TEST_F(FoundTest, DeepColourThatIsCutIsNotSearched) {
    original_ = file_of({.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 12});
    const std::string header = DicomWriter{}.header(0x7FE00010, Vr::OW, kSide * kSide * 6).text();
    const std::size_t at = original_.find(header);
    ASSERT_NE(at, std::string::npos);
    original_.replace(at, 12, DicomWriter{}.header(0x7FE00010, Vr::OW, kSide * kSide * 6 - 6).text());
    original_.resize(original_.size() - 6);
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("shorter than its frames"), std::string::npos)
        << cleaned_.report.reason;
}

TEST_F(FoundTest, NothingFoundLeavesSamplesAndImageTypeAsTheyWere) {
    has_text_ = has_face_ = false;
    clean_it({});

    EXPECT_TRUE(cleaned_.report.mask.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_TRUE(std::ranges::equal(before(), after()));
    EXPECT_NE(cleaned_.written.find("ORIGINAL\\PRIMARY\\OTHER"), std::string::npos);
}

TEST_F(FoundTest, NothingFoundLeavesCompressedSamplesAsTheyWere) {
    has_text_ = has_face_ = false;
    clean_it({.rle = true});

    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kRle);
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

TEST_F(FoundTest, MoreFramesThanAreSearchedWaitForAPerson) {
    clean_it({.frames = 33});

    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("more frames"), std::string::npos) << cleaned_.report.reason;
}

TEST_F(FoundTest, APhotographWithoutAFaceWaitsForAPerson) {
    sop_class_ = kPhotograph;
    has_face_ = false;
    clean_it({.photometric = "RGB", .samples = 3});

    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("no face is found in a photograph"), std::string::npos);
}

TEST_F(FoundTest, ASliceOfAHeadWaitsForAPersonOnBothSides) {
    sop_class_ = "1.2.840.10008.5.1.4.1.1.4";  // MR Image; no body part says that it is none of a head.
    has_text_ = has_face_ = false;
    clean_it({});
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("when its slices are put together"), std::string::npos);

    // As if the cleaner had let it pass: cleaned under a rule that leaves pixels alone.
    const rules::RuleSet header_only = rules_of(kHeaderOnlyRules);
    cleaned_ = testing::clean(original_, header_only, order_for(original_));
    EXPECT_FALSE(judge_it().passed);
}

TEST_F(FoundTest, AProcessWithoutDetectorsSaysSoAndWritesNothing) {
    const pipeline::Finders finders = std::exchange(finders_, {});
    clean_it({});
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kNeedsDetectors);
    EXPECT_TRUE(cleaned_.written.empty());

    finders_ = finders;
    clean_it({});
    finders_ = {};
    EXPECT_FALSE(judge_it().passed) << "a gate without detectors clears nothing";
}

TEST_F(FoundTest, AnImageTypeThatStillSaysOriginalIsHeld) {
    clean_it({});
    const std::size_t at = cleaned_.written.find("DERIVED\\PRIMARY\\OTHER ");
    ASSERT_NE(at, std::string::npos);
    cleaned_.written.replace(at, 7, "DERIVEX");

    EXPECT_EQ(judge_it().reason, "gate: Image Type is not that of blackened samples (0008,0008)");
}

TEST_F(FoundTest, AMaskUnderARuleThatLeavesPixelsAloneIsHeld) {
    clean_it({});
    const rules::RuleSet header_only = rules_of(kHeaderOnlyRules);

    const pipeline::GateReport report = testing::judge(
        original_, cleaned_.written, *header_only.find("all-header-only"), order_for(original_),
        cleaned_.report.mask, finders_
    );

    EXPECT_FALSE(report.passed);
}

}  // namespace
}  // namespace efface::testing
