// Walks a JPEG 2000 or HTJ2K codestream (ISO/IEC 15444-1 annex A): main header, tile-parts, EOC.
// Comments are cut; Psot, which counts a tile-part's bytes, is rewritten where its header lost one.
#include "pipeline/codestream/codestream.h"
#include "pipeline/codestream/piece_builder.h"

#include <array>

namespace efface::pipeline {
namespace {

constexpr std::uint32_t kSoc = 0xFF4F;
constexpr std::uint32_t kSiz = 0xFF51;
constexpr std::uint32_t kTlm = 0xFF55;
constexpr std::uint32_t kComment = 0xFF64;
constexpr std::uint32_t kSot = 0xFF90;
constexpr std::uint32_t kSod = 0xFF93;
constexpr std::uint32_t kEoc = 0xFFD9;
constexpr std::uint64_t kSotBytes = 12;  // Marker, Lsot, Isot, Psot, TPsot, TNsot.

// CAP, COD, COC, TLM, PRF, PLM, PLT, CPF, QCD, QCC, RGN, POC, PPM, PPT, CRG.
bool is_known_segment(std::uint32_t marker) {
    switch (marker) {
        case 0xFF50:
        case 0xFF52:
        case 0xFF53:
        case kTlm:
        case 0xFF56:
        case 0xFF57:
        case 0xFF58:
        case 0xFF59:
        case 0xFF5C:
        case 0xFF5D:
        case 0xFF5E:
        case 0xFF5F:
        case 0xFF60:
        case 0xFF61:
        case 0xFF63:
            return true;
        default:
            return false;
    }
}

class Jpeg2000Walk {
public:
    explicit Jpeg2000Walk(std::span<const std::byte> frame) : frame_{frame} {}

    Result<Cut> walk() {
        if (frame_.size() < 6 || big_u16(frame_, 0) != kSoc || big_u16(frame_, 2) != kSiz) {
            return fail(Fault::kQuarantine, "a JPEG 2000 frame is no raw codestream");
        }
        pieces_.keep(0, 2);
        at_ = 2;
        EFFACE_TRY(const std::uint64_t main_cut, header(kSot));
        (void)main_cut;
        for (std::uint32_t count = 0; count < kCodestreamSegmentsMax; ++count) {
            EFFACE_TRY(const std::uint32_t marker, marker_here());
            if (marker == kEoc) {
                return end_of_codestream();
            }
            if (marker != kSot) {
                return fail(Fault::kQuarantine, "a JPEG 2000 tile-part does not begin with SOT");
            }
            EFFACE_CHECK(tile_part());
        }
        return fail(Fault::kQuarantine, "a JPEG 2000 frame has more than kCodestreamSegmentsMax tile-parts");
    }

private:
    Result<std::uint32_t> marker_here() const {
        if (frame_.size() - at_ < 2) {
            return fail(Fault::kQuarantine, "a JPEG 2000 frame has no end marker");
        }
        return big_u16(frame_, at_);
    }

    // Keeps marker segments and cuts comments until `last`, which stays unread; bytes cut.
    Result<std::uint64_t> header(std::uint32_t last) {
        std::uint64_t cut_bytes = 0;
        for (std::uint32_t count = 0; count < kCodestreamSegmentsMax; ++count) {
            EFFACE_TRY(const std::uint32_t marker, marker_here());
            if (marker == last) {
                return cut_bytes;
            }
            const bool size_first = marker == kSiz && at_ == 2;
            if (marker != kComment && !size_first && !is_known_segment(marker)) {
                return fail(Fault::kQuarantine, "an unknown JPEG 2000 marker", Where::number(marker));
            }
            if (frame_.size() - at_ < 4) {
                return fail(Fault::kQuarantine, "a JPEG 2000 segment is cut");
            }
            const std::uint64_t length = big_u16(frame_, at_ + 2);
            if (length < 2 || length + 2 > frame_.size() - at_) {
                return fail(Fault::kQuarantine, "a JPEG 2000 segment ends behind the frame");
            }
            if (size_first && !size_fills(length)) {
                return fail(
                    Fault::kQuarantine, "a JPEG 2000 segment is longer than its fields", Where::number(kSiz)
                );
            }
            has_lengths_ = has_lengths_ || marker == kTlm;
            if (marker == kComment) {
                ++pieces_.cut().segments_cut;
                cut_bytes += length + 2;
            } else {
                pieces_.keep(at_, at_ + length + 2);
            }
            at_ += length + 2;
        }
        return fail(Fault::kQuarantine, "a JPEG 2000 header has more than kCodestreamSegmentsMax segments");
    }

