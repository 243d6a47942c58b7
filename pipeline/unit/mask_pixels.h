// The pixel part of a `remove-found` rule: finds text and faces, and writes Pixel Data with them blackened.
// Samples outside the mask stay as they are (promise P7); without a mask nothing is touched.
// Thread rule: see DataSet; the finders belong to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/edited_jpeg.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "rules/profile/identity_possible.h"

namespace efface::pipeline {

struct MaskedPixels {
    Samples samples;  ///< Padded to even length; blackened as they are written.
    Mask mask;
    /// Where they stay compressed: the frames as they are written; else empty.
    std::vector<CompressedFrame> frames{};
    /// What was covered before it came here.
    OcclusionCounts occlusions{};
    std::vector<StageReport> stages{};
    std::size_t markers = 0;    ///< That were read and stay.
    std::vector<Hole> holes{};  ///< Of the mask, that are to be filled.
    bool is_blackened = false;  ///< The samples are as they will be written.
    /// `frames` are as they will be written, filled; else make_frames() makes them.
    bool has_frames = false;
};

/// Fault::kQuarantine: samples that are not searched, or something that cannot be taken away.
Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders, MaskPlan plan
);

/// Blackens the samples, unless that was done before.
void blacken_once(MaskedPixels& masked);

/// The transfer syntax that blackened Pixel Data of `original` is written in; empty: none.
Result<std::string_view> syntax_of_masked(const Original& original);

/// Before the data set is written: makes the frames, where they stay compressed in `target`, and says what
/// the offset tables of `original` have to say then; puts floats into the data set. Else nothing.
/// Fault::kQuarantine: frames that cannot be made, or more than `bytes_max` of them.
Status make_frames(
    Original& original, MaskedPixels& masked, std::string_view target, std::uint64_t bytes_max
);

/// Writes the Pixel Data element with the mask applied, as `target` has it: native, little endian, or
/// compressed as make_frames() made it.
Status append_masked_pixels(
    const Original& original, MaskedPixels& masked, const rules::TransferSyntax& target, OutputFile& output
);

}  // namespace efface::pipeline
