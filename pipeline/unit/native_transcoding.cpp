#include "pipeline/unit/native_transcoding.h"

#include "pipeline/unit/pixel_stretches.h"

#include <limits>

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kBitsAllocated{0x0028, 0x0100};
constexpr std::uint64_t kShortHeaderBytes = 8;  // Implicit VR: tag and length.
constexpr std::uint64_t kLongHeaderBytes = 12;  // Explicit VR OB and OW: tag, VR, two zero bytes, length.
constexpr std::uint16_t kBitsOfOneWord = 16;

void put_u16(std::string& out, std::uint64_t value) {
    out.push_back(static_cast<char>(value & 0xFFU));
    out.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}

// Whether bytes change places: 16-bit words of a big endian original do, bytes do not.
Result<bool> swaps_words(const Original& original, std::string_view vr) {
    if (!original.syntax->big_endian) {
        return false;
    }
    EFFACE_TRY(const std::uint16_t allocated, original.bits_allocated());
    if (allocated > kBitsOfOneWord || (vr == "OB" && allocated > 8)) {
        return fail(
            Fault::kQuarantine, "big endian samples of this size are not transcoded",
            Where::tag(kBitsAllocated.value)
        );
    }
    return vr == "OW";
}

}  // namespace

// Implicit VR is always OW (PS3.5 A.1). An explicit one keeps what the original says.
Result<std::string_view> native_vr(const Original& original) {
    if (!original.syntax->explicit_vr) {
        return std::string_view{"OW"};
    }
    const auto letters = original.data_set_bytes.subspan(original.pixels.begin + 4, 2);
    const std::string_view vr{reinterpret_cast<const char*>(letters.data()), letters.size()};
    if (vr != "OB" && vr != "OW") {
        return fail(
            Fault::kQuarantine, "Pixel Data is neither OB nor OW: not transcoded", Where::tag(0x7FE00010)
        );
    }
    return vr == "OB" ? std::string_view{"OB"} : std::string_view{"OW"};
}

std::string pixel_element_header(
    const rules::TransferSyntax& target, std::string_view vr, std::uint64_t length
) {
    std::string header;
    put_u16(header, 0x7FE0);
    put_u16(header, 0x0010);
    if (target.explicit_vr) {
        header += vr;
        put_u16(header, 0);
    }
    put_u16(header, length & 0xFFFFU);
    put_u16(header, length >> 16U);
    return header;
}

Status append_transcoded_pixels(
    const Original& original, const rules::TransferSyntax& target, OutputFile& output
) {
    if (!original.pixels.present) {
        return {};
    }
    const std::uint64_t header_bytes = original.syntax->explicit_vr ? kLongHeaderBytes : kShortHeaderBytes;
    const std::uint64_t length = pixel_element_bytes(original) - header_bytes;
    if (length % 2 != 0 || length >= std::numeric_limits<std::uint32_t>::max()) {
        return fail(
            Fault::kQuarantine, "Pixel Data has no length that can be written", Where::tag(0x7FE00010)
        );
    }
    EFFACE_TRY(const std::string_view vr, native_vr(original));
    EFFACE_TRY(const bool swap, swaps_words(original, vr));
    EFFACE_CHECK(output.append(pixel_element_header(target, vr, length)));
    return for_each_stretch(original, header_bytes, [&](std::span<std::byte> samples) {
        if (swap) {
            for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
                std::swap(samples[i], samples[i + 1]);
            }
        }
        return output.append(std::span<const std::byte>{samples});
    });
}

}  // namespace efface::pipeline
