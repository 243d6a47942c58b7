// The store as a whole: opening, a power cut at any moment, listings, and the plan of every query.
#include "db/audit/audit_query.h"
#include "db/sqlite/writer.h"
#include "tests/unit/db/temporary_store.h"

#include <fstream>
#include <sstream>

namespace efface::db {
namespace {

using namespace testing;

TEST(Store, OpensAgainAndKeepsItsRows) {
    TemporaryDirectory directory;
    const std::string path = directory.file("efface.db");
    {
        Database database = must(open_store(path));
        must(JobStore{}.receive(database, synthetic_job("1")));
    }

    Database database = must(open_store(path));

    EXPECT_EQ(must(count_jobs(database))[JobState::kReceived], 1u);
    must(database.quick_check());
    Database reader = must(open_store_reader(path));
    EXPECT_EQ(must(count_jobs(reader))[JobState::kReceived], 1u);
}

TEST(Store, ReaderOfAMissingFileIsToldSo) {
    TemporaryDirectory directory;

    EXPECT_EQ(fault_of(open_store_reader(directory.file("none.db"))), Fault::kRefuse);
}

TEST(Store, FileOfANewerProgramIsRefused) {
    TemporaryDirectory directory;
    const std::string path = directory.file("efface.db");
    {
        Database database = must(open_store(path));
        must(database.run_script("PRAGMA user_version = 99"));
    }

    EXPECT_EQ(fault_of(open_store(path)), Fault::kHalt);
    EXPECT_EQ(fault_of(open_store_reader(path)), Fault::kHalt);
}

/// What a power cut leaves: the files as they are, with the WAL cut anywhere.
void copy_store(const std::string& from, const std::string& to, std::uintmax_t wal_bytes) {
    std::filesystem::copy_file(from, to);
    std::filesystem::copy_file(from + "-wal", to + "-wal");
    std::filesystem::resize_file(to + "-wal", wal_bytes);
}

TEST(Store, PowerCutKeepsWhatWasToldAndNeverHalfOfABatch) {
    TemporaryDirectory directory;
    const std::string path = directory.file("efface.db");
    Database database = must(open_store(path));
    must(database.checkpoint());
    AuditLog audit;
    JobStore jobs;
    Writer writer{database, system_environment().files, {.batch_items_max = 3}};
    std::vector<std::uintmax_t> durable_bytes{0};
    for (int i = 0; i < 12; ++i) {
        must(writer.submit(
            {[&, i](Database& db) -> Status {
                 EFFACE_TRY(const Reception reception, jobs.receive(db, synthetic_job(std::to_string(i))));
                 AuditEntry entry;
                 entry.event = AuditEvent::kReceived;
                 entry.job = reception.job;
                 EFFACE_CHECK(audit.append(db, entry));
                 return {};
             },
             nullptr,
             {}}
        ));
    }
    while (writer.run_once() > 0) {
        durable_bytes.push_back(std::filesystem::file_size(path + "-wal"));
    }
    ASSERT_EQ(durable_bytes.size(), 5u);

    int copy = 0;
    constexpr std::uintmax_t kStep = 1500;  // Cuts within frames, at their ends, and within headers.
    for (std::uintmax_t cut = 0; cut <= durable_bytes.back(); cut += kStep) {
        const std::string after = directory.file("cut" + std::to_string(copy++));
        copy_store(path, after, cut);
        Database reopened = must(open_store(after));
        must(reopened.quick_check());
        const std::uint64_t found = must(count_jobs(reopened))[JobState::kReceived];
        std::uint64_t told = 0;
        for (std::size_t batch = 1; batch < durable_bytes.size(); ++batch) {
            told = durable_bytes[batch] <= cut ? 3 * batch : told;
        }
        EXPECT_EQ(found % 3, 0u) << "cut at " << cut;
        EXPECT_GE(found, told) << "cut at " << cut;
        const AuditVerdict verdict = must(verify_audit(reopened));
        EXPECT_TRUE(verdict.intact());
        EXPECT_EQ(verdict.last, found);  // A job row and its audit row: both or neither.
    }
}

TEST(Listing, CountsByStateAndBacklogs) {
    TemporaryStore store;
    must(store.jobs.receive(store.database, synthetic_job("1")));
    const ClaimedLease lease = work_on(store, synthetic_job("2"));
    must(store.jobs.quarantine(store.database, lease, "ct", "no proof"));
    clear_one(store, "3", {"archive", "folder"});
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
    ));
    must(store.deliveries.hold_destination(store.database, "folder", "tester (1)", 500));

