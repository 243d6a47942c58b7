#include "node/dimse/state_table.h"

namespace efface::node {
namespace {

using enum UpperAction;
using enum UpperState;

constexpr std::array<UpperActionRow, kUpperActionCount> kActionTable{{
    {kNone, "", "cannot happen", kSta1, kSta1},
    // Table 9-6, association establishment.
    {kAE1, "AE-1", "issue TRANSPORT CONNECT request", kSta4, kSta4},
    {kAE2, "AE-2", "send A-ASSOCIATE-RQ", kSta5, kSta5},
    {kAE3, "AE-3", "issue A-ASSOCIATE confirmation (accept)", kSta6, kSta6},
    {kAE4, "AE-4", "issue A-ASSOCIATE confirmation (reject), close transport", kSta1, kSta1},
    {kAE5, "AE-5", "issue transport connection response, start ARTIM", kSta2, kSta2},
    {kAE6, "AE-6", "stop ARTIM; A-ASSOCIATE indication, or A-ASSOCIATE-RJ and start ARTIM", kSta3, kSta13},
    {kAE7, "AE-7", "send A-ASSOCIATE-AC", kSta6, kSta6},
    {kAE8, "AE-8", "send A-ASSOCIATE-RJ, start ARTIM", kSta13, kSta13},
    // Table 9-7, data transfer.
    {kDT1, "DT-1", "send P-DATA-TF", kSta6, kSta6},
    {kDT2, "DT-2", "issue P-DATA indication", kSta6, kSta6},
    // Table 9-8, association release.
    {kAR1, "AR-1", "send A-RELEASE-RQ", kSta7, kSta7},
    {kAR2, "AR-2", "issue A-RELEASE indication", kSta8, kSta8},
    {kAR3, "AR-3", "issue A-RELEASE confirmation, close transport", kSta1, kSta1},
    {kAR4, "AR-4", "send A-RELEASE-RP, start ARTIM", kSta13, kSta13},
    {kAR5, "AR-5", "stop ARTIM", kSta1, kSta1},
    {kAR6, "AR-6", "issue P-DATA indication", kSta7, kSta7},
    {kAR7, "AR-7", "send P-DATA-TF", kSta8, kSta8},
    {kAR8, "AR-8", "issue A-RELEASE indication (collision)", kSta9, kSta10},
    {kAR9, "AR-9", "send A-RELEASE-RP", kSta11, kSta11},
    {kAR10, "AR-10", "issue A-RELEASE confirmation", kSta12, kSta12},
    // Table 9-9, association abort.
    {kAA1, "AA-1", "send A-ABORT (service-user), start or restart ARTIM", kSta13, kSta13},
    {kAA2, "AA-2", "stop ARTIM, close transport", kSta1, kSta1},
    {kAA3, "AA-3", "issue A-ABORT or A-P-ABORT indication, close transport", kSta1, kSta1},
    {kAA4, "AA-4", "issue A-P-ABORT indication", kSta1, kSta1},
    {kAA5, "AA-5", "stop ARTIM", kSta1, kSta1},
    {kAA6, "AA-6", "ignore PDU", kSta13, kSta13},
    {kAA7, "AA-7", "send A-ABORT", kSta13, kSta13},
    {kAA8, "AA-8", "send A-ABORT (service-provider), issue A-P-ABORT indication, start ARTIM", kSta13,
     kSta13},
}};

constexpr bool rows_stand_in_order() {
    for (std::size_t i = 0; i < kActionTable.size(); ++i) {
        if (static_cast<std::size_t>(kActionTable[i].action) != i) {
            return false;
        }
    }
    return true;
}

static_assert(rows_stand_in_order(), "action_row indexes by the enumerator");

// Table 9-10. One row per event, one column per state, Sta1 to Sta13.
// clang-format off
constexpr std::array<std::array<UpperAction, kUpperStateCount>, kUpperEventCount> kTransitionTable{{
    //        Sta1   Sta2   Sta3   Sta4   Sta5   Sta6   Sta7   Sta8   Sta9   Sta10  Sta11  Sta12  Sta13
    /* 1  */ {kAE1,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 2  */ {kNone, kNone, kNone, kAE2,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 3  */ {kNone, kAA1,  kAA8,  kNone, kAE3,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA6},
    /* 4  */ {kNone, kAA1,  kAA8,  kNone, kAE4,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA6},
    /* 5  */ {kAE5,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 6  */ {kNone, kAE6,  kAA8,  kNone, kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA7},
    /* 7  */ {kNone, kNone, kAE7,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 8  */ {kNone, kNone, kAE8,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 9  */ {kNone, kNone, kNone, kNone, kNone, kDT1,  kNone, kAR7,  kNone, kNone, kNone, kNone, kNone},
    /* 10 */ {kNone, kAA1,  kAA8,  kNone, kAA8,  kDT2,  kAR6,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA6},
    /* 11 */ {kNone, kNone, kNone, kNone, kNone, kAR1,  kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    /* 12 */ {kNone, kAA1,  kAA8,  kNone, kAA8,  kAR2,  kAR8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA6},
    /* 13 */ {kNone, kAA1,  kAA8,  kNone, kAA8,  kAA8,  kAR3,  kAA8,  kAA8,  kAR10, kAR3,  kAA8,  kAA6},
    /* 14 */ {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kAR4,  kAR9,  kNone, kNone, kAR4,  kNone},
    /* 15 */ {kNone, kNone, kAA1,  kAA2,  kAA1,  kAA1,  kAA1,  kAA1,  kAA1,  kAA1,  kAA1,  kAA1,  kNone},
    /* 16 */ {kNone, kAA2,  kAA3,  kNone, kAA3,  kAA3,  kAA3,  kAA3,  kAA3,  kAA3,  kAA3,  kAA3,  kAA2},
    /* 17 */ {kNone, kAA5,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAA4,  kAR5},
    /* 18 */ {kNone, kAA2,  kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kAA2},
    /* 19 */ {kNone, kAA1,  kAA8,  kNone, kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA8,  kAA7},
}};
// clang-format on

}  // namespace

UpperAction action_for(UpperState state, UpperEvent event) {
    return kTransitionTable[static_cast<std::size_t>(event)][static_cast<std::size_t>(state)];
}

const UpperActionRow& action_row(UpperAction action) {
    return kActionTable[static_cast<std::size_t>(action)];
}

}  // namespace efface::node
