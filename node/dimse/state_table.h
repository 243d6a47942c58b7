// The DICOM upper layer state machine of PS3.8 9.2 as data: Table 9-10 (which action in which state
// on which event) and Tables 9-6 to 9-9 (what an action does and where it leads). A conformance fix
// is a cell here, to be reviewed beside the standard's page.
// Thread rule: constants and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace efface::node {

/// PS3.8 Tables 9-1 to 9-5.
enum class UpperState : std::uint8_t {
    kSta1,   ///< Idle.
    kSta2,   ///< Transport connection open, awaiting A-ASSOCIATE-RQ.
    kSta3,   ///< Awaiting the local A-ASSOCIATE response.
    kSta4,   ///< Awaiting the transport connection.
    kSta5,   ///< Awaiting A-ASSOCIATE-AC or -RJ.
    kSta6,   ///< Association established, ready for data.
    kSta7,   ///< Awaiting A-RELEASE-RP.
    kSta8,   ///< Awaiting the local A-RELEASE response.
    kSta9,   ///< Release collision, requestor: awaiting the local A-RELEASE response.
    kSta10,  ///< Release collision, acceptor: awaiting A-RELEASE-RP.
    kSta11,  ///< Release collision, requestor: awaiting A-RELEASE-RP.
    kSta12,  ///< Release collision, acceptor: awaiting the local A-RELEASE response.
    kSta13,  ///< Awaiting the transport's close.
};
inline constexpr std::size_t kUpperStateCount = 13;

/// PS3.8 Table 9-10, first column.
enum class UpperEvent : std::uint8_t {
    kEvt1,   ///< A-ASSOCIATE request (local user).
    kEvt2,   ///< Transport connect confirmation.
    kEvt3,   ///< A-ASSOCIATE-AC PDU.
    kEvt4,   ///< A-ASSOCIATE-RJ PDU.
    kEvt5,   ///< Transport connection indication.
    kEvt6,   ///< A-ASSOCIATE-RQ PDU.
    kEvt7,   ///< A-ASSOCIATE response, accept.
    kEvt8,   ///< A-ASSOCIATE response, reject.
    kEvt9,   ///< P-DATA request.
    kEvt10,  ///< P-DATA-TF PDU.
    kEvt11,  ///< A-RELEASE request.
    kEvt12,  ///< A-RELEASE-RQ PDU.
    kEvt13,  ///< A-RELEASE-RP PDU.
    kEvt14,  ///< A-RELEASE response.
    kEvt15,  ///< A-ABORT request.
    kEvt16,  ///< A-ABORT PDU.
    kEvt17,  ///< Transport connection closed.
    kEvt18,  ///< ARTIM timer expired.
    kEvt19,  ///< Unrecognized or invalid PDU.
};
inline constexpr std::size_t kUpperEventCount = 19;

enum class UpperAction : std::uint8_t {
    kNone,  ///< A blank cell: the event cannot happen in this state.
    kAE1,
    kAE2,
    kAE3,
    kAE4,
    kAE5,
    kAE6,
    kAE7,
    kAE8,
    kDT1,
    kDT2,
    kAR1,
    kAR2,
    kAR3,
    kAR4,
    kAR5,
    kAR6,
    kAR7,
    kAR8,
    kAR9,
    kAR10,
    kAA1,
    kAA2,
    kAA3,
    kAA4,
    kAA5,
    kAA6,
    kAA7,
    kAA8,
};
inline constexpr std::size_t kUpperActionCount = 29;

struct UpperActionRow {
    UpperAction action;
    std::string_view name;  ///< As the standard prints it: "AE-1".
    std::string_view text;  ///< What it does.
    UpperState next;
    /// The other next state of AE-6 (request not acceptable) and AR-8 (association acceptor); else `next`.
    UpperState otherwise;
};

/// Table 9-10: the cell of an event in a state.
UpperAction action_for(UpperState state, UpperEvent event);
/// Tables 9-6 to 9-9: the row of an action.
const UpperActionRow& action_row(UpperAction action);

}  // namespace efface::node
