#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/jobs/job_store.h"
#include "node/control/arguments.h"
#include "node/control/operations.h"
#include "node/control/rows_json.h"

#include <algorithm>
#include <array>

namespace efface::node {

namespace {

/// Where jobs are that are neither done nor waiting for an operator.
constexpr std::array kInWork{
    db::JobState::kReceived, db::JobState::kWorking, db::JobState::kHeld, db::JobState::kDelivering};
constexpr std::size_t kJobAuditRowsMax = 1000;

struct Page {
    std::uint64_t after = 0;
    std::size_t count = 0;
};

Page read_page(ArgumentReader& reader) {
    const std::uint64_t all = ~std::uint64_t{0} >> 1U;
    Page page;
    page.after = reader.number("after", 0, all);
    page.count = static_cast<std::size_t>(reader.number("count", kPageRowsMax, kPageRowsMax));
    page.count = std::max<std::size_t>(page.count, 1);
    return page;
}

Json jobs_page(const std::vector<db::Job>& jobs, const Page& page, const AuditIdentity* identity) {
    Json rows = Json::array();
    for (const db::Job& job : jobs) {
        rows.push_back(job_json(job, identity));
    }
    const std::uint64_t next = jobs.size() == page.count ? jobs.back().id : 0;
    return {{"jobs", std::move(rows)}, {"next", next}};
}

tl::expected<Json, ControlError> with_deliveries(
    db::Database& database, const db::Job& job, const AuditIdentity* identity
) {
    Json row = job_json(job, identity);
    const auto deliveries = db::find_deliveries(database, job.id);
    if (!deliveries) {
        return control_error(deliveries.error());
    }
    row["deliveries"] = Json::array();
    for (const db::Delivery& delivery : *deliveries) {
        row["deliveries"].push_back(delivery_json(delivery));
    }
    return row;
}

/// Jobs of several states in one ascending listing.
Result<std::vector<db::Job>> list_in_work(db::Database& database, const Page& page) {
    std::vector<db::Job> all;
    for (const db::JobState state : kInWork) {
        EFFACE_TRY(auto some, db::list_jobs(database, state, page.after, page.count));
        all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    std::sort(all.begin(), all.end(), [](const db::Job& a, const db::Job& b) { return a.id < b.id; });
    if (all.size() > page.count) {
        all.resize(page.count);
    }
    return all;
}

std::string_view kind_name(DestinationKind kind) {
    return kind == DestinationKind::kDicom ? "dicom" : "folder";
}

Json configured_json(const DestinationSettings& destination) {
    Json row{
        {"destination", destination.name},
        {"configured", true},
        {"kind", kind_name(destination.kind)},
    };
    if (destination.kind == DestinationKind::kFolder) {
        row["path"] = destination.path;
        return row;
    }
    row["host"] = destination.host;
    row["port"] = destination.port;
    row["called_ae"] = destination.called_ae;
    row["calling_ae"] = destination.calling_ae;
    return row;
}

}  // namespace

ControlResult read_status(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto counts = db::count_jobs(reading.database);
    if (!counts) {
        return control_error(counts.error());
    }
    auto destinations = read_destinations(reading, Json::object());
    if (!destinations) {
        return destinations;
    }
    const UnixMicros oldest = counts->oldest_received_at;
    return Json{
        {"at", time_json(reading.now)},
        {"jobs", counts_json(counts->jobs)},
        {"oldest_received_at", time_json(oldest)},
        {"oldest_received_age_seconds", oldest == 0 ? 0 : (reading.now - oldest) / 1'000'000},
        {"destinations", std::move((*destinations)["destinations"])},
    };
}

ControlResult read_queue(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::string name = given.text("state");
    const Page page = read_page(given);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto state = name.empty() ? std::nullopt : db::find_job_state(name);
    if (!name.empty() && !state) {
        return control_error(ControlCode::kUsage, "there is no job state '" + name + "'");
    }
    const auto jobs = state ? db::list_jobs(reading.database, *state, page.after, page.count)
                            : list_in_work(reading.database, page);
    if (!jobs) {
        return control_error(jobs.error());
    }
    return jobs_page(*jobs, page, reading.identity);
}

ControlResult read_quarantine(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::string reason = given.text("reason", kReasonBytesMax);
    const Page page = read_page(given);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto jobs = db::list_quarantine(reading.database, reason, page.after, page.count);
    if (!jobs) {
        return control_error(jobs.error());
    }
    return jobs_page(*jobs, page, reading.identity);
}

ControlResult read_study(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::string study = given.required_text("study");
    const Page page = read_page(given);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto summary = db::summarise_study(reading.database, study);
    if (!summary) {
        return control_error(summary.error());
    }
    const bool known = std::any_of(summary->jobs.begin(), summary->jobs.end(), [](std::uint64_t count) {
        return count > 0;
    });
    if (!known) {
        // The UID is not repeated: the original one names a study.
        return control_error(ControlCode::kNotFound, "no instance of this study was received");
    }
    const auto jobs = db::list_study(reading.database, study, page.after, page.count);
    if (!jobs) {
        return control_error(jobs.error());
    }
    Json rows = Json::array();
    for (const db::Job& job : *jobs) {
        auto row = with_deliveries(reading.database, job, reading.identity);
        if (!row) {
            return row;
        }
        rows.push_back(std::move(*row));
    }
    const std::uint64_t next = jobs->size() == page.count ? jobs->back().id : 0;
    return Json{{"study", study_json(*summary)}, {"jobs", std::move(rows)}, {"next", next}};
}

ControlResult read_job(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::uint64_t id = given.number("job", 0, ~std::uint64_t{0} >> 1U);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto job = db::find_job(reading.database, id);
    if (!job) {
        return control_error(job.error());
    }
    if (!*job) {
        return control_error(ControlCode::kNotFound, "there is no job " + std::to_string(id));
    }
    auto out = with_deliveries(reading.database, **job, reading.identity);
    if (!out) {
        return out;
    }
    const auto rows = db::query_audit(reading.database, {.job = id, .rows_max = kJobAuditRowsMax});
    if (!rows) {
        return control_error(rows.error());
    }
    (*out)["audit"] = Json::array();
    for (const db::AuditRow& row : *rows) {
        (*out)["audit"].push_back(audit_row_json(row));
    }
    return out;
}

ControlResult read_destinations(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto backlogs = db::destination_backlogs(reading.database);
    if (!backlogs) {
        return control_error(backlogs.error());
    }
    Json rows = Json::array();
    for (const DestinationSettings& destination : reading.settings.destinations) {
        const auto found =
            std::find_if(backlogs->begin(), backlogs->end(), [&](const db::DestinationBacklog& backlog) {
                return backlog.destination == destination.name;
            });
        Json row = configured_json(destination);
        row.update(backlog_json(
            found == backlogs->end() ? db::DestinationBacklog{.destination = destination.name} : *found
        ));
        rows.push_back(std::move(row));
    }
    // Work for a destination that was taken out of the configuration must not go unseen.
    for (const db::DestinationBacklog& backlog : *backlogs) {
        if (reading.settings.find_destination(backlog.destination) == nullptr) {
            Json row{{"destination", backlog.destination}, {"configured", false}, {"kind", ""}};
            row.update(backlog_json(backlog));
            rows.push_back(std::move(row));
        }
    }
    return Json{{"destinations", std::move(rows)}};
}

}  // namespace efface::node
