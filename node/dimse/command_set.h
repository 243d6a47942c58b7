// DIMSE command sets (PS3.7 6.3, 9.3): implicit VR little endian, group 0000, flat. Read without
// recursion and within kCommandSetBytesMax; a sequence or an undefined length cannot stand there.
// Reading is tolerant of order, unknown elements and padding, strict about what is used.
// Thread rule: values and pure functions.
#pragma once

#include "config/phi.h"
#include "config/result.h"
#include "node/dimse/pdu.h"

#include <cstdint>
#include <optional>
#include <string>

namespace efface::node {

/// (0000,0100), PS3.7 annex E.1. The others are known by number only.
inline constexpr std::uint16_t kCommandStoreRq = 0x0001;
inline constexpr std::uint16_t kCommandStoreRsp = 0x8001;
inline constexpr std::uint16_t kCommandEchoRq = 0x0030;
inline constexpr std::uint16_t kCommandEchoRsp = 0x8030;
inline constexpr std::uint16_t kCommandCancelRq = 0x0FFF;
/// (0000,0800): this value says that no data set follows.
inline constexpr std::uint16_t kNoDataSet = 0x0101;

struct CommandSet {
    std::uint16_t field = 0;
    std::optional<std::uint16_t> message_id;    ///< (0000,0110)
    std::optional<std::uint16_t> responded_id;  ///< (0000,0120)
    std::optional<std::uint16_t> status;        ///< (0000,0900)
    std::uint16_t priority = 0;                 ///< (0000,0700)
    std::uint16_t data_set_type = kNoDataSet;   ///< (0000,0800)
    /// (0000,0002) or, in a request for an existing instance, (0000,0003). Empty where absent or no UID.
    std::string sop_class_uid;
    Phi<std::string> sop_instance_uid;     ///< (0000,1000) or (0000,1001). Empty where absent or no UID.
    bool sop_instance_present = false;     ///< It stood there, legal or not.
    std::string move_originator_ae;        ///< (0000,1030)
    std::uint16_t move_originator_id = 0;  ///< (0000,1031)

    bool has_data_set() const { return data_set_type != kNoDataSet; }

    bool is_request() const { return (field & 0x8000U) == 0; }
};

/// Errors (Fault::kRefuse): longer than kCommandSetBytesMax, truncated, not of group 0000, an undefined
/// length, an element twice, a number of a wrong length, no Command Field or no Command Data Set Type.
Result<CommandSet> decode_command_set(std::span<const std::byte> bytes);

Bytes encode_echo_request(std::uint16_t message_id);
Bytes encode_store_request(
    std::uint16_t message_id, std::string_view sop_class_uid, std::string_view sop_instance_uid,
    std::uint16_t priority
);
/// The response to a request: its command field with bit 15 set, its message id, class and instance.
Bytes encode_response(const CommandSet& request, std::uint16_t status);

}  // namespace efface::node
