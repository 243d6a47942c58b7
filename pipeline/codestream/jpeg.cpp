// Walks JPEG (ISO/IEC 10918-1 annex B) and JPEG-LS (ISO/IEC 14495-1 annex C) marker segments.
// The two share everything but the stuffing inside a scan and two markers.
#include "pipeline/codestream/codestream.h"
#include "pipeline/codestream/piece_builder.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kSoi = 0xD8;
constexpr std::uint32_t kEoi = 0xD9;
constexpr std::uint32_t kSos = 0xDA;
constexpr std::uint32_t kApp0 = 0xE0;
constexpr std::uint32_t kApp8 = 0xE8;
constexpr std::uint32_t kApp14 = 0xEE;
constexpr std::uint32_t kApp15 = 0xEF;
constexpr std::uint32_t kComment = 0xFE;
constexpr std::uint32_t kSof55 = 0xF7;
constexpr std::uint32_t kLse = 0xF8;
constexpr std::uint64_t kJfifBytes = 16;   // Length field and fields without a thumbnail.
constexpr std::uint64_t kAdobeBytes = 14;  // Length field and fields.

bool starts_with(std::span<const std::byte> bytes, std::string_view text) {
    const std::string_view view{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    return view.starts_with(text);
}

// HP's extension of JPEG-LS: without this segment the same samples would decode to other colours.
bool is_colour_transformation(std::span<const std::byte> body) {
    constexpr std::size_t kTransformation = 4;
    return starts_with(body, "mrfx") && body.size() > kTransformation &&
           body[kTransformation] != std::byte{0};
}

bool is_start_of_frame(std::uint32_t marker, bool jpeg_ls) {
    if (jpeg_ls) {
        return marker == kSof55;
    }
    // C4 is DHT, C8 is reserved, CC is DAC.
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// DHT, DAC, DQT, DNL, DRI, DHP, EXP; LSE in JPEG-LS.
bool is_table(std::uint32_t marker, bool jpeg_ls) {
    return marker == 0xC4 || marker == 0xCC || (marker >= 0xDB && marker <= 0xDF) ||
           (jpeg_ls && marker == kLse);
}

// The tables of a DQT fill their segment exactly: nothing else can stand behind them.
bool quantization_fills(std::span<const std::byte> body) {
    std::size_t at = 0;
    while (at < body.size()) {
        const auto precision = static_cast<std::uint32_t>(body[at]) >> 4U;
        if (precision > 1) {
            return false;
        }
        at += 1 + (precision == 0 ? 64U : 128U);
    }
    return at == body.size();
}

bool huffman_fills(std::span<const std::byte> body) {
    std::size_t at = 0;
    while (at < body.size()) {
        if (body.size() - at < 17) {
            return false;
        }
        std::size_t symbols = 0;
        for (std::size_t i = 1; i <= 16; ++i) {
            symbols += static_cast<std::size_t>(body[at + i]);
        }
        at += 17 + symbols;
    }
    return at == body.size();
}

// A segment whose content is longer than its own fields could carry anything behind them.
bool fills_its_segment(std::uint32_t marker, std::span<const std::byte> body, bool jpeg_ls) {
    if (marker == 0xDB) {
        return quantization_fills(body);
    }
    if (marker == 0xC4) {
        return huffman_fills(body);
    }
    if (marker == 0xCC) {
        return (body.size() & 1U) == 0 && body.size() <= 64;
    }
    if (marker == 0xDC) {
        return body.size() == 2;
    }
    if (marker == 0xDD) {
        return body.size() == 2 || (jpeg_ls && body.size() <= 4);
    }
    if (marker == 0xDF) {
        return body.size() == 1;
    }
    if (marker == kSos) {
        return !body.empty() && body.size() == 4 + 2 * static_cast<std::size_t>(body[0]);
    }
    if (is_start_of_frame(marker, jpeg_ls) || marker == 0xDE) {
        return body.size() >= 6 && body.size() == 6 + 3 * static_cast<std::size_t>(body[5]);
    }
    return true;  // LSE: mapping tables of any length up to 64 KB are sample values.
}

class JpegWalk {
public:
    JpegWalk(std::span<const std::byte> frame, bool jpeg_ls) : frame_{frame}, jpeg_ls_{jpeg_ls} {}

    Result<Cut> walk() {
        if (frame_.size() < 4 || big_u16(frame_, 0) != 0xFF00 + kSoi) {
            return fail(Fault::kQuarantine, "a JPEG frame does not begin with SOI");
        }
        pieces_.keep(0, 2);
        at_ = 2;
        for (std::uint32_t count = 0; count < kCodestreamSegmentsMax; ++count) {
            EFFACE_TRY(const bool ended, segment());
            if (ended) {
                return std::move(pieces_).finish(frame_.size());
            }
        }
        return fail(Fault::kQuarantine, "a JPEG frame has more than kCodestreamSegmentsMax segments");
    }

private:
    Result<bool> segment() {
        const std::uint64_t begin = at_;
        while (at_ + 1 < frame_.size() && frame_[at_] == std::byte{0xFF} && frame_[at_ + 1] == std::byte{0xFF}
        ) {
            ++at_;  // Fill bytes before a marker.
        }
        if (frame_.size() - at_ < 2 || frame_[at_] != std::byte{0xFF}) {
            return fail(Fault::kQuarantine, "a JPEG marker is missing: the frame cannot be walked");
        }
        const std::uint32_t marker = static_cast<std::uint32_t>(frame_[at_ + 1]);
        at_ += 2;
        if (marker == kEoi) {
            return end_of_image(begin);
        }
        if (frame_.size() - at_ < 2) {
            return fail(Fault::kQuarantine, "a JPEG segment is cut");
        }
        const std::uint64_t length = big_u16(frame_, at_);
        if (length < 2 || length > frame_.size() - at_) {
            return fail(Fault::kQuarantine, "a JPEG segment ends behind the frame");
        }
        const std::span<const std::byte> body = frame_.subspan(at_ + 2, length - 2);
        at_ += length;
        if (jpeg_ls_ && marker == kApp8 && is_colour_transformation(body)) {
            return fail(
                Fault::kQuarantine, "a JPEG-LS frame has a colour transformation that is not DICOM's"
            );
        }
        if ((marker >= kApp0 && marker <= kApp15) || marker == kComment) {
            keep_or_cut(begin, marker, body);
            return false;
        }
        const bool known =
            marker == kSos || is_start_of_frame(marker, jpeg_ls_) || is_table(marker, jpeg_ls_);
        if (!known) {
            return fail(Fault::kQuarantine, "an unknown JPEG marker", Where::number(marker));
        }
        if (!fills_its_segment(marker, body, jpeg_ls_)) {
            return fail(
                Fault::kQuarantine, "a JPEG segment is longer than its fields", Where::number(marker)
            );
        }
        if (marker == kSos) {
            skip_scan();
        }
        pieces_.keep(begin, at_);
        return false;
    }

    // JFIF and Adobe APP14 say how components become colours; everything else names software,
    // devices, dates and people. A JFIF thumbnail is a picture of the patient: the segment is
    // rewritten without it.
    void keep_or_cut(std::uint64_t begin, std::uint32_t marker, std::span<const std::byte> body) {
        const std::uint64_t length = body.size() + 2;
        const std::uint64_t segment_begin = at_ - length - 2;
        const bool jfif =
            marker == kApp0 && starts_with(body, std::string_view{"JFIF\0", 5}) && length >= kJfifBytes;
        const bool adobe = marker == kApp14 && starts_with(body, "Adobe") && length >= kAdobeBytes;
        if (adobe && length == kAdobeBytes) {
            pieces_.keep(begin, at_);
            return;
        }
        if (jfif && length == kJfifBytes && body[12] == std::byte{0} && body[13] == std::byte{0}) {
            pieces_.keep(begin, at_);
            return;
        }
        ++pieces_.cut().segments_cut;
        if (jfif || adobe) {
            const std::uint64_t kept = jfif ? kJfifBytes : kAdobeBytes;
            std::array<std::byte, kJfifBytes + 2> bytes{};
            std::copy_n(frame_.begin() + static_cast<std::ptrdiff_t>(segment_begin), kept + 2, bytes.begin());
            bytes[2] = std::byte{0};
            bytes[3] = static_cast<std::byte>(kept);
            if (jfif) {
                bytes[16] = std::byte{0};
                bytes[17] = std::byte{0};
            }
            pieces_.patch(std::span{bytes}.first(kept + 2));
        }
    }

    // Moves to the marker that ends the scan. In JPEG, FF 00 is data and RSTn belongs to the scan; in
    // JPEG-LS the bit after FF is stuffed, so that a marker is FF and a byte of 80 or more.
    void skip_scan() {
        while (at_ + 1 < frame_.size()) {
            const auto* const begin = frame_.data() + at_;
            const void* found = std::memchr(begin, 0xFF, frame_.size() - at_ - 1);
            if (found == nullptr) {
                at_ = frame_.size();
                return;
            }
            at_ += static_cast<std::uint64_t>(static_cast<const std::byte*>(found) - begin);
            const auto next = static_cast<std::uint32_t>(frame_[at_ + 1]);
            const bool restart = next >= 0xD0 && next <= 0xD7;
            const bool data = jpeg_ls_ ? next < 0x80 : next == 0;
            if (!restart && !data) {
                return;  // A marker, or fill bytes before one.
            }
            at_ += 2;
        }
        at_ = frame_.size();
    }

    Result<bool> end_of_image(std::uint64_t begin) {
        pieces_.keep(begin, at_);
        const std::uint64_t left = frame_.size() - at_;
        const bool pad = left == 1 && frame_[at_] == std::byte{0};
        if (left == 0 || (pad && (frame_.size() & 1U) == 0)) {
            // Where something was cut, the writer pads anew.
            pieces_.keep(at_, pieces_.cut().segments_cut == 0 ? frame_.size() : at_);
            return true;
        }
        if (left >= 2 && big_u16(frame_, at_) == 0xFF00 + kSoi) {
            return fail(Fault::kQuarantine, "a second JPEG image stands behind the end marker");
        }
        pieces_.cut().trailing_bytes = left;
        return true;
    }

    std::span<const std::byte> frame_;
    bool jpeg_ls_;
    std::uint64_t at_ = 0;
    PieceBuilder pieces_;
};

}  // namespace

Result<Cut> clean_jpeg(std::span<const std::byte> frame, bool jpeg_ls) {
    return JpegWalk{frame, jpeg_ls}.walk();
}

}  // namespace efface::pipeline
