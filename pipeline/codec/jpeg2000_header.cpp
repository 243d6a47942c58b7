// See jpeg2000_header.h.
#include "pipeline/codec/jpeg2000_header.h"

#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kStart = 0xFF4F;
constexpr std::uint32_t kSize = 0xFF51;
constexpr std::uint32_t kCodingDefault = 0xFF52;
constexpr std::uint32_t kCodingComponent = 0xFF53;
constexpr std::uint32_t kQuantisationDefault = 0xFF5C;
constexpr std::uint32_t kQuantisationComponent = 0xFF5D;
constexpr std::uint32_t kStartOfTilePart = 0xFF90;
constexpr std::uint32_t kStartOfData = 0xFF93;
constexpr std::uint32_t kEnd = 0xFFD9;
constexpr std::uint64_t kSizeFieldsBytes = 36;
constexpr std::uint64_t kTilePartBytes = 12;  // SOT with its marker.

using Bytes = std::span<const std::byte>;

class HeaderWalk {
public:
    explicit HeaderWalk(Bytes frame) : frame_{frame} {}

    Result<Jpeg2000Header> walk() {
        if (frame_.size() < 4 || u16(frame_, 0) != kStart || u16(frame_, 2) != kSize) {
            return broken();
        }
        at_ = 2;
        EFFACE_CHECK(markers_until(kStartOfTilePart));
        for (std::uint32_t count = 0; count < kTilePartsMax; ++count) {
            if (frame_.size() - at_ < 2) {
                return broken();
            }
            if (u16(frame_, at_) == kEnd) {
                return header_.rows != 0 && transform_ ? Result<Jpeg2000Header>{header_} : broken();
            }
            EFFACE_CHECK(tile_part());
        }
        return broken();
    }

private:
    static std::uint32_t u16(Bytes bytes, std::uint64_t at) {
        return (static_cast<std::uint32_t>(bytes[at]) << 8U) | static_cast<std::uint32_t>(bytes[at + 1]);
    }

    static std::uint64_t u32(Bytes bytes, std::uint64_t at) {
        return (static_cast<std::uint64_t>(u16(bytes, at)) << 16U) | u16(bytes, at + 2);
    }

    static tl::unexpected<Error> broken() {
        return fail(Fault::kQuarantine, "a JPEG 2000 stream cannot be decoded: its headers are broken");
    }

    // Leaves `at_` on the marker `end`.
    Status markers_until(std::uint32_t end) {
        for (std::uint32_t count = 0; count < kMarkersPerHeaderMax && frame_.size() - at_ >= 4; ++count) {
            const std::uint32_t marker = u16(frame_, at_);
            if (marker == end) {
                return {};
            }
            const std::uint64_t length = u16(frame_, at_ + 2);
            if (marker < 0xFF00 || length < 2 || length > frame_.size() - at_ - 2) {
                return broken();
            }
            EFFACE_CHECK(note(marker, frame_.subspan(at_ + 4, length - 2)));
            at_ += 2 + length;
        }
        return broken();
    }

    Status tile_part() {
        const std::uint64_t begin = at_;
        if (frame_.size() - at_ < kTilePartBytes || u16(frame_, at_) != kStartOfTilePart) {
            return broken();
        }
        const std::uint64_t claimed = u32(frame_, at_ + 6);
        at_ += kTilePartBytes;
        EFFACE_CHECK(markers_until(kStartOfData));
        const std::uint64_t header_bytes = at_ + 2 - begin;
        if (claimed == 0) {
            // The last one: to the end marker, behind which nothing but a pad byte may stand.
            const std::uint64_t pad = frame_.back() == std::byte{0} ? 1 : 0;
            if (frame_.size() - begin < header_bytes + 2 + pad) {
                return broken();
            }
            at_ = frame_.size() - 2 - pad;
            return {};
        }
        if (claimed < header_bytes || claimed > frame_.size() - begin) {
            return broken();
        }
        at_ = begin + claimed;
        return {};
    }

    Status note(std::uint32_t marker, Bytes body) {
        const std::uint64_t index_bytes = header_.components < 257 ? 1 : 2;
        switch (marker) {
            case kSize:
                return size(body);
            case kCodingDefault: {
                if (body.size() < 10) {
                    return broken();
                }
                const bool transformed = body[4] != std::byte{0};
                header_.colour_mixed =
                    header_.colour_mixed || transform_.value_or(transformed) != transformed;
                header_.colour_transformed = transformed;
                transform_ = transformed;
                return wavelet(body, 9);
            }
            case kCodingComponent:
                return wavelet(body, index_bytes + 5);
            case kQuantisationDefault:
                return quantisation(body, 0);
            case kQuantisationComponent:
                return quantisation(body, index_bytes);
            default:
                return {};
        }
    }

    Status wavelet(Bytes body, std::uint64_t at) {
        if (body.size() <= at) {
            return broken();
        }
        header_.reversible = header_.reversible && body[at] == std::byte{1};
        return {};
    }

    Status quantisation(Bytes body, std::uint64_t at) {
        if (body.size() <= at) {
            return broken();
        }
        header_.reversible = header_.reversible && (body[at] & std::byte{0x1F}) == std::byte{0};
        return {};
    }

    Status size(Bytes body) {
        if (body.size() < kSizeFieldsBytes || header_.rows != 0) {
            return broken();
        }
        const std::uint64_t right = u32(body, 2);
        const std::uint64_t bottom = u32(body, 6);
        const std::uint64_t left = u32(body, 10);
        const std::uint64_t top = u32(body, 14);
        const std::uint64_t tile_width = u32(body, 18);
        const std::uint64_t tile_height = u32(body, 22);
        const std::uint64_t tile_left = u32(body, 26);
        const std::uint64_t tile_top = u32(body, 30);
        header_.components = u16(body, 34);
        const bool whole = left < right && top < bottom && tile_width != 0 && tile_height != 0 &&
                           tile_left <= left && tile_top <= top && header_.components != 0 &&
                           body.size() == kSizeFieldsBytes + 3 * header_.components;
        if (!whole) {
            return broken();
        }
        header_.columns = right - left;
        header_.rows = bottom - top;
        header_.tiles = ((right - tile_left + tile_width - 1) / tile_width) *
                        ((bottom - tile_top + tile_height - 1) / tile_height);
        note_components(body.subspan(kSizeFieldsBytes));
        return {};
    }

    void note_components(Bytes components) {
        header_.is_signed = (components[0] & std::byte{0x80}) != std::byte{0};
        header_.precision = static_cast<std::uint64_t>(components[0] & std::byte{0x7F}) + 1;
        for (std::size_t i = 0; i < components.size(); i += 3) {
            header_.alike = header_.alike && components[i] == components[0] &&
                            components[i + 1] == std::byte{1} && components[i + 2] == std::byte{1};
        }
    }

    Bytes frame_;
    std::uint64_t at_ = 0;
    std::optional<bool> transform_;
    Jpeg2000Header header_;
};

}  // namespace

Result<Jpeg2000Header> read_jpeg2000_header(std::span<const std::byte> frame) {
    return HeaderWalk{frame}.walk();
}

}  // namespace efface::pipeline
