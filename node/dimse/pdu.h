// The PDUs of PS3.8 9.3, apart from the contents of A-ASSOCIATE-RQ and -AC (associate_pdu.h).
//
//   pdu       = type:u8 reserved:u8 length:u32be body
//   P-DATA-TF = { pdv-length:u32be context-id:u8 control:u8 fragment }   control bit 0 command, bit 1 last
// Thread rule: values and pure functions.
#pragma once

#include "node/dimse/association.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::node {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kPduHeaderBytes = 6;
/// PDV length field, context id and control header.
inline constexpr std::size_t kPdvHeaderBytes = 6;

enum class PduType : std::uint8_t {
    kAssociateRq = 1,
    kAssociateAc = 2,
    kAssociateRj = 3,
    kDataTf = 4,
    kReleaseRq = 5,
    kReleaseRp = 6,
    kAbort = 7,
};

/// PS3.8 Table 9-26.
enum class AbortSource : std::uint8_t { kServiceUser = 0, kServiceProvider = 2 };
enum class AbortReason : std::uint8_t {
    kNotSpecified = 0,
    kUnrecognizedPdu = 1,
    kUnexpectedPdu = 2,
    kUnrecognizedParameter = 4,
    kUnexpectedParameter = 5,
    kInvalidParameter = 6,
};

Bytes encode_reject(const Rejection& rejection);
Bytes encode_release_request();
Bytes encode_release_response();
Bytes encode_abort(AbortSource source, AbortReason reason);

/// The two fields of an A-ASSOCIATE-RJ or A-ABORT body; values outside the standard's are kept as they are.
Rejection decode_reject(std::span<const std::byte, 4> body);
AbortSource decode_abort_source(std::span<const std::byte, 4> body);

/// Writes the 12 bytes that stand before a fragment sent alone in its P-DATA-TF.
void write_data_header(
    std::span<std::byte, kPduHeaderBytes + kPdvHeaderBytes> out, std::uint8_t context_id, bool is_command,
    bool is_last, std::uint32_t fragment_bytes
);

/// A command set as P-DATA-TF PDUs, each within the peer's maximum length (0: no limit).
Bytes encode_command_pdus(
    std::uint8_t context_id, std::span<const std::byte> command, std::uint32_t peer_pdu_bytes_max
);

}  // namespace efface::node
