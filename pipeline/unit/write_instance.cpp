#include "pipeline/unit/write_instance.h"

#include "pipeline/dicom/file_meta.h"

#include <cstring>
#include <vector>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr Tag kExtendedOffsetTable{0x7FE0, 0x0001};
constexpr Tag kExtendedOffsetTableLengths{0x7FE0, 0x0002};

/// Samples that change are copied through a buffer of this size; a multiple of every sample size.
constexpr std::size_t kStretchBytes = 256U * 1024U;

Status put_offsets(Item root, Tag tag, const std::vector<std::uint64_t>& offsets) {
    if (offsets.empty()) {
        return {};
    }
    std::string bytes(offsets.size() * sizeof(std::uint64_t), '\0');
    std::memcpy(bytes.data(), offsets.data(), bytes.size());
    return root.put(tag, Vr::OV, bytes);
}

Status append_cleared(std::span<const std::byte> samples, const ClearBits& clear, OutputFile& output) {
    std::vector<std::byte> buffer;
    while (!samples.empty()) {
        const auto stretch = samples.first(std::min(samples.size(), kStretchBytes));
        buffer.assign(stretch.begin(), stretch.end());
        clear_unused_bits(buffer, clear);
        EFFACE_CHECK(output.append(std::span<const std::byte>{buffer}));
        samples = samples.subspan(stretch.size());
    }
    return {};
}

Status append_pixels(const Original& original, OutputFile& output) {
    const PixelDataPlan& plan = original.pixels;
    if (!plan.present) {
        return {};
    }
    if (plan.identical) {
        return output.append(original.data_set_bytes.subspan(plan.begin, plan.end - plan.begin));
    }
    for (const Piece& piece : plan.pieces) {
        const std::span<const std::byte> source =
            piece.patched ? std::span<const std::byte>{plan.patch} : original.data_set_bytes;
        const auto bytes = source.subspan(piece.offset, piece.length);
        if (plan.clear_bits && !piece.patched) {
            EFFACE_CHECK(append_cleared(bytes, *plan.clear_bits, output));
        } else {
            EFFACE_CHECK(output.append(bytes));
        }
    }
    return {};
}

}  // namespace

Result<std::string> write_instance(
    Original& original, std::string_view sop_instance_uid, std::string_view transcode_to, OutputFile& output
) {
    if (!transcode_to.empty() && transcode_to != original.syntax->uid) {
        return fail(Fault::kQuarantine, "this version cannot transcode to the syntax that the peer accepts");
    }
    const rules::TransferSyntax& syntax = *original.syntax;
    EFFACE_CHECK(put_offsets(original.data_set.root(), kExtendedOffsetTable, original.pixels.extended_offsets)
    );
    EFFACE_CHECK(
        put_offsets(original.data_set.root(), kExtendedOffsetTableLengths, original.pixels.extended_lengths)
    );
    EFFACE_TRY(const DataSet behind, original.data_set.split_behind(kPixelData));
    EFFACE_TRY(const std::string head, original.data_set.serialise(syntax));
    EFFACE_TRY(const std::string tail, behind.serialise(syntax));

    EFFACE_CHECK(
        output.append(encode_file_meta({original.sop_class_uid, sop_instance_uid, syntax.uid}) + head)
    );
    EFFACE_CHECK(append_pixels(original, output));
    EFFACE_CHECK(output.append(tail));
    return std::string{syntax.uid};
}

}  // namespace efface::pipeline
