// Goal: losslessly compressed frames in which something is found keep their syntax, their attributes and
// every stored value outside the mask, under every kind of offset table; and the gate holds whatever an
// encoder that lies would write. Method: finders that see bright pixels, synthetic instances of every syntax,
// depth, sign and colour, the real cleaner, and bugs planted in the written frames: the original under the
// mask, a tenth of it, a changed sample, a cut frame, a lossy one, other colours, a comment, a wrong table.
#include "pipeline/codec/frame_encoder.h"
#include "pipeline/codec/jpeg2000_header.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/samples.h"
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.4";
constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.57";
constexpr std::string_view kJpegFirstOrder = "1.2.840.10008.1.2.4.70";
constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
constexpr std::size_t kColumns = 107;
constexpr std::size_t kRows = 75;
constexpr Box kText{10, 12, 30, 18};
constexpr Box kFace{60, 40, 72, 52};

bool within(const Box& box, std::size_t x, std::size_t y) {
    return static_cast<std::int64_t>(x) >= box.left && static_cast<std::int64_t>(x) < box.right &&
           static_cast<std::int64_t>(y) >= box.top && static_cast<std::int64_t>(y) < box.bottom;
}

/// Sees the smallest box around all bright pixels of one half of the picture.
class HalfDetector final : public pipeline::Detector {
public:
    explicit HalfDetector(bool right) : right_{right} {}

    Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
        constexpr std::uint8_t kBright = 235;
        Box box{static_cast<std::int64_t>(picture.columns), static_cast<std::int64_t>(picture.rows), 0, 0};
        for (std::size_t y = 0; y < picture.rows; ++y) {
            for (std::size_t x = 0; x < picture.columns; ++x) {
                const auto column = static_cast<std::int64_t>(x);
                const auto row = static_cast<std::int64_t>(y);
                const bool reached =
                    inverse ? picture.at(x, y) <= 255 - kBright : picture.at(x, y) >= kBright;
                if (!blind && right_ == (x >= picture.columns / 2) && reached) {
                    box = {
                        std::min(box.left, column), std::min(box.top, row), std::max(box.right, column + 1),
                        std::max(box.bottom, row + 1)};
                }
            }
        }
        return box.empty() ? std::vector<Detection>{} : std::vector<Detection>{{box, 1.0F}};
    }

    bool blind = false;
    bool inverse = false;

private:
    bool right_;
};

enum class Table : std::uint8_t { kNone, kBasic, kExtended };

struct Kind {
    std::string name;
    std::string_view syntax;
    std::string_view photometric = "MONOCHROME2";
    std::uint64_t samples = 1;
    std::uint64_t allocated = 8;
    std::uint64_t stored = 8;
    bool is_signed = false;
    std::uint64_t stream = 8;  ///< Bits of a sample in the original's codestream.
    bool transformed = false;  ///< JPEG 2000: the component transformation is used.
    std::size_t frames = 1;
    Table table = Table::kNone;
    bool two_fragments = false;
};

std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// In literal runs: not the encoder that is tested.
Bytes literal_rle(const Bytes& words, const pipeline::SampleShape& shape) {
    const std::size_t width = shape.bits_allocated / 8;
    const std::size_t segments = width * shape.samples_per_pixel;
    Bytes frame(64);
    frame[0] = static_cast<std::byte>(segments);
    for (std::size_t segment = 0; segment < segments; ++segment) {
        for (std::size_t i = 0; i < 4; ++i) {
            frame[4 * segment + 4 + i] = static_cast<std::byte>(frame.size() >> (8 * i));
        }
        std::size_t left = shape.rows * shape.columns;
        for (std::size_t at = segment / width * width + width - 1 - segment % width; left != 0;) {
            const std::size_t run = std::min<std::size_t>(left, 128);
            frame.push_back(static_cast<std::byte>(run - 1));
            for (std::size_t i = 0; i < run; ++i, at += segments) {
                frame.push_back(words[at]);
            }
            left -= run;
        }
        frame.resize(frame.size() + frame.size() % 2);
    }
    return frame;
}

/// Without the segment that names the library; padded once.
Bytes without_comment(Bytes stream) {
    while (stream.back() == std::byte{0}) {
        stream.pop_back();
    }
    constexpr std::array kComment{std::byte{0xFF}, std::byte{0x64}};
    const auto at = std::search(stream.begin(), stream.end(), kComment.begin(), kComment.end());
    if (at != stream.end()) {
        const auto length = static_cast<std::ptrdiff_t>(at[2]) * 256 + static_cast<std::ptrdiff_t>(at[3]);
        stream.erase(at, at + 2 + length);
    }
    stream.resize(stream.size() + stream.size() % 2);
    return stream;
}

