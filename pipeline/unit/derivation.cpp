#include "pipeline/unit/derivation.h"

#include "pipeline/codec/searched_frame.h"
#include "pipeline/codec/syntax_table.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/samples.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kSmallestImagePixelValue{0x0028, 0x0106};
constexpr Tag kLargestImagePixelValue{0x0028, 0x0107};

/// Value 1 of an Image Type or Frame Type that has one.
Status mark_type(Item& item, Tag tag) {
    EFFACE_TRY(const std::string type, item.text(tag));
    if (type.empty()) {
        return {};
    }
    const std::size_t first = type.find('\\');
    const std::string rest = first == std::string::npos ? std::string{} : type.substr(first);
    return item.put(tag, Vr::CS, std::string{kDerived} + rest);
}

/// Frame Type stands in the frame type macro of each SOP class: one sequence below the groups.
Status mark_frame_types(Item& root, Tag groups) {
    const std::optional<Element> sequence = root.find(groups);
    if (!sequence || !sequence->is_sequence()) {
        return {};
    }
    for (const Item& group : sequence->items()) {
        for (const Element& macro : group.elements()) {
            if (!macro.is_sequence()) {
                continue;
            }
            for (Item& item : macro.items()) {
                EFFACE_CHECK(mark_type(item, kFrameType));
            }
        }
    }
    return {};
}

Status append_derivation(Item& root) {
    EFFACE_CHECK(root.put(kDerivationDescription, Vr::ST, kDerivationText));
    EFFACE_TRY(Item code, root.append_item(kDerivationCodes));
    EFFACE_CHECK(code.put(Tag{0x0008, 0x0100}, Vr::SH, kDerivationCode.value));
    EFFACE_CHECK(code.put(Tag{0x0008, 0x0102}, Vr::SH, rules::kDcmScheme));
    return code.put(Tag{0x0008, 0x0104}, Vr::LO, kDerivationCode.meaning);
}

/// What is left of the original's compression once its frames are native.
struct Loss {
    bool any = false;
    std::uint64_t compressed_bytes = 0;
    std::uint64_t native_bytes = 0;
};

Result<Loss> loss_of(const Original& original) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    Loss loss;
    const bool decoded = masked_output(*original.syntax, sample_shape(scan.shape)) == MaskedOutput::kExplicit;
    if (!decoded || !original.syntax->lossy_possible) {
        return loss;
    }
    EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan, original.syntax->family));
    EFFACE_TRY(const std::uint64_t frame_bytes, sample_shape(scan.shape).frame_bytes());
    std::vector<std::byte> gathered;
    for (const FrameRange& range : ranges) {
        const std::span<const std::byte> frame = frame_of(scan.element, range, gathered);
        loss.any = loss.any || !proves_lossless(*original.syntax, frame, sample_shape(scan.shape));
        loss.compressed_bytes += frame.size();
        loss.native_bytes += frame_bytes;
    }
    return loss;
}

std::string ratio_text(const Loss& loss) {
    const std::uint64_t hundredths =
        loss.native_bytes * 100 / std::max<std::uint64_t>(loss.compressed_bytes, 1);
    const std::string rest = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (rest.size() < 2 ? ".0" : ".") + rest;
}

Status mark_loss(Item& root, const Original& original) {
    EFFACE_TRY(const Loss loss, loss_of(original));
    if (!loss.any) {
        return {};
    }
    EFFACE_CHECK(root.put(kLossyImageCompression, Vr::CS, kLossy));
    EFFACE_TRY(const std::string ratio, root.text(kLossyImageCompressionRatio));
    EFFACE_TRY(const std::string method, root.text(kLossyImageCompressionMethod));
    if (ratio.empty()) {
        EFFACE_CHECK(root.put(kLossyImageCompressionRatio, Vr::DS, ratio_text(loss)));
    }
    // Several ratios are several compressions, of which this is the last: which the others were, nobody says.
    if (method.empty() && std::ranges::count(ratio, '\\') == 0) {
        EFFACE_CHECK(root.put(kLossyImageCompressionMethod, Vr::CS, lossy_method(*original.syntax)));
    }
    return {};
}

}  // namespace

Status mark_masked(Original& original) {
    Item root = original.data_set.root();
    root.remove(kSmallestImagePixelValue);
    root.remove(kLargestImagePixelValue);
    EFFACE_CHECK(mark_type(root, kImageType));
    EFFACE_CHECK(mark_frame_types(root, kSharedFunctionalGroups));
    EFFACE_CHECK(mark_frame_types(root, kPerFrameFunctionalGroups));
    EFFACE_CHECK(append_derivation(root));
    return mark_loss(root, original);
}

}  // namespace efface::pipeline
