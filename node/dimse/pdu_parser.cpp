#include "node/dimse/pdu_parser.h"

#include "config/assert.h"
#include "node/dimse/limits.h"
#include "node/dimse/wire.h"

#include <algorithm>

namespace efface::node {

PduParser::Found PduParser::next(std::span<const std::byte> input) {
    Found found;
    switch (stage_) {
        case Stage::kPduHeader:
            return fill_header(input, found) ? pdu_header(found) : found;
        case Stage::kPduBody:
            return pdu_body(input, found);
        case Stage::kPdvHeader:
            return fill_header(input, found) ? pdv_header(found) : found;
        case Stage::kPdvBytes:
            return pdv_bytes(input, found);
        case Stage::kLost:
            break;
    }
    found.consumed = input.size();
    return found;
}

bool PduParser::fill_header(std::span<const std::byte>& input, Found& found) {
    const std::size_t count = std::min(header_.size() - header_count_, input.size());
    std::ranges::copy(input.first(count), header_.begin() + static_cast<std::ptrdiff_t>(header_count_));
    header_count_ += count;
    found.consumed = count;
    return header_count_ == header_.size();
}

PduParser::Found PduParser::pdu_header(Found found) {
    header_count_ = 0;
    WireReader reader{header_};
    const std::uint8_t type = reader.u8();
    reader.u8();
    const std::uint32_t length = reader.u32();
    if (type < 1 || type > 7) {
        return lost(found, AbortReason::kUnrecognizedPdu, "unrecognized PDU type");
    }
    type_ = static_cast<PduType>(type);
    found.type = type_;
    pdu_rest_ = length;
    if (type_ == PduType::kDataTf) {
        if (length < kPdvHeaderBytes) {
            return lost(found, AbortReason::kInvalidParameter, "P-DATA-TF without a data value");
        }
        if (length > data_pdu_bytes_max_) {
            return lost(found, AbortReason::kInvalidParameter, "P-DATA-TF passes the negotiated length");
        }
        stage_ = Stage::kPdvHeader;
        found.kind = Kind::kDataPdu;
        return found;
    }
    const bool associate = type_ == PduType::kAssociateRq || type_ == PduType::kAssociateAc;
    const bool fits = associate ? length >= kAssociatePduBytesMin && length <= kAssociatePduBytesMax
                                : length == kFixedPduBytes;
    if (!fits) {
        return lost(found, AbortReason::kInvalidParameter, "PDU length is not what its type allows");
    }
    stage_ = Stage::kPduBody;
    body_ = Bytes{};  // Gives the memory of an A-ASSOCIATE-RQ back, too.
    return found;
}

PduParser::Found PduParser::pdu_body(std::span<const std::byte> input, Found found) {
    const std::size_t count = std::min<std::size_t>(pdu_rest_, input.size());
    const auto taken = input.first(count);
    pdu_rest_ -= static_cast<std::uint32_t>(count);
    found.consumed = count;
    if (pdu_rest_ == 0 && body_.empty()) {
        found.body = taken;  // Whole in one read: no copy.
    } else {
        body_.insert(body_.end(), taken.begin(), taken.end());
        found.body = body_;
    }
    if (pdu_rest_ == 0) {
        stage_ = Stage::kPduHeader;
        found.kind = Kind::kPdu;
        found.type = type_;
    }
    return found;
}

PduParser::Found PduParser::pdv_header(Found found) {
    header_count_ = 0;
    WireReader reader{header_};
    const std::uint32_t length = reader.u32();
    pdv_.context_id = reader.u8();
    const std::uint8_t control = reader.u8();
    pdu_rest_ -= static_cast<std::uint32_t>(kPdvHeaderBytes);
    if (length < 2 || length - 2 > pdu_rest_) {
        return lost(found, AbortReason::kInvalidParameter, "data value does not fit its P-DATA-TF");
    }
    if (control > 3) {
        return lost(found, AbortReason::kInvalidParameter, "data value has an unknown control header");
    }
    pdv_rest_ = length - 2;
    pdu_rest_ -= pdv_rest_;
    if (pdu_rest_ != 0 && pdu_rest_ < kPdvHeaderBytes) {
        return lost(found, AbortReason::kInvalidParameter, "P-DATA-TF ends within a data value's header");
    }
    pdv_.is_command = (control & 1U) != 0;
    pdv_.is_last = (control & 2U) != 0;
    pdv_.starts = true;
    stage_ = Stage::kPdvBytes;
    return pdv_rest_ == 0 ? pdv_bytes({}, found) : found;
}

PduParser::Found PduParser::pdv_bytes(std::span<const std::byte> input, Found found) {
    if (input.empty() && pdv_rest_ != 0) {
        return found;
    }
    const std::size_t count = std::min<std::size_t>(pdv_rest_, input.size());
    pdv_rest_ -= static_cast<std::uint32_t>(count);
    found.consumed += count;
    found.kind = Kind::kFragment;
    found.fragment = pdv_;
    found.fragment.bytes = input.first(count);
    found.fragment.ends = pdv_rest_ == 0;
    pdv_.starts = false;
    if (pdv_rest_ == 0) {
        stage_ = pdu_rest_ == 0 ? Stage::kPduHeader : Stage::kPdvHeader;
    }
    return found;
}

PduParser::Found PduParser::lost(Found found, AbortReason reason, Literal why) {
    stage_ = Stage::kLost;
    found.kind = Kind::kInvalid;
    found.reason = reason;
    found.why = why;
    return found;
}

}  // namespace efface::node