class Recoded : public ::testing::TestWithParam<Kind> {
protected:
    pipeline::SampleShape shape() const {
        return {kRows,        kColumns,         kind_.samples,  kind_.allocated,
                kind_.stored, kind_.stored - 1, kind_.is_signed};
    }

    const rules::TransferSyntax& syntax() const { return *rules::find_transfer_syntax(kind_.syntax); }

    std::int32_t black() const {
        const std::int32_t range = 1 << kind_.stored;
        const std::int32_t smallest = kind_.is_signed ? -range / 2 : 0;
        return kind_.photometric == "MONOCHROME1" ? smallest + range - 1 : smallest;
    }

    Picture picture(std::size_t frame) const {
        Picture made{.shape = shape(), .samples = {}};
        const std::int32_t step = 1 << (kind_.stored - 8);
        for (std::size_t y = 0; y < kRows; ++y) {
            for (std::size_t x = 0; x < kColumns; ++x) {
                const bool bright = identity_ && (within(kText, x, y) || within(kFace, x, y));
                for (std::size_t c = 0; c < kind_.samples; ++c) {
                    std::int32_t shown =
                        bright ? 250 : static_cast<std::int32_t>((3 * x + (5 + c) * y + 7 * frame) % 120);
                    if (c > 0 && kind_.photometric == "YBR_FULL") {
                        shown = 128;
                    }
                    const std::int32_t value = kind_.photometric == "MONOCHROME1" ? 255 - shown : shown;
                    made.samples.push_back(value * step - (kind_.is_signed ? 128 * step : 0));
                }
            }
        }
        return made;
    }

    /// As a scanner would send it.
    Bytes original_frame(const Picture& made) const {
        Picture shown = made;
        shown.shape.bits_stored = kind_.stream;
        shown.shape.high_bit = kind_.stream - 1;
        if (kind_.syntax == kRle) {
            return literal_rle(made.words(), made.shape);
        }
        if (kind_.syntax == kJpeg2000) {
            return encode_jpeg2000(shown, {.colour_transform = kind_.transformed});
        }
        if (kind_.syntax == kJpegLs) {
            return encode_jpeg_ls(shown, kind_.samples == 3 ? 2 : 0);
        }
        for (std::int32_t& sample : shown.samples) {
            sample &= (1 << kind_.stream) - 1;
        }
        return encode_jpeg(shown, kind_.syntax == kJpeg ? 6 : 1);
    }

