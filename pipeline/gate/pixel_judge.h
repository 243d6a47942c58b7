// PixelJudge: walks Pixel Data of both files and holds them against each other. They may differ only in
// the carriers: segments that hold no samples, bytes behind the end, retired overlay bits; and the
// written one may hold none of these (design promise P7). PS3.5 8.1.1, 8.2, A.4.
// Thread rule: belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/codec/frame_decoder.h"
#include "pipeline/scan/scanner.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// Pixel Data of one file as the scanner showed it.
struct PixelSource {
    bool present = false;
    bool encapsulated = false;
    rules::Vr vr = rules::Vr::OW;
    bool big_endian = false;
    std::span<const std::byte> native;
    std::span<const std::byte> offset_table;
    std::span<const std::byte> extended_offsets;
    std::span<const std::byte> extended_lengths;
    std::vector<std::span<const std::byte>> fragments;
    std::vector<std::uint64_t> fragment_offsets;  ///< Of their headers, from the first one's.
};

class PixelJudge {
public:
    /// Notes an attribute of the original's top level that shapes its Pixel Data; others are ignored.
    void note(const Event& event);

    /// Notes Float or Double Float Pixel Data of the top level, as both files have it.
    Status note_floats(const Event& original, const Event& written);

    /// Notes one of is_decoding_attribute() of both files, where Pixel Data was decoded between them.
    /// `written` is null where the attribute stands in the original only.
    Status note_decoded(const Event& original, const Event* written);

    PixelSource& original() { return original_; }

    PixelSource& written() { return written_; }

    Status judge(const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax)
        const;
    /// Floats of the written file, if there are any, are as many as its frames have, and nothing else.
    Status judge_floats() const;

    /// All but the comparison of samples, which were blackened in places: length, padding, unused bits; of
    /// frames that stayed compressed their tables, and that they carry nothing but samples.
    Status judge_around_samples(
        const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax
    ) const;

private:
    enum class Compare : std::uint8_t { kAll, kAllButSamples };

    Status judge_native(bool both_name_their_vr, Compare compare) const;
    Status judge_encapsulated(rules::SyntaxFamily family, Compare compare) const;
    Status judge_overlays() const;
    Status judge_decoded_attributes(bool lossy) const;
    Status judge_decoded(
        const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax,
        Compare compare
    ) const;
    Status judge_decoded_frames(const rules::TransferSyntax& syntax, std::uint64_t frame_size) const;
    Result<std::uint64_t> sample_bytes(std::uint64_t frames) const;
    SampleShape shape() const;

    PixelSource original_;
    PixelSource written_;
    std::uint64_t rows_ = 0;
    std::uint64_t columns_ = 0;
    std::uint64_t samples_ = 1;
    std::uint64_t allocated_ = 0;
    std::uint64_t stored_ = 0;
    std::uint64_t high_ = 0;
    bool signed_ = false;
    bool half_chroma_ = false;
    bool frames_unreadable_ = false;
    std::uint64_t frames_ = 1;
    std::vector<std::uint16_t> overlay_bits_;

    /// What decoding may change, as both files have it.
    struct Twin {
        std::span<const std::byte> original;
        std::span<const std::byte> written;
    };

    Twin photometric_;
    Twin planar_;
    std::uint64_t float_bits_ = 0;  ///< 0: no floats.
    Twin floats_;
};

/// Photometric Interpretation, Planar Configuration and the Extended Offset Table: what decoding may
/// change of a top level. Judged with Pixel Data, not by the profile.
bool is_decoding_attribute(rules::Tag tag);

}  // namespace efface::pipeline
