// PduParser: finds PDUs in the bytes of a connection as they arrive. The contents of a P-DATA-TF are
// handed on piece by piece and never assembled; every other PDU is collected, growing with what has
// arrived and not with the length that it claims.
// Thread rule: belongs to one association.
#pragma once

#include "config/result.h"
#include "node/dimse/pdu.h"

#include <array>
#include <cstdint>
#include <span>

namespace efface::node {

/// A piece of a presentation data value (PS3.8 9.3.5.1).
struct Fragment {
    std::uint8_t context_id = 0;
    bool is_command = false;
    bool is_last = false;  ///< Bit 1 of the control header: the message part ends with this PDV.
    bool starts = false;   ///< The first piece of its PDV.
    bool ends = false;     ///< The last piece of its PDV.
    std::span<const std::byte> bytes;
};

class PduParser {
public:
    enum class Kind : std::uint8_t {
        kNeedMore,  ///< A header or a part of something was taken; go on with the rest of the input, if any.
        kPdu,       ///< A whole PDU other than P-DATA-TF: type and body.
        kDataPdu,   ///< The head of a P-DATA-TF; its fragments follow.
        kFragment,
        kInvalid,  ///< Framing is lost for good: reason and why.
    };

    struct Found {
        Kind kind = Kind::kNeedMore;
        std::size_t consumed = 0;
        PduType type = PduType::kAbort;
        std::span<const std::byte> body;  ///< Into the input or the parser; valid until the next call.
        Fragment fragment;                ///< Into the input.
        AbortReason reason = AbortReason::kNotSpecified;
        Literal why{""};
    };

    /// Longest P-DATA-TF to take, bytes after its length field.
    explicit PduParser(std::uint32_t data_pdu_bytes_max) : data_pdu_bytes_max_{data_pdu_bytes_max} {}

    Found next(std::span<const std::byte> input);

    /// No byte of a further PDU has been seen.
    bool at_boundary() const { return stage_ == Stage::kPduHeader && header_count_ == 0; }

private:
    enum class Stage : std::uint8_t { kPduHeader, kPduBody, kPdvHeader, kPdvBytes, kLost };

    /// Moves bytes into header_; true once it is full.
    bool fill_header(std::span<const std::byte>& input, Found& found);
    Found pdu_header(Found found);
    Found pdu_body(std::span<const std::byte> input, Found found);
    Found pdv_header(Found found);
    Found pdv_bytes(std::span<const std::byte> input, Found found);
    Found lost(Found found, AbortReason reason, Literal why);

    const std::uint32_t data_pdu_bytes_max_;
    Stage stage_ = Stage::kPduHeader;
    std::array<std::byte, 6> header_{};
    std::size_t header_count_ = 0;
    PduType type_ = PduType::kAbort;
    std::uint32_t pdu_rest_ = 0;  ///< Bytes of this PDU not yet accounted for.
    std::uint32_t pdv_rest_ = 0;  ///< Bytes of this PDV's fragment not yet handed on.
    Fragment pdv_;
    Bytes body_;
};

}  // namespace efface::node