    std::vector<Bytes> original_frames() const {
        std::vector<Bytes> made;
        for (std::size_t i = 0; i < kind_.frames; ++i) {
            made.push_back(original_frame(picture(i)));
            made.back().resize(made.back().size() + made.back().size() % 2);
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
    std::string pixels(const std::vector<Bytes>& frames, bool two_fragments) const {
        std::vector<std::uint64_t> offsets;
        std::vector<std::uint64_t> lengths;
        DicomWriter fragments;
        for (const Bytes& frame : frames) {
            const std::string text = text_of(frame);
            const std::size_t cut = two_fragments ? text.size() / 4 * 2 : 0;
            offsets.push_back(fragments.text().size());
            if (cut != 0) {
                fragments.fragment(std::string_view{text}.substr(0, cut));
            }
            fragments.fragment(std::string_view{text}.substr(cut));
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
            .element(0x00080016, Vr::UI, kSecondaryCapture)
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
            .us(0x00280100, static_cast<std::uint16_t>(kind_.allocated))
            .us(0x00280101, static_cast<std::uint16_t>(kind_.stored))
            .us(0x00280102, static_cast<std::uint16_t>(kind_.stored - 1))
            .us(0x00280103, kind_.is_signed ? 1 : 0)
            .raw(pixels(frames, kind_.two_fragments));
        return part10_file(data.text(), kind_.syntax, kSecondaryCapture, "1.2.276.0.99.2.1");
    }

    pipeline::WorkOrder order() const {
        pipeline::WorkOrder order = order_for(original_);
        order.transcode_to = transcode_to_;
        return order;
    }

    void clean_it() {
        text_.inverse = face_.inverse = kind_.photometric == "MONOCHROME1";
        frames_ = original_frames();
        original_ = file_of(frames_);
        cleaned_ = testing::clean(original_, rules_, order(), finders_);
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    pipeline::GateReport judge_it() {
        return testing::judge(
            original_, cleaned_.written, *rules_.find("found"), order(), cleaned_.report.mask, finders_
        );
    }

    bool is_masked(std::size_t x, std::size_t y) const {
        return std::ranges::any_of(cleaned_.report.mask, [&](const Box& box) { return within(box, x, y); });
    }

    std::int32_t black_of(std::size_t channel) const {
        return channel > 0 && kind_.photometric == "YBR_FULL" ? 128 : black();
    }

    /// What every frame has to show.
    std::vector<Picture> blackened() const {
        std::vector<Picture> all;
        for (std::size_t frame = 0; frame < kind_.frames; ++frame) {
            all.push_back(picture(frame));
            for (std::size_t i = 0; i < all.back().samples.size(); ++i) {
                const std::size_t pixel = i / kind_.samples;
                if (is_masked(pixel % kColumns, pixel / kColumns)) {
                    all.back().samples[i] = black_of(i % kind_.samples);
                }
            }
        }
        return all;
    }

    /// The written file with other frames in its Pixel Data, laid out and tabled as the writer does.
    void plant_frames(const std::vector<Bytes>& frames, bool two_fragments = false) {
        const std::string_view first = kind_.table == Table::kExtended
                                           ? std::string_view{"\xE0\x7F\x01\0OV", 6}
                                           : std::string_view{"\xE0\x7F\x10\0OB", 6};
        const std::size_t at = cleaned_.written.find(first);
        ASSERT_NE(at, std::string::npos);
        cleaned_.written = cleaned_.written.substr(0, at) + pixels(frames, two_fragments);
    }

    /// As an encoder would write that was given other samples.
    void plant(const std::vector<Picture>& pictures) { plant_frames(encoded(pictures)); }

    std::vector<Bytes> encoded(const std::vector<Picture>& pictures) const {
        std::vector<Bytes> frames;
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            const Bytes words = pictures[i].words();
            frames.push_back(
                pipeline::encode_frame(syntax(), {words, kind_.photometric, frames_[i]}, shape()).value()
            );
        }
        return frames;
    }

    /// The frames of the written file, decoded; stored bits alone.
    std::vector<Bytes> written_samples() const {
        const auto part10 = pipeline::parse_part10(bytes_of(cleaned_.written)).value();
        const auto data = bytes_of(cleaned_.written).subspan(part10.data_set_offset);
        const auto scan = pipeline::scan_pixel_data(data, syntax()).value();
        std::vector<Bytes> samples;
        Bytes gathered;
        const auto ranges = pipeline::frame_ranges(scan, syntax().family).value();
        for (const pipeline::FrameRange& range : ranges) {
            EXPECT_EQ(range.count, 1U);
            const auto frame = pipeline::frame_of(scan.element, range, gathered);
            samples.push_back(stored_bits(pipeline::decode_frame(syntax(), frame, shape()).value().bytes));
        }
        return samples;
    }

    Bytes stored_bits(Bytes words) const {
        const std::uint64_t mask = (std::uint64_t{1} << kind_.stored) - 1;
        for (std::size_t i = 0; i < words.size(); ++i) {
            words[i] &= static_cast<std::byte>(mask >> (8 * (i % (kind_.allocated / 8))));
        }
        return words;
    }

    // What is planted; each expects the gate to hold it.
    void holds_original_under_mask();
    void holds_original_frame();
    void holds_tenth_of_original();
    void holds_changed_sample();
    void holds_cut_frame();
    void holds_two_pieces_and_wrong_table();

    Kind kind_ = GetParam();
    bool identity_ = true;
    std::string transcode_to_;
    HalfDetector text_{false};
    HalfDetector face_{true};
    pipeline::Finders finders_{&text_, &face_};
    rules::RuleSet rules_ = rules_of(R"(
[[rule]]
name = "found"
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
)");
    std::vector<Bytes> frames_;
    std::string original_;
    Cleaned cleaned_;
};

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

void Recoded::holds_original_under_mask() {
    std::vector<Picture> pictures = blackened();
    pictures.back() = picture(kind_.frames - 1);
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

void Recoded::holds_original_frame() {
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

void Recoded::holds_tenth_of_original() {
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

void Recoded::holds_changed_sample() {
    std::vector<Picture> pictures = blackened();
    ASSERT_FALSE(is_masked(kColumns - 1, kRows - 1));
    pictures.back().samples.back() ^= 1;
    plant(pictures);
    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

void Recoded::holds_cut_frame() {
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

void Recoded::holds_two_pieces_and_wrong_table() {
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
TEST_P(Recoded, TheGateHoldsWhatAnEncoderThatLiesWrites) {
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
    cleaned_.report.mask.pop_back();
    plant(blackened());
    EXPECT_EQ(judge_it().reason, "gate: a face is found outside the mask (7FE0,0010)");
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
}  // namespace efface::testing
