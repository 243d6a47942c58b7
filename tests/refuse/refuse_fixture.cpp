#include "tests/refuse/refuse_fixture.h"

#include "config/json.h"
#include "node/control/operation.h"

namespace efface::testing {

namespace {

using db::AuditEvent;
using db::JobState;

/// Every set of arguments with which an operation is tried; nothing for an operation that no row names.
std::optional<std::vector<Json>> attempts_of(std::string_view operation, db::JobId job) {
    const Json jobs = Json::array({job});
    const auto with = [&](Json more) {
        more["jobs"] = jobs;
        more["reason"] = "let it out";
        return more;
    };
    if (operation == "quarantine.release") {
        return std::vector{
            with(Json::object()), with({{"rule", "identity-unmarked"}}), with({{"rule", "everything"}}),
            with({{"as", "replacement"}}), with({{"as", "new-instance"}})};
    }
    if (operation == "delivery.again") {
        return std::vector{with(Json::object()), with({{"destination", "archive"}})};
    }
    if (operation == "destination.hold" || operation == "destination.release") {
        return std::vector{Json{{"destination", "archive"}, {"reason", "let it out"}}};
    }
    if (operation == "audit.note_export") {
        return std::vector{Json{{"rows", 1}, {"format", "csv"}, {"filter", ""}}};
    }
    if (operation == "quarantine.discard") {
        return std::vector{with(Json::object())};
    }
    return operation == "node.show" ? std::optional{std::vector{Json::object()}} : std::nullopt;
}

void expect_nothing_left(RunningNode& node, db::JobId job, const std::string& attempt) {
    const bool settled = eventually([&] {
        const JobState state = node.job(job)->state;
        return state == JobState::kQuarantined || state == JobState::kDiscarded;
    });
    EXPECT_TRUE(settled) << attempt << " left the job " << db::state_name(node.job(job)->state);
    EXPECT_EQ(node.audit_count(AuditEvent::kDelivered, job), 0U) << attempt;
    EXPECT_TRUE(node.deliveries(job).empty()) << attempt << " made a delivery";
}

void try_operation(RunningNode& node, std::string_view operation, db::JobId job) {
    const auto attempts = attempts_of(operation, job);
    ASSERT_TRUE(attempts) << operation << " is new: say in attempts_of() with what it could let bytes out";
    for (const Json& arguments : *attempts) {
        // Whether it is refused or done does not matter here.
        static_cast<void>(node.control(operation, arguments));
        expect_nothing_left(node, job, std::string{operation} + " " + dump_json(arguments));
    }
}

}  // namespace

void expect_nothing_kept(RunningNode& node) {
    EXPECT_TRUE(node.jobs().empty());
    EXPECT_TRUE(eventually([&] { return node.spool_files("originals").empty(); }));
    EXPECT_TRUE(node.archive_files().empty());
}

void expect_no_way_out(RunningNode& node, db::JobId job) {
    const std::vector<std::string> before = node.archive_files();
    // Discarding comes last, and everything is tried on what was discarded too.
    for (int round = 0; round < 2; ++round) {
        for (const node::OperationRow& row : node::operation_table()) {
            if (row.change != nullptr && row.name != "quarantine.discard") {
                try_operation(node, row.name, job);
            }
        }
        try_operation(node, "quarantine.discard", job);
    }
    EXPECT_EQ(node.job(job)->state, JobState::kDiscarded);
    EXPECT_EQ(node.archive_files(), before);
}

}  // namespace efface::testing
