// Holding a series or study back until every member received is cleared and none came for a while.
#include "config/assert.h"
#include "db/jobs/job_row.h"

namespace efface::db {

namespace {

/// A group that is not complete yet is looked at again after this long.
constexpr UnixMicros kHoldRecheckUs = 2'000'000;
constexpr std::size_t kHoldGroupsPerCallMax = 64;

struct HoldGroup {
    std::string project;
    Phi<std::string> study_uid;
    Phi<std::string> series_uid;  ///< Empty: the whole study.
    UnixMicros last_accepted_at = 0;

    bool is_study() const { return series_uid.reveal().empty(); }
};

Result<std::vector<HoldGroup>> due_groups(Database& database, UnixMicros now) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT project, study_uid, series_uid, last_accepted_at FROM hold_groups "
                       "WHERE check_at <= ? ORDER BY check_at LIMIT ?",
                       {now, kHoldGroupsPerCallMax}
                   )
    );
    std::vector<HoldGroup> groups;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return groups;
        }
        groups.push_back({rows.text(0), Phi{rows.text(1)}, Phi{rows.text(2)}, rows.integer(3)});
    }
}

Result<bool> has_row(Result<Rows> found) {
    EFFACE_TRY(Rows rows, std::move(found));
    return rows.next();
}

/// A member that is not cleared, or a job whose study is not known yet: it may be a member.
Result<bool> is_blocked(Database& database, const HoldGroup& group) {
    EFFACE_TRY(
        const bool unplaced, has_row(database.select(
                                 "SELECT 1 FROM jobs WHERE project = ? AND study_uid = '' "
                                 "AND (state = 'received' OR state = 'working') "
                                 "LIMIT 1",
                                 {group.project}
                             ))
    );
    if (unplaced) {
        return true;
    }
    if (group.is_study()) {
        return has_row(database.select(
            "SELECT 1 FROM jobs WHERE study_uid = ? AND project = ? "
            "AND (+state = 'received' OR +state = 'working' OR +state = 'quarantined') LIMIT 1",
            {group.study_uid.reveal(), group.project}
        ));
    }
    return has_row(database.select(
        "SELECT 1 FROM jobs WHERE study_uid = ? AND series_uid = ? AND project = ? "
        "AND (+state = 'received' OR +state = 'working' OR +state = 'quarantined') LIMIT 1",
        {group.study_uid.reveal(), group.series_uid.reveal(), group.project}
    ));
}

Result<std::vector<JobId>> held_members(Database& database, const HoldGroup& group, std::size_t count) {
    const auto select = [&]() -> Result<Rows> {
        if (group.is_study()) {
            return database.select(
                "SELECT id FROM jobs WHERE study_uid = ? AND project = ? AND +state = 'held' AND hold = 2 "
                "LIMIT ?",
                {group.study_uid.reveal(), group.project, count}
            );
        }
        return database.select(
            "SELECT id FROM jobs WHERE study_uid = ? AND series_uid = ? AND project = ? "
            "AND +state = 'held' AND hold = 1 LIMIT ?",
            {group.study_uid.reveal(), group.series_uid.reveal(), group.project, count}
        );
    };
    EFFACE_TRY(Rows rows, select());
    std::vector<JobId> jobs;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return jobs;
        }
        jobs.push_back(rows.count(0));
    }
}

Status release_member(Database& database, JobId job, UnixMicros now) {
    EFFACE_CHECK(move_job(database, job, JobState::kHeld, JobEvent::kHoldRelease));
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kHeld, DeliveryEvent::kReleaseHold));
    return database.run(
        "UPDATE deliveries SET state = ?, due_at = ? WHERE job = ? AND state = 'held'",
        {state_name(to), now, job}
    );
}

Status check_later(Database& database, const HoldGroup& group, UnixMicros check_at) {
    return database.run(
        "UPDATE hold_groups SET check_at = ? WHERE project = ? AND study_uid = ? AND series_uid = ?",
        {check_at, group.project, group.study_uid.reveal(), group.series_uid.reveal()}
    );
}

Status forget_group(Database& database, const HoldGroup& group) {
    return database.run(
        "DELETE FROM hold_groups WHERE project = ? AND study_uid = ? AND series_uid = ?",
        {group.project, group.study_uid.reveal(), group.series_uid.reveal()}
    );
}

}  // namespace

Result<std::vector<JobId>> JobStore::release_holds(
    Database& database, UnixMicros now, UnixMicros quiet_us, std::size_t count
) const {
    EFFACE_TRY(const std::vector<HoldGroup> groups, due_groups(database, now));
    std::vector<JobId> released;
    for (const HoldGroup& group : groups) {
        if (group.last_accepted_at + quiet_us > now) {
            EFFACE_CHECK(check_later(database, group, group.last_accepted_at + quiet_us));
            continue;
        }
        EFFACE_TRY(const bool blocked, is_blocked(database, group));
        if (blocked) {
            EFFACE_CHECK(check_later(database, group, now + kHoldRecheckUs));
            continue;
        }
        const std::size_t room = count - released.size();
        EFFACE_TRY(const auto members, held_members(database, group, room));
        for (const JobId job : members) {
            EFFACE_CHECK(release_member(database, job, now));
            released.push_back(job);
        }
        if (members.size() == room) {
            return released;  // The group stays due: it may have more.
        }
        EFFACE_CHECK(forget_group(database, group));
    }
    return released;
}

}  // namespace efface::db
