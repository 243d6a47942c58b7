// Goal: the state machine is the one of PS3.8. Method: Table 9-10 and the next states of Tables 9-6 to
// 9-9 stand here once more, as text in the standard's own layout, and are compared cell by cell.
#include "node/dimse/state_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace efface::node {
namespace {

// Rows are Evt1 to Evt19, columns Sta1 to Sta13; '-' is a blank cell.
constexpr const char* kTable910 = R"(
AE-1 -    -    -    -    -    -    -    -    -     -    -    -
-    -    -    AE-2 -    -    -    -    -    -     -    -    -
-    AA-1 AA-8 -    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
-    AA-1 AA-8 -    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
AE-5 -    -    -    -    -    -    -    -    -     -    -    -
-    AE-6 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
-    -    AE-7 -    -    -    -    -    -    -     -    -    -
-    -    AE-8 -    -    -    -    -    -    -     -    -    -
-    -    -    -    -    DT-1 -    AR-7 -    -     -    -    -
-    AA-1 AA-8 -    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
-    -    -    -    -    AR-1 -    -    -    -     -    -    -
-    AA-1 AA-8 -    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6
-    AA-1 AA-8 -    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3 AA-8 AA-6
-    -    -    -    -    -    -    AR-4 AR-9 -     -    AR-4 -
-    -    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1 AA-1 -
-    AA-2 AA-3 -    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3 AA-3 AA-2
-    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4 AA-4 AR-5
-    AA-2 -    -    -    -    -    -    -    -     -    -    AA-2
-    AA-1 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7
)";

struct NextState {
    std::string_view action;
    int next;
    int otherwise;
};

constexpr std::array kTables96To99{
    NextState{"AE-1", 4, 4},   NextState{"AE-2", 5, 5},    NextState{"AE-3", 6, 6},
    NextState{"AE-4", 1, 1},   NextState{"AE-5", 2, 2},    NextState{"AE-6", 3, 13},
    NextState{"AE-7", 6, 6},   NextState{"AE-8", 13, 13},  NextState{"DT-1", 6, 6},
    NextState{"DT-2", 6, 6},   NextState{"AR-1", 7, 7},    NextState{"AR-2", 8, 8},
    NextState{"AR-3", 1, 1},   NextState{"AR-4", 13, 13},  NextState{"AR-5", 1, 1},
    NextState{"AR-6", 7, 7},   NextState{"AR-7", 8, 8},    NextState{"AR-8", 9, 10},
    NextState{"AR-9", 11, 11}, NextState{"AR-10", 12, 12}, NextState{"AA-1", 13, 13},
    NextState{"AA-2", 1, 1},   NextState{"AA-3", 1, 1},    NextState{"AA-4", 1, 1},
    NextState{"AA-5", 1, 1},   NextState{"AA-6", 13, 13},  NextState{"AA-7", 13, 13},
    NextState{"AA-8", 13, 13},
};

TEST(StateTable, EqualsTable910CellByCell) {
    std::istringstream grid{kTable910};
    for (std::size_t event = 0; event < kUpperEventCount; ++event) {
        for (std::size_t state = 0; state < kUpperStateCount; ++state) {
            SCOPED_TRACE(testing::Message() << "Evt" << event + 1 << " in Sta" << state + 1);
            std::string expected;
            ASSERT_TRUE(grid >> expected);

            const UpperAction action =
                action_for(static_cast<UpperState>(state), static_cast<UpperEvent>(event));

            EXPECT_EQ(action_row(action).name, expected == "-" ? "" : expected);
        }
    }
    std::string rest;
    EXPECT_FALSE(grid >> rest);
}

TEST(StateTable, ActionsLeadToTheStatesOfTables96To99) {
    ASSERT_EQ(kTables96To99.size() + 1, kUpperActionCount);
    for (std::size_t i = 0; i < kTables96To99.size(); ++i) {
        SCOPED_TRACE(kTables96To99[i].action);

        const UpperActionRow& row = action_row(static_cast<UpperAction>(i + 1));

        EXPECT_EQ(row.name, kTables96To99[i].action);
        EXPECT_EQ(static_cast<int>(row.next) + 1, kTables96To99[i].next);
        EXPECT_EQ(static_cast<int>(row.otherwise) + 1, kTables96To99[i].otherwise);
    }
}

}  // namespace
}  // namespace efface::node
