#include "pipeline/unit/write_instance.h"

#include "pipeline/dicom/file_meta.h"
#include "pipeline/unit/pixel_stretches.h"
#include "pipeline/unit/transcoding.h"

#include <cstring>
#include <vector>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr Tag kExtendedOffsetTable{0x7FE0, 0x0001};
constexpr Tag kExtendedOffsetTableLengths{0x7FE0, 0x0002};

Status put_offsets(Item root, Tag tag, const std::vector<std::uint64_t>& offsets) {
    if (offsets.empty()) {
        return {};
    }
    std::string bytes(offsets.size() * sizeof(std::uint64_t), '\0');
    std::memcpy(bytes.data(), offsets.data(), bytes.size());
    return root.put(tag, Vr::OV, bytes);
}

}  // namespace

Result<std::string> write_instance(
    Original& original, std::string_view sop_instance_uid, std::string_view transcode_to,
    MaskedPixels* masked, OutputFile& output
) {
    const rules::TransferSyntax* syntax = original.syntax;
    std::string_view target = transcode_to;
    if (masked != nullptr && target.empty()) {
        EFFACE_TRY(target, syntax_of_masked(original));
    }
    const bool transcode = !target.empty() && target != syntax->uid;
    if (masked != nullptr) {
        EFFACE_CHECK(make_frames(original, *masked, target, output.bytes_left()));
    }
    EFFACE_CHECK(put_offsets(original.data_set.root(), kExtendedOffsetTable, original.pixels.extended_offsets)
    );
    EFFACE_CHECK(
        put_offsets(original.data_set.root(), kExtendedOffsetTableLengths, original.pixels.extended_lengths)
    );
    if (transcode) {
        // Blackened samples have lost the syntax that they came in, a lossy one too.
        EFFACE_TRY(syntax, masked != nullptr ? native_target(target) : transcoding_target(original, target));
        EFFACE_CHECK(transcode_header(original));
    }
    EFFACE_TRY(const DataSet behind, original.data_set.split_behind(kPixelData));
    EFFACE_TRY(const std::string head, original.data_set.serialise(*syntax));
    EFFACE_TRY(const std::string tail, behind.serialise(*syntax));

    EFFACE_CHECK(
        output.append(encode_file_meta({original.sop_class_uid, sop_instance_uid, syntax->uid}) + head)
    );
    if (masked != nullptr) {
        EFFACE_CHECK(append_masked_pixels(original, *masked, *syntax, output));
    } else {
        EFFACE_CHECK(
            transcode ? append_transcoded(original, *syntax, output) : append_pixels(original, output)
        );
    }
    EFFACE_CHECK(output.append(tail));
    return std::string{syntax->uid};
}

}  // namespace efface::pipeline
