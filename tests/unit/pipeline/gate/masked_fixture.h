// Masked: small images of every kind that is searched, cleaned by the real cleaner with finders that see
// pixels of one value.
#pragma once

#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

namespace efface::testing::masked {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

inline constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
inline constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
inline constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
inline constexpr std::size_t kSide = 64;
inline constexpr std::uint8_t kTextValue = 200;
inline constexpr std::uint8_t kFaceValue = 250;
inline constexpr Box kText{10, 12, 30, 18};
inline constexpr Box kFace{40, 40, 52, 52};

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
inline std::string rle_frame(std::string_view frame, const Kind& kind) {
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
    rules::RuleSet rules_ = rules_of(kRemoveFoundRules);
    std::string original_;
    std::string before_;
    std::size_t sample_bytes_ = 0;
    bool native_ = false;  ///< A peer refuses the syntax of the original.
    Cleaned cleaned_;
};

}  // namespace efface::testing::masked
