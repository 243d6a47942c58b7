// See jpeg_header.h.
#include "pipeline/codec/jpeg_header.h"

#include <cstring>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kEndOfImage = 0xD9;
constexpr std::uint32_t kStartOfScan = 0xDA;
constexpr std::uint32_t kApp0 = 0xE0;
constexpr std::uint32_t kApp8 = 0xE8;
constexpr std::uint32_t kApp14 = 0xEE;
constexpr std::size_t kJfifBytes = 14;
constexpr std::size_t kAdobeBytes = 12;
constexpr std::uint64_t kFrameFieldsBytes = 6;
constexpr std::uint64_t kComponentBytes = 3;

bool is_start_of_frame(std::uint32_t marker) {
    const bool tables = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
    return (marker >= 0xC0 && marker <= 0xCF && !tables) || marker == kStartOfFrameJpegLs;
}

class HeaderWalk {
public:
    HeaderWalk(std::span<const std::byte> frame, bool jpeg_ls) : frame_{frame}, jpeg_ls_{jpeg_ls} {}

    Result<JpegHeader> walk() {
        if (frame_.size() < 4 || u16(frame_, 0) != 0xFFD8) {
            return broken();
        }
        at_ = 2;
        for (std::uint32_t count = 0; count < kJpegSegmentsMax; ++count) {
            while (at_ + 1 < frame_.size() && u16(frame_, at_) == 0xFFFF) {
                ++at_;
            }
            if (frame_.size() - at_ < 2 || frame_[at_] != std::byte{0xFF}) {
                return broken();
            }
            const std::uint32_t marker = u16(frame_, at_) & 0xFFU;
            at_ += 2;
            if (marker == kEndOfImage) {
                return header_.start_of_frame != 0 && scans_ ? Result<JpegHeader>{header_} : broken();
            }
            EFFACE_CHECK(segment(marker));
        }
        return broken();
    }

private:
    static std::uint32_t u16(std::span<const std::byte> bytes, std::uint64_t at) {
        return (static_cast<std::uint32_t>(bytes[at]) << 8U) | static_cast<std::uint32_t>(bytes[at + 1]);
    }

    static tl::unexpected<Error> broken() {
        return fail(Fault::kQuarantine, "a JPEG stream cannot be decoded: its segments are broken");
    }

    Status segment(std::uint32_t marker) {
        const std::uint64_t length = frame_.size() - at_ < 2 ? 0 : u16(frame_, at_);
        if (length < 2 || length > frame_.size() - at_) {
            return broken();
        }
        const std::span<const std::byte> body = frame_.subspan(at_ + 2, length - 2);
        at_ += length;
        if (is_start_of_frame(marker)) {
            return start_of_frame(marker, body);
        }
        if (marker == kStartOfScan) {
            return start_of_scan(body);
        }
        note_colour(marker, body);
        const bool hp =
            jpeg_ls_ && marker == kApp8 && body.size() >= 5 && std::memcmp(body.data(), "mrfx", 4) == 0;
        header_.foreign_transform = header_.foreign_transform || (hp && body[4] != std::byte{0});
        return {};
    }

    static bool begins(std::span<const std::byte> body, std::string_view text) {
        return body.size() >= text.size() && std::memcmp(body.data(), text.data(), text.size()) == 0;
    }

    // As libjpeg reads them: segments that are too short say nothing.
    void note_colour(std::uint32_t marker, std::span<const std::byte> body) {
        if (marker == kApp0 && body.size() >= kJfifBytes && begins(body, std::string_view{"JFIF\0", 5})) {
            header_.jfif = true;
        }
        if (marker == kApp14 && body.size() >= kAdobeBytes && begins(body, "Adobe")) {
            header_.adobe_transform = static_cast<std::uint8_t>(body[kAdobeBytes - 1]);
        }
    }

