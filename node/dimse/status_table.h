// DIMSE statuses (PS3.7 annex C, PS3.4 Table B.2-1): the ones that we send, and what each means to us
// when a destination answers with it.
#pragma once

#include "config/result.h"

#include <cstdint>

namespace efface::node {

namespace dimse_status {
inline constexpr std::uint16_t kSuccess = 0x0000;
inline constexpr std::uint16_t kProcessingFailure = 0x0110;
inline constexpr std::uint16_t kInvalidObjectInstance = 0x0117;
inline constexpr std::uint16_t kSopClassNotSupported = 0x0122;
inline constexpr std::uint16_t kNotAuthorized = 0x0124;
inline constexpr std::uint16_t kUnrecognizedOperation = 0x0211;
inline constexpr std::uint16_t kMistypedArgument = 0x0212;
inline constexpr std::uint16_t kOutOfResources = 0xA700;
inline constexpr std::uint16_t kDataSetMismatch = 0xA900;
inline constexpr std::uint16_t kCannotUnderstand = 0xC000;
}  // namespace dimse_status

/// The status of a C-STORE-RSP for an error: retry and halt 0xA700, refuse and quarantine 0xC000.
std::uint16_t status_of(Fault fault);

/// What a sender does about the answer to a C-STORE.
enum class Delivery : std::uint8_t {
    kDelivered,
    kDeliveredWithWarning,  ///< Audited; `alarm` where it changes what the archive holds.
    kRetry,
    kPermanent,     ///< The instance is quarantined for this destination.
    kAlreadyThere,  ///< 0111: delivered only if the audit shows that this node sent this output digest.
};

struct StatusMeaning {
    Delivery delivery = Delivery::kPermanent;
    bool alarm = false;  ///< B006: the archive dropped elements.
    Literal text{""};    ///< The standard's name for it.
};

StatusMeaning meaning_of(std::uint16_t status);

}  // namespace efface::node
