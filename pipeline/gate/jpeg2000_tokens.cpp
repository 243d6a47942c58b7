// The gate's walk of JPEG 2000 and HTJ2K; see frame_tokens.h.
#include "pipeline/gate/byte_cursor.h"
#include "pipeline/gate/frame_tokens.h"

#include <algorithm>
#include <array>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kStart = 0xFF4F;
constexpr std::uint32_t kSize = 0xFF51;
constexpr std::uint32_t kComment = 0xFF64;
constexpr std::uint32_t kTilePart = 0xFF90;
constexpr std::uint32_t kData = 0xFF93;
constexpr std::uint32_t kEnd = 0xFFD9;

/// Marker segments that decoding needs or that point into the stream; ISO/IEC 15444-1 Table A.2, 15444-15.
constexpr std::array<std::uint32_t, 16> kSegments{0xFF50, 0xFF51, 0xFF52, 0xFF53, 0xFF55, 0xFF56,
                                                  0xFF57, 0xFF58, 0xFF59, 0xFF5C, 0xFF5D, 0xFF5E,
                                                  0xFF5F, 0xFF60, 0xFF61, 0xFF63};

class Jpeg2000Tokens {
public:
    explicit Jpeg2000Tokens(std::span<const std::byte> frame) : frame_bytes_{frame.size()}, cursor_{frame} {}

    Result<FrameTokens> read() {
        if (cursor_.peek_big(2) != kStart || cursor_.peek_big(2, 2) != kSize) {
            return fail(Fault::kQuarantine, "gate: a JPEG 2000 frame has no start");
        }
        (void)cursor_.take(2);
        EFFACE_CHECK(header(kTilePart));
        while (cursor_.peek_big(2) == kTilePart) {
            if (found_.tokens.size() >= kFrameTokensMax) {
                return fail(
                    Fault::kQuarantine, "gate: a JPEG 2000 frame has more than kFrameTokensMax segments"
                );
            }
            EFFACE_CHECK(tile_part());
        }
        if (cursor_.peek_big(2) != kEnd) {
            return fail(Fault::kQuarantine, "gate: a JPEG 2000 frame breaks off");
        }
        (void)cursor_.take(2);
        const std::span<const std::byte> rest = cursor_.rest();
        const bool pad = rest.size() == 1 && rest[0] == std::byte{0} && (frame_bytes_ & 1U) == 0;
        found_.carriers = found_.carriers || !(rest.empty() || pad);
        return std::move(found_);
    }

private:
    // Up to the marker `last`; the bytes of comments on the way.
    Result<std::uint64_t> header(std::uint32_t last) {
        std::uint64_t comment_bytes = 0;
        while (true) {
            const std::optional<std::uint32_t> marker = cursor_.peek_big(2);
            if (marker && *marker == last) {
                return comment_bytes;
            }
            const std::optional<std::uint32_t> length = cursor_.peek_big(2, 2);
            if (!marker || !length || *length < 2 || found_.tokens.size() >= kFrameTokensMax) {
                return fail(Fault::kQuarantine, "gate: a JPEG 2000 header breaks off");
            }
            const auto segment = cursor_.take(2 + std::uint64_t{*length});
            if (!segment) {
                return fail(Fault::kQuarantine, "gate: a JPEG 2000 header breaks off");
            }
            if (*marker == kComment) {
                comment_bytes += segment->size();
                found_.carriers = true;
                continue;
            }
            if (std::find(kSegments.begin(), kSegments.end(), *marker) == kSegments.end()) {
                return fail(Fault::kQuarantine, "gate: an unknown JPEG 2000 marker", Where::number(*marker));
            }
            found_.tokens.push_back({.marker = *marker, .fields = segment->subspan(4)});
        }
    }

    Status tile_part() {
        const std::span<const std::byte> whole = cursor_.rest();
        const std::optional<std::uint32_t> length = cursor_.peek_big(4, 6);
        const auto start = cursor_.take(12);
        if (!start || !length || ((*start)[2] != std::byte{0}) || (*start)[3] != std::byte{10}) {
            return fail(Fault::kQuarantine, "gate: a JPEG 2000 tile-part breaks off");
        }
        const std::size_t at = found_.tokens.size();
        found_.tokens.push_back({.marker = kTilePart, .fields = start->subspan(4, 2)});
        found_.tokens.push_back({.marker = kTilePart, .fields = start->subspan(10, 2)});
        EFFACE_TRY(const std::uint64_t comment_bytes, header(kData));
        found_.tokens[at].number = *length == 0 ? 0 : *length - comment_bytes;
        const std::size_t header_bytes = whole.size() - cursor_.rest().size();
        std::uint64_t data_bytes = 0;
        if (*length == 0) {
            data_bytes = bytes_to_end(cursor_.rest());
        } else if (*length >= header_bytes + 2) {
            data_bytes = *length - header_bytes;
        }
        const auto data = cursor_.take(data_bytes);
        if (!data || data_bytes < 2) {
            return fail(Fault::kQuarantine, "gate: a JPEG 2000 tile-part breaks off");
        }
        found_.tokens.push_back({.marker = kData, .samples = *data});
        return {};
    }

    // To the first end marker: packet data holds no FF above FF8F (15444-1 B.10.1, C.2).
    static std::size_t bytes_to_end(std::span<const std::byte> rest) {
        constexpr std::array kEndBytes{std::byte{0xFF}, std::byte{0xD9}};
        const auto found = std::search(rest.begin(), rest.end(), kEndBytes.begin(), kEndBytes.end());
        return static_cast<std::size_t>(found - rest.begin());
    }

    std::size_t frame_bytes_;
    ByteCursor cursor_;
    FrameTokens found_;
};

}  // namespace

Result<FrameTokens> tokens_of_jpeg2000(std::span<const std::byte> frame) {
    return Jpeg2000Tokens{frame}.read();
}

}  // namespace efface::pipeline