    Status start_of_frame(std::uint32_t marker, std::span<const std::byte> body) {
        if (header_.start_of_frame != 0 || body.size() < kFrameFieldsBytes) {
            return broken();
        }
        header_.start_of_frame = marker;
        header_.precision = static_cast<std::uint64_t>(body[0]);
        header_.rows = u16(body, 1);
        header_.columns = u16(body, 3);
        header_.components = static_cast<std::uint64_t>(body[5]);
        if (body.size() != kFrameFieldsBytes + kComponentBytes * header_.components) {
            return broken();
        }
        for (std::uint64_t i = 0; i < header_.components; ++i) {
            const std::byte factors = body[kFrameFieldsBytes + kComponentBytes * i + 1];
            header_.subsampled = header_.subsampled || factors != std::byte{0x11};
            if (i < kJpegComponentsMax) {
                header_.across[i] = static_cast<std::uint8_t>(factors >> 4U);
                header_.down[i] = static_cast<std::uint8_t>(factors & std::byte{0x0F});
            }
        }
        return {};
    }

    // Ns, then a selector and a table for each component, then three bytes: in JPEG predictor, unused,
    // Ah and Al (the point transform); in JPEG-LS NEAR, interleave mode, point transform.
    Status start_of_scan(std::span<const std::byte> body) {
        const std::uint64_t components = body.empty() ? 0 : static_cast<std::uint64_t>(body[0]);
        if (header_.start_of_frame == 0 || components == 0 || body.size() != 4 + 2 * components) {
            return broken();
        }
        const std::uint64_t tail = 1 + 2 * components;
        header_.point_transformed =
            header_.point_transformed || (body[tail + 2] & std::byte{0x0F}) != std::byte{0};
        if (jpeg_ls_) {
            header_.near_lossless = header_.near_lossless || body[tail] != std::byte{0};
            for (std::uint64_t i = 0; i < components; ++i) {
                header_.mapped = header_.mapped || body[2 + 2 * i] != std::byte{0};
            }
        }
        scans_ = true;
        ++header_.scans;
        skip_scan();
        return {};
    }

    // In JPEG FF 00 is data and RSTn belongs to the scan; in JPEG-LS a marker's byte is 80 or more.
    void skip_scan() {
        for (; at_ + 1 < frame_.size(); ++at_) {
            const std::uint32_t pair = u16(frame_, at_);
            const std::uint32_t next = pair & 0xFFU;
            const bool restart = next >= 0xD0 && next <= 0xD7;
            const bool data = jpeg_ls_ ? next < 0x80 : next == 0;
            if (pair >= 0xFF00 && !restart && !data) {
                return;
            }
        }
    }

    std::span<const std::byte> frame_;
    bool jpeg_ls_;
    std::uint64_t at_ = 0;
    bool scans_ = false;
    JpegHeader header_;
};

}  // namespace

Result<JpegHeader> read_jpeg_header(std::span<const std::byte> frame, bool jpeg_ls) {
    return HeaderWalk{frame, jpeg_ls}.walk();
}

Status check_jpeg_header(const JpegHeader& header, std::uint32_t start_of_frame, const SampleShape& shape) {
    const bool lossless = header.start_of_frame == start_of_frame && !header.near_lossless &&
                          !header.point_transformed && !header.mapped && !header.foreign_transform;
    if (!lossless) {
        return fail(Fault::kQuarantine, "a compressed frame is not proven lossless: it is not decoded");
    }
    const bool fits = header.rows == shape.rows && header.columns == shape.columns &&
                      header.components == shape.samples_per_pixel && !header.subsampled &&
                      header.precision >= 2 && header.precision <= 16 &&
                      header.precision <= shape.bits_allocated;
    // With fewer bits than are stored, where a signed sample's sign would be is a guess.
    if (!fits || (shape.is_signed && header.precision < shape.bits_stored)) {
        return fail(
            Fault::kQuarantine, "a compressed frame and its attributes differ in size, samples or bits",
            Where::tag(0x00280010)
        );
    }
    return {};
}

}  // namespace efface::pipeline
