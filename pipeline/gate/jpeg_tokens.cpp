// The gate's walk of JPEG and JPEG-LS; see frame_tokens.h.
#include "pipeline/gate/byte_cursor.h"
#include "pipeline/gate/frame_tokens.h"

#include <algorithm>
#include <string_view>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kStart = 0xFFD8;
constexpr std::uint32_t kEnd = 0xFFD9;
constexpr std::uint32_t kScan = 0xFFDA;
constexpr std::uint32_t kComment = 0xFFFE;
constexpr std::uint32_t kJfifSegment = 0xFFE0;
constexpr std::uint32_t kAdobeSegment = 0xFFEE;
constexpr std::size_t kAdobeFields = 12;
constexpr std::size_t kJfifFields = 14;
constexpr std::size_t kJfifWithoutThumbnail = 12;

enum class Role : std::uint8_t { kSamples, kCarrier, kUnknown };

bool begins_with(std::span<const std::byte> bytes, std::string_view text) {
    return std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()}.starts_with(text);
}

Role role_of(std::uint32_t marker, bool jpeg_ls) {
    if ((marker >= 0xFFE0 && marker <= 0xFFEF) || marker == kComment) {
        return Role::kCarrier;
    }
    switch (marker) {
        case kScan:
        case 0xFFDB:
        case 0xFFDC:
        case 0xFFDD:
        case 0xFFC4:
            return Role::kSamples;
        case 0xFFF7:
        case 0xFFF8:
            return jpeg_ls ? Role::kSamples : Role::kUnknown;
        case 0xFFC8:
            return Role::kUnknown;
        default:
            break;
    }
    const bool frame_or_table =
        (marker >= 0xFFC0 && marker <= 0xFFCF) || marker == 0xFFDE || marker == 0xFFDF;
    return frame_or_table && !jpeg_ls ? Role::kSamples : Role::kUnknown;
}

std::size_t table_bytes(std::uint32_t marker, std::span<const std::byte> rest) {
    if (marker == 0xFFDB) {
        return rest.empty() ? 0 : (static_cast<std::uint32_t>(rest[0]) >> 4U) == 0 ? 65 : 129;
    }
    std::size_t bytes = 17;
    for (std::size_t i = 1; i < 17 && i < rest.size(); ++i) {
        bytes += static_cast<std::size_t>(rest[i]);
    }
    return bytes;
}

// Quantization and Huffman tables say how long they are; nothing may stand behind the last one.
bool tables_fill(std::uint32_t marker, std::span<const std::byte> fields) {
    while (!fields.empty()) {
        const std::size_t bytes = table_bytes(marker, fields);
        if (bytes > fields.size()) {
            return false;
        }
        fields = fields.subspan(bytes);
    }
    return true;
}

bool fields_fit(std::uint32_t marker, std::span<const std::byte> fields) {
    if (marker == 0xFFDB || marker == 0xFFC4) {
        return tables_fill(marker, fields);
    }
    if (marker == kScan) {
        return !fields.empty() && fields.size() == 4 + 2 * static_cast<std::size_t>(fields[0]);
    }
    const bool frame = (marker >= 0xFFC0 && marker <= 0xFFCF && marker != 0xFFCC) || marker == 0xFFF7;
    return !frame || (fields.size() >= 6 && fields.size() == 6 + 3 * static_cast<std::size_t>(fields[5]));
}

// Entropy-coded bytes up to the next marker that is no restart.
std::size_t scan_bytes(std::span<const std::byte> rest, bool jpeg_ls) {
    std::size_t at = 0;
    while (at < rest.size()) {
        const auto found =
            std::find(rest.begin() + static_cast<std::ptrdiff_t>(at), rest.end(), std::byte{0xFF});
        at = static_cast<std::size_t>(found - rest.begin());
        if (at + 1 >= rest.size()) {
            return rest.size();
        }
        const auto next = static_cast<std::uint32_t>(rest[at + 1]);
        const bool stuffed = jpeg_ls ? next < 0x80 : next == 0x00;
        if (!stuffed && (next < 0xD0 || next > 0xD7)) {
            return at;
        }
        at += 2;
    }
    return at;
}

