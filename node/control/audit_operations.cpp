#include "config/json.h"
#include "db/audit/audit_query.h"
#include "node/control/arguments.h"
#include "node/control/operations.h"
#include "node/control/rows_json.h"

#include <algorithm>

namespace efface::node {

namespace {

constexpr std::uint64_t kAnyNumber = ~std::uint64_t{0} >> 1U;

/// An operator knows a study by its original or by its new UID and need not say which.
tl::expected<void, ControlError> add_study(
    const Reading& reading, const std::string& study, db::AuditFilter& filter
) {
    if (study.empty()) {
        return {};
    }
    if (reading.identity == nullptr) {
        return control_error(
            ControlCode::kRefused, "studies are found by a keyed hash, and the audit key cannot be read"
        );
    }
    const std::string hash = reading.identity->study(study);
    const auto by_original = db::query_audit(reading.database, {.study_hash = hash, .rows_max = 1});
    if (!by_original) {
        return control_error(by_original.error());
    }
    if (by_original->empty()) {
        filter.new_study_uid = study;
    } else {
        filter.study_hash = hash;
    }
    return {};
}

tl::expected<void, ControlError> add_names(
    const std::string& event, const std::string& outcome, db::AuditFilter& filter
) {
    if (!event.empty()) {
        filter.event = db::find_event(event);
        if (!filter.event) {
            return control_error(ControlCode::kUsage, "there is no audit event '" + event + "'");
        }
    }
    if (!outcome.empty()) {
        filter.outcome = db::find_outcome(outcome);
        if (!filter.outcome) {
            return control_error(
                ControlCode::kUsage, "outcome is 'success', 'warning' or 'failure', not '" + outcome + "'"
            );
        }
    }
    return {};
}

}  // namespace

ControlResult read_audit_page(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::string study = given.text("study");
    const std::string event = given.text("event");
    const std::string outcome = given.text("outcome");
    db::AuditFilter filter;
    filter.from = given.micros("from");
    filter.to = given.micros("to");
    filter.peer = given.text("peer");
    filter.job = given.number("job", 0, kAnyNumber);
    filter.after_seq = given.number("after", 0, kAnyNumber);
    filter.rows_max =
        static_cast<std::size_t>(std::max<std::uint64_t>(given.number("count", kPageRowsMax, kPageRowsMax), 1)
        );
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    if (auto named = add_names(event, outcome, filter); !named) {
        return tl::unexpected(named.error());
    }
    if (auto added = add_study(reading, study, filter); !added) {
        return tl::unexpected(added.error());
    }
    const auto rows = db::query_audit(reading.database, filter);
    if (!rows) {
        return control_error(rows.error());
    }
    Json out = Json::array();
    for (const db::AuditRow& row : *rows) {
        out.push_back(audit_row_json(row));
    }
    const std::uint64_t next = rows->size() == filter.rows_max ? rows->back().seq : 0;
    return Json{{"rows", std::move(out)}, {"next", next}};
}

ControlResult verify_audit_page(const Reading& reading, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::uint64_t from = std::max<std::uint64_t>(given.number("from", 1, kAnyNumber), 1);
    const std::uint64_t to = given.number("to", 0, kAnyNumber);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const std::uint64_t page_end = from + kVerifyRowsMax - 1;
    const std::uint64_t asked = to == 0 ? page_end : std::min(to, page_end);
    const auto verdict = db::verify_audit(reading.database, from, asked);
    if (!verdict) {
        return control_error(verdict.error());
    }
    // A page that is cut off by its own bound, not by the log's end or the caller's, goes on.
    const bool full = verdict->last == page_end && (to == 0 || to > page_end);
    return Json{
        {"first", verdict->first},
        {"last", verdict->last},
        {"intact", verdict->intact()},
        {"bad_seq", verdict->bad_seq},
        {"damage", verdict->intact() ? std::string_view{} : db::damage_name(verdict->damage)},
        {"next", full && verdict->intact() ? page_end + 1 : 0},
    };
}

ControlResult note_export(const Changing& changing, const Json& arguments) {
    ArgumentReader given{arguments};
    const std::uint64_t rows = given.number("rows", 0, kAnyNumber);
    const std::string format = given.required_text("format", 16);
    const std::string filter = given.text("filter", kReasonBytesMax);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    if (filter.find_first_not_of("abcdefghijklmnopqrstuvwxyz, ") != std::string::npos) {
        return control_error(ControlCode::kUsage, "filter holds names of filters, not their values");
    }
    const ControlParts& parts = changing.parts;
    const db::AuditEntry entry{
        .event = db::AuditEvent::kAuditExported,
        .at = parts.environment.clock.now(),
        .detail = dump_json(Json{
            {"operator", changing.who.name},
            {"uid", changing.who.uid},
            {"rows", rows},
            {"format", format},
            {"filter", filter}}),
    };
    std::uint64_t seq = 0;
    const Status written = parts.writer.call([&](db::Database& database) -> Status {
        EFFACE_TRY(seq, parts.audit.append(database, entry));
        return {};
    });
    if (!written) {
        return control_error(written.error());
    }
    return Json{{"seq", seq}};
}

}  // namespace efface::node
