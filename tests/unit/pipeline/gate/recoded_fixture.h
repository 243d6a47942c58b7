// Recoded: synthetic instances of every lossless compressed syntax, cleaned by the real cleaner with finders
// that see bright pixels, and the means to plant other frames in what was written.
#pragma once

#include "pipeline/codec/frame_encoder.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/samples.h"
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

namespace efface::testing::recoded {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

inline constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.4";
inline constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
inline constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.57";
inline constexpr std::string_view kJpegFirstOrder = "1.2.840.10008.1.2.4.70";
inline constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
inline constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
inline constexpr std::size_t kColumns = 107;
inline constexpr std::size_t kRows = 75;
inline constexpr Box kText{10, 12, 30, 18};
inline constexpr Box kFace{60, 40, 72, 52};

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

inline std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// In literal runs: not the encoder that is tested.
inline Bytes literal_rle(const Bytes& words, const pipeline::SampleShape& shape) {
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
inline Bytes without_comment(Bytes stream) {
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
                const bool has_text = !text_frame_ || *text_frame_ == frame;
                const bool bright = identity_ && ((has_text && within(kText, x, y)) || within(kFace, x, y));
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

    bool is_masked(std::size_t x, std::size_t y, std::size_t frame = 0) const {
        return std::ranges::any_of(cleaned_.report.mask.of_frame(frame).boxes, [&](const Box& box) {
            return within(box, x, y);
        });
    }

    std::int32_t black_of(std::size_t channel) const {
        return channel > 0 && kind_.photometric == "YBR_FULL" ? 1 << (kind_.stored - 1) : black();
    }

    /// What every frame has to show.
    std::vector<Picture> blackened() const {
        std::vector<Picture> all;
        for (std::size_t frame = 0; frame < kind_.frames; ++frame) {
            all.push_back(picture(frame));
            for (std::size_t i = 0; i < all.back().samples.size(); ++i) {
                const std::size_t pixel = i / kind_.samples;
                if (is_masked(pixel % kColumns, pixel / kColumns, frame)) {
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

    Kind kind_ = GetParam();
    bool identity_ = true;
    std::optional<std::size_t> text_frame_{};  ///< The only one that shows text.
    std::string transcode_to_;
    HalfDetector text_{false};
    HalfDetector face_{true};
    pipeline::Finders finders_{&text_, &face_};
    rules::RuleSet rules_ = rules_of(kRemoveFoundRules);
    std::vector<Bytes> frames_;
    std::string original_;
    Cleaned cleaned_;
};

}  // namespace efface::testing::recoded