class JpegTokens {
public:
    JpegTokens(std::span<const std::byte> frame, bool jpeg_ls)
        : frame_bytes_{frame.size()}, cursor_{frame}, jpeg_ls_{jpeg_ls} {}

    Result<FrameTokens> read() {
        if (cursor_.peek_big(2) != kStart) {
            return fail(Fault::kQuarantine, "gate: a JPEG frame has no start");
        }
        (void)cursor_.take(2);
        while (found_.tokens.size() < kFrameTokensMax) {
            while (cursor_.peek_big(2) == 0xFFFFU) {
                (void)cursor_.take(1);
            }
            const std::optional<std::uint32_t> marker = cursor_.peek_big(2);
            if (!marker || *marker < 0xFF01) {
                return fail(Fault::kQuarantine, "gate: a JPEG frame breaks off");
            }
            (void)cursor_.take(2);
            if (*marker == kEnd) {
                const std::span<const std::byte> rest = cursor_.rest();
                const bool pad = rest.size() == 1 && rest[0] == std::byte{0} && (frame_bytes_ & 1U) == 0;
                found_.carriers = found_.carriers || !(rest.empty() || pad);
                return std::move(found_);
            }
            EFFACE_CHECK(segment(*marker));
        }
        return fail(Fault::kQuarantine, "gate: a JPEG frame has more than kFrameTokensMax segments");
    }

private:
    Status segment(std::uint32_t marker) {
        const std::optional<std::uint32_t> length = cursor_.peek_big(2);
        if (!length || *length < 2) {
            return fail(Fault::kQuarantine, "gate: a JPEG segment breaks off");
        }
        const auto bytes = cursor_.take(*length);
        if (!bytes) {
            return fail(Fault::kQuarantine, "gate: a JPEG segment breaks off");
        }
        const std::span<const std::byte> fields = bytes->subspan(2);
        switch (role_of(marker, jpeg_ls_)) {
            case Role::kUnknown:
                return fail(Fault::kQuarantine, "gate: an unknown JPEG marker", Where::number(marker));
            case Role::kCarrier:
                carrier(marker, fields);
                return {};
            case Role::kSamples:
                break;
        }
        if (!fields_fit(marker, fields)) {
            return fail(
                Fault::kQuarantine, "gate: a JPEG segment holds more than its fields", Where::number(marker)
            );
        }
        std::span<const std::byte> samples;
        if (marker == kScan) {
            samples = *cursor_.take(scan_bytes(cursor_.rest(), jpeg_ls_));
        }
        found_.tokens.push_back({.marker = marker, .fields = fields, .samples = samples});
        return {};
    }

    // JFIF and Adobe say how samples become colours, so they count as samples, without a thumbnail and
    // without anything behind their fields.
    void carrier(std::uint32_t marker, std::span<const std::byte> fields) {
        const bool jfif = marker == kJfifSegment && fields.size() >= kJfifFields &&
                          begins_with(fields, std::string_view{"JFIF\0", 5});
        const bool adobe =
            marker == kAdobeSegment && fields.size() >= kAdobeFields && begins_with(fields, "Adobe");
        if (adobe) {
            found_.tokens.push_back({.marker = marker, .fields = fields.first(kAdobeFields)});
            found_.carriers = found_.carriers || fields.size() != kAdobeFields;
            return;
        }
        if (jfif) {
            found_.tokens.push_back({.marker = marker, .fields = fields.first(kJfifWithoutThumbnail)});
            const bool bare =
                fields.size() == kJfifFields && fields[12] == std::byte{0} && fields[13] == std::byte{0};
            found_.carriers = found_.carriers || !bare;
            return;
        }
        found_.carriers = true;
    }

    std::size_t frame_bytes_;
    ByteCursor cursor_;
    bool jpeg_ls_;
    FrameTokens found_;
};

}  // namespace

Result<FrameTokens> tokens_of_jpeg(std::span<const std::byte> frame, bool jpeg_ls) {
    return JpegTokens{frame, jpeg_ls}.read();
}

}  // namespace efface::pipeline