    bool size_fills(std::uint64_t length) const {
        return length >= 38 && length == 38 + 3 * static_cast<std::uint64_t>(big_u16(frame_, at_ + 38));
    }

    Status tile_part() {
        const std::uint64_t begin = at_;
        if (frame_.size() - at_ < kSotBytes || big_u16(frame_, at_ + 2) != kSotBytes - 2) {
            return fail(Fault::kQuarantine, "a JPEG 2000 tile-part header is cut");
        }
        const std::uint64_t claimed = big_u32(frame_, at_ + 6);
        at_ += kSotBytes;
        // The header's pieces come behind the SOT, which is written once its new length is known.
        PieceBuilder outer = std::move(pieces_);
        pieces_ = PieceBuilder{};
        const Result<std::uint64_t> cut_bytes = header(kSod);
        PieceBuilder inner = std::move(pieces_);
        pieces_ = std::move(outer);
        EFFACE_CHECK(cut_bytes);
        const std::uint64_t data_begin = at_;
        EFFACE_TRY(const std::uint64_t end, tile_part_end(begin, claimed));
        if (end < data_begin + 2) {
            return fail(Fault::kQuarantine, "a JPEG 2000 tile-part ends inside its header");
        }
        if (*cut_bytes != 0 && has_lengths_) {
            return fail(Fault::kQuarantine, "a JPEG 2000 tile-part with a comment is counted in TLM");
        }
        keep_sot(begin, *cut_bytes == 0 || claimed == 0 ? claimed : claimed - *cut_bytes, claimed);
        for (const Piece& piece : inner.cut().pieces) {
            pieces_.keep(piece.offset, piece.offset + piece.length);
        }
        pieces_.cut().segments_cut += inner.cut().segments_cut;
        pieces_.keep(data_begin, end);
        at_ = end;
        return {};
    }

    void keep_sot(std::uint64_t begin, std::uint64_t length, std::uint64_t claimed) {
        if (length == claimed) {
            pieces_.keep(begin, begin + kSotBytes);
            return;
        }
        pieces_.keep(begin, begin + 6);
        const std::array<std::byte, 4> psot{
            static_cast<std::byte>(length >> 24U), static_cast<std::byte>((length >> 16U) & 0xFFU),
            static_cast<std::byte>((length >> 8U) & 0xFFU), static_cast<std::byte>(length & 0xFFU)};
        pieces_.patch(psot);
        pieces_.keep(begin + 10, begin + kSotBytes);
    }

    // Psot 0: the tile-part goes on to EOC. Bit stuffing keeps every FF of packet data below FF90.
    Result<std::uint64_t> tile_part_end(std::uint64_t begin, std::uint64_t claimed) const {
        if (claimed != 0) {
            if (claimed > frame_.size() - begin) {
                return fail(Fault::kQuarantine, "a JPEG 2000 tile-part ends behind the frame");
            }
            return begin + claimed;
        }
        for (std::uint64_t at = at_ + 2; at + 1 < frame_.size(); ++at) {
            if (frame_[at] == std::byte{0xFF} && big_u16(frame_, at) == kEoc) {
                return at;
            }
        }
        return fail(Fault::kQuarantine, "a JPEG 2000 frame has no end marker");
    }

    Result<Cut> end_of_codestream() {
        pieces_.keep(at_, at_ + 2);
        at_ += 2;
        const std::uint64_t left = frame_.size() - at_;
        const bool pad = left == 1 && frame_[at_] == std::byte{0} && (frame_.size() & 1U) == 0;
        if (pad) {
            // Where something was cut, the writer pads anew.
            pieces_.keep(at_, pieces_.cut().segments_cut == 0 ? frame_.size() : at_);
        } else if (left >= 2 && big_u16(frame_, at_) == kSoc) {
            return fail(Fault::kQuarantine, "a second JPEG 2000 image stands behind the end marker");
        } else {
            pieces_.cut().trailing_bytes = left;
        }
        return std::move(pieces_).finish(frame_.size());
    }

    std::span<const std::byte> frame_;
    std::uint64_t at_ = 0;
    bool has_lengths_ = false;
    PieceBuilder pieces_;
};

}  // namespace

Result<Cut> clean_jpeg2000(std::span<const std::byte> frame) {
    return Jpeg2000Walk{frame}.walk();
}

}  // namespace efface::pipeline
