#include "node/dimse/status_table.h"

#include <algorithm>
#include <array>

namespace efface::node {
namespace {

struct StatusRow {
    std::uint16_t first;
    std::uint16_t last;
    StatusMeaning meaning;
};

// PS3.7 annex C and PS3.4 Table B.2-1. The first row that holds a status counts, so exceptions to a
// range stand before it. What no row names is permanent: sending it again would not help, and a
// human should see it.
constexpr std::array kStatusTable{
    StatusRow{0x0000, 0x0000, {Delivery::kDelivered, false, "success"}},
    StatusRow{0x0001, 0x0001, {Delivery::kDeliveredWithWarning, false, "warning"}},
    StatusRow{0x0107, 0x0107, {Delivery::kDeliveredWithWarning, false, "attribute list warning"}},
    StatusRow{0x0111, 0x0111, {Delivery::kAlreadyThere, false, "duplicate SOP instance"}},
    StatusRow{0x0116, 0x0116, {Delivery::kDeliveredWithWarning, false, "attribute value out of range"}},
    StatusRow{0x0117, 0x0117, {Delivery::kPermanent, false, "invalid object instance"}},
    StatusRow{0x0122, 0x0122, {Delivery::kPermanent, false, "SOP class not supported"}},
    StatusRow{0x0124, 0x0124, {Delivery::kPermanent, false, "not authorized"}},
    StatusRow{0x0210, 0x0210, {Delivery::kPermanent, false, "duplicate invocation"}},
    StatusRow{0x0211, 0x0211, {Delivery::kPermanent, false, "unrecognized operation"}},
    StatusRow{0x0212, 0x0212, {Delivery::kPermanent, false, "mistyped argument"}},
    StatusRow{0x0213, 0x0213, {Delivery::kRetry, false, "resource limitation"}},
    StatusRow{0xA700, 0xA7FF, {Delivery::kRetry, false, "out of resources"}},
    StatusRow{0xA900, 0xA9FF, {Delivery::kPermanent, false, "data set does not match SOP class"}},
    StatusRow{0xB000, 0xB000, {Delivery::kDeliveredWithWarning, false, "coercion of data elements"}},
    StatusRow{0xB006, 0xB006, {Delivery::kDeliveredWithWarning, true, "elements discarded"}},
    StatusRow{0xB007, 0xB007, {Delivery::kDeliveredWithWarning, false, "data set does not match SOP class"}},
    StatusRow{0xB000, 0xBFFF, {Delivery::kDeliveredWithWarning, false, "warning"}},
    StatusRow{0xC000, 0xCFFF, {Delivery::kPermanent, false, "cannot understand"}},
};

}  // namespace

std::uint16_t status_of(Fault fault) {
    switch (fault) {
        case Fault::kRetry:
        case Fault::kHalt:
            return dimse_status::kOutOfResources;
        case Fault::kRefuse:
        case Fault::kQuarantine:
            return dimse_status::kCannotUnderstand;
    }
    return dimse_status::kProcessingFailure;
}

StatusMeaning meaning_of(std::uint16_t status) {
    const auto* row = std::ranges::find_if(kStatusTable, [status](const StatusRow& candidate) {
        return status >= candidate.first && status <= candidate.last;
    });
    return row != kStatusTable.end() ? row->meaning
                                     : StatusMeaning{Delivery::kPermanent, false, "unknown status"};
}

}  // namespace efface::node
