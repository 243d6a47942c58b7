#include "pipeline/unit/mask_pixels.h"

#include "pipeline/unit/native_transcoding.h"
#include "pipeline/unit/pixel_stretches.h"

#include <limits>

namespace efface::pipeline {

namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kImageType{0x0008, 0x0008};
constexpr Tag kSmallestImagePixelValue{0x0028, 0x0106};
constexpr Tag kLargestImagePixelValue{0x0028, 0x0107};
constexpr std::string_view kDerived = "DERIVED";

/// The samples of all frames as they are written without a mask: retired overlay bits cleared, the pad byte
/// at the end.
Result<std::vector<std::byte>> samples_of(const Original& original, const NativeImage& image) {
    const std::uint64_t header_bytes = image.offset() - original.pixels.begin;
    const std::uint64_t padded = image.bytes() + (image.bytes() & 1U);
    std::vector<std::byte> samples;
    samples.reserve(padded);
    EFFACE_CHECK(for_each_stretch(original, header_bytes, [&](std::span<std::byte> bytes) -> Status {
        samples.insert(samples.end(), bytes.begin(), bytes.end());
        return {};
    }));
    if (samples.size() != padded) {
        return fail(
            Fault::kQuarantine, "Pixel Data has not the length of its samples", Where::tag(0x7FE00010)
        );
    }
    return samples;
}

}  // namespace

Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders
) {
    EFFACE_TRY(NativeImage image, NativeImage::read(original.data_set_bytes, *original.syntax));
    EFFACE_TRY(const std::vector<std::byte> samples, samples_of(original, image));
    EFFACE_TRY(Mask mask, mask_identity(samples, image, identity, finders));
    return MaskedPixels{std::move(image), std::move(mask)};
}

Status mark_masked(Item root) {
    root.remove(kSmallestImagePixelValue);
    root.remove(kLargestImagePixelValue);
    EFFACE_TRY(const std::string type, root.text(kImageType));
    if (type.empty()) {
        return {};
    }
    const std::size_t first = type.find('\\');
    const std::string rest = first == std::string::npos ? std::string{} : type.substr(first);
    return root.put(kImageType, Vr::CS, std::string{kDerived} + rest);
}

Status append_masked_pixels(
    const Original& original, const MaskedPixels& masked, const rules::TransferSyntax& target,
    OutputFile& output
) {
    EFFACE_TRY(std::vector<std::byte> samples, samples_of(original, masked.image));
    if (samples.size() >= std::numeric_limits<std::uint32_t>::max()) {
        return fail(
            Fault::kQuarantine, "Pixel Data has no length that can be written", Where::tag(0x7FE00010)
        );
    }
    EFFACE_TRY(const std::string_view vr, native_vr(original));
    blacken(std::span{samples}.first(masked.image.bytes()), masked.image, masked.mask);
    EFFACE_CHECK(output.append(pixel_element_header(target, vr, samples.size())));
    return output.append(std::span<const std::byte>{samples});
}

}  // namespace efface::pipeline