    const QueueCounts counts = must(count_jobs(store.database));
    EXPECT_EQ(counts[JobState::kWorking], 1u);  // The first was claimed along with the second.
    EXPECT_EQ(counts[JobState::kQuarantined], 1u);
    EXPECT_EQ(counts[JobState::kDelivering], 1u);
    EXPECT_EQ(counts[JobState::kPurged], 0u);
    const auto backlogs = must(destination_backlogs(store.database));
    ASSERT_EQ(backlogs.size(), 1u);
    EXPECT_EQ(backlogs[0].destination, "folder");
    EXPECT_EQ(backlogs[0].open, 1u);
    EXPECT_EQ(backlogs[0].oldest_accepted_at, 100);
    EXPECT_TRUE(backlogs[0].held);
}

TEST(Listing, PurgedJobsAreCountedAsWhatIsLeftOver) {
    TemporaryStore store;
    for (const char* name : {"1", "2"}) {
        clear_one(store, name);
        const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
        must(store.deliveries.complete(
            store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
        ));
    }
    must(store.jobs.purge(store.database, 1, 500));

    const QueueCounts counts = must(count_jobs(store.database));
    EXPECT_EQ(counts[JobState::kDelivered], 1u);
    EXPECT_EQ(counts[JobState::kPurged], 1u);
}

TEST(Listing, StudyIsFoundByItsOriginalAndItsNewUid) {
    TemporaryStore store;
    clear_one(store, "1");
    must(store.jobs.receive(store.database, synthetic_job("2")));
    ReceivedJob other_project = synthetic_job("3");
    other_project.project = "registry";
    must(store.jobs.receive(store.database, other_project));

    const StudySummary by_original = must(summarise_study(store.database, "1.2.1"));
    const StudySummary by_new = must(summarise_study(store.database, "2.25.1000"));

    EXPECT_EQ(by_original.received, 3u);
    EXPECT_EQ(by_new.received, 2u);
    EXPECT_EQ(by_new.delivered, 0u);
    EXPECT_FALSE(by_new.complete());
    EXPECT_EQ(by_new.new_study_uid, "2.25.1000");
    EXPECT_EQ(must(list_study(store.database, "2.25.1000", 0, 10)).size(), 2u);
    EXPECT_EQ(must(list_study(store.database, "2.25.1000", 1, 10)).size(), 1u);
    EXPECT_EQ(must(summarise_study(store.database, "9.9")).received, 0u);
}

TEST(Listing, QuarantineIsPagedAndFilteredByReason) {
    TemporaryStore store;
    for (int i = 0; i < 5; ++i) {
        const ClaimedLease lease = work_on(store, synthetic_job(std::to_string(i)));
        must(store.jobs.quarantine(store.database, lease, "ct", i % 2 == 0 ? "even" : "odd"));
    }

    EXPECT_EQ(must(list_quarantine(store.database, "", 0, 3)).size(), 3u);
    EXPECT_EQ(must(list_quarantine(store.database, "", 3, 3)).size(), 2u);
    EXPECT_EQ(must(list_quarantine(store.database, "odd", 0, 10)).size(), 2u);
    EXPECT_EQ(must(list_jobs(store.database, JobState::kQuarantined, 0, 10)).size(), 5u);
    EXPECT_EQ(fault_of(list_jobs(store.database, JobState::kPurged, 0, 10)), Fault::kRefuse);
}

// Query plans. Goal: no query walks a table. Method: every SQL text in the sources of db/ is read, and its
// plan asked of an empty store; SQLite has no statistics then, so it plans as in production (ANALYZE is
// never run). A SCAN is allowed only for what is named below, each with its reason.

const std::vector<std::string>& allowed_scans() {
    static const std::vector<std::string> scans{
        "SCAN jobs USING COVERING INDEX jobs_active",              // Counts what is in work.
        "SCAN jobs USING COVERING INDEX jobs_ended",               // Counts what is not purged.
        "SCAN jobs USING INDEX jobs_due",                          // Its first entry: LIMIT 1.
        "SCAN jobs USING INDEX jobs_purging",                      // Interrupted purges: few, LIMIT.
        "SCAN deliveries USING COVERING INDEX deliveries_active",  // Counts each backlog.
        "SCAN destination_holds",                                  // One row per stopped destination.
        "SCAN CONSTANT ROW",
    };
    return scans;
}

/// The string literals that begin with a SQL verb, adjacent ones joined, column macros put in.
std::vector<std::string> sql_texts(const std::string& source) {
    std::map<std::string, std::string> macros;
    std::vector<std::string> out;
    std::string text;
    std::string name;
    const auto flush = [&] {
        for (const char* verb : {"SELECT ", "UPDATE ", "DELETE FROM "}) {
            if (text.starts_with(verb)) {
                out.push_back(text);
            }
        }
        text.clear();
    };
    std::string macro;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const char c = source[i];
        if (c == '"') {
            std::string literal;
            for (++i; i < source.size() && source[i] != '"'; ++i) {
                literal += source[i];
            }
            (macro.empty() ? text : macros[macro]) += literal;
            continue;
        }
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '#') {
            name += c;
            continue;
        }
        if (name.starts_with("EFFACE_")) {
            const std::size_t before = source.rfind('\n', i - 1);
            const bool defines = source.substr(before + 1, 8) == "#define ";
            if (defines) {
                macro = name;
            } else {
                text += macros.contains(name) ? macros[name] : "";
            }
        }
        name.clear();
        if (c == '\n' && !macro.empty() && source[i - 1] != '\\') {
            macro.clear();
        }
        if (c == ',' || c == ';' || c == ')') {
            flush();
        }
    }
    return out;
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Formats, EveryEventStandsInTheDocumentWithItsMeaning) {
    const std::filesystem::path root = std::filesystem::path{__FILE__}.parent_path() / "../../..";
    const std::string document = read_text(root / "docs/formats.md");

    for (const AuditEventRow& row : audit_events()) {
        const std::string line = "| `" + std::string{row.name} + "` | ";
        EXPECT_NE(document.find(line), std::string::npos) << row.name;
        EXPECT_NE(document.find("| " + std::string{row.meaning} + " |"), std::string::npos) << row.name;
    }
}

TEST(QueryPlan, NoQueryOfTheQueueOrTheCrosswalkWalksATable) {
    TemporaryStore store;
    const std::filesystem::path root = std::filesystem::path{__FILE__}.parent_path() / "../../../db";
    std::size_t looked_at = 0;
    for (const char* folder : {"jobs", "crosswalk", "audit"}) {
        std::string columns = read_text(root / "jobs/job_row.h") + read_text(root / "jobs/delivery_row.h") +
                              read_text(root / "audit/audit_row.h");
        for (const auto& file : std::filesystem::directory_iterator{root / folder}) {
            if (file.path().extension() != ".cpp") {
                continue;
            }
            for (const std::string& sql : sql_texts(columns + read_text(file.path()))) {
                ++looked_at;
                std::istringstream plan{must(store.database.query_plan(sql))};
                for (std::string line; std::getline(plan, line);) {
                    const bool allowed = std::find(allowed_scans().begin(), allowed_scans().end(), line) !=
                                         allowed_scans().end();
                    EXPECT_TRUE(allowed || !line.starts_with("SCAN ")) << line << "\n" << sql;
                    EXPECT_FALSE(line.starts_with("USE TEMP B-TREE") && folder == std::string{"audit"})
                        << line << "\n"
                        << sql;
                }
            }
        }
    }
    EXPECT_GT(looked_at, 60u);  // The reading of the sources itself works.
}

TEST(QueryPlan, EachAuditFilterLeadsToItsIndex) {
    TemporaryStore store;
    const auto plan = [&](std::string_view filter) {
        const std::string sql = "SELECT detail FROM audit WHERE seq > ? AND seq < ?" + std::string{filter} +
                                " ORDER BY seq LIMIT ?";
        return must(store.database.query_plan(sql));
    };

    // The texts of select_page() in audit_query.cpp.
    EXPECT_EQ(plan(""), "SEARCH audit USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\n");
    EXPECT_EQ(
        plan(" AND event = ?"), "SEARCH audit USING INDEX audit_event (event=? AND rowid>? AND rowid<?)\n"
    );
    EXPECT_EQ(
        plan(" AND peer <> '' AND peer = ? AND +event = ?"),
        "SEARCH audit USING INDEX audit_peer (peer=? AND seq>? AND seq<?)\n"
    );
    EXPECT_EQ(
        plan(" AND study_hash <> '' AND study_hash = ? AND +job = ? AND +peer = ?"),
        "SEARCH audit USING INDEX audit_study (study_hash=? AND rowid>? AND rowid<?)\n"
    );
    EXPECT_EQ(
        plan(" AND job <> 0 AND job = ?"),
        "SEARCH audit USING INDEX audit_job (job=? AND rowid>? AND rowid<?)\n"
    );
    EXPECT_EQ(
        plan(" AND outcome <> 'success' AND outcome = ?"),
        "SEARCH audit USING INDEX audit_outcome (outcome=? AND seq>? AND seq<?)\n"
    );
}

}  // namespace
}  // namespace efface::db
