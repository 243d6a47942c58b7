// Goal: what an operator asks of the audit is answered within a second when it holds ten million rows.
// Method: a table of that size, written by plain SQL (its hashes are not a chain), then each kind of query,
// first with nothing of the file in memory. Times are printed; only a tenfold excess fails, since machines
// differ.
#include "db/audit/audit_query.h"
#include "tests/unit/db/temporary_store.h"

#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace efface::db {
namespace {

using namespace testing;

constexpr std::uint64_t kRows = 10'000'000;
constexpr std::uint64_t kRowsPerStatement = 500'000;
constexpr UnixMicros kFirstAt = 1'700'000'000'000'000;
constexpr UnixMicros kStepUs = 1'000;
/// Three rows of each instance: received, cleaned, delivered.
constexpr std::uint64_t kInstancesPerStudy = 500;
constexpr std::chrono::seconds kFailAfter{10};

/// Rows n = from..to. Hashes and UIDs ascend in no order, as real ones; lengths are those of real rows, a
/// receipt has 1 050 bytes.
constexpr Literal kFill{
    "WITH RECURSIVE counter(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM counter WHERE n < ?2), "
    "row(n, i, study, step) AS (SELECT n, n / 3, n / 1500, n % 3 FROM counter) "
    "INSERT INTO audit SELECT n, 1700000000000000 + n * 1000, "
    "CASE WHEN n % 5000000 = 0 THEN 'audit_exported' WHEN i % 1000 = 0 AND step = 2 THEN 'quarantined' "
    "WHEN step = 0 THEN 'received' WHEN step = 1 THEN 'cleaned' ELSE 'delivered' END, "
    "CASE WHEN i % 1000 = 0 AND step = 2 THEN 'failure' WHEN i % 77 = 0 THEN 'warning' ELSE 'success' END, "
    "'trial', CASE WHEN step = 2 THEN 'archive' WHEN study % 50000 = 7 THEN 'rare' ELSE 'ct-' || (study % 4) "
    "END, "
    "i + 1, "
    "printf('%08x%024x', i * 2654435761 % 4294967291, i), "
    "printf('%08x%024x', study * 2654435761 % 4294967291, study), '', "
    "CASE WHEN step = 0 THEN '' ELSE printf('2.25.%014d%024d', i * 2654435761 % 4294967291, i) END, "
    "CASE WHEN step = 0 THEN '' ELSE printf('2.25.%014d%024d', study * 2654435761 % 4294967291, study) END, "
    "'rule-of-the-trial', CASE WHEN i % 77 = 0 THEN 'the reason of a warning, about so long' ELSE '' END, "
    "CASE WHEN step = 1 THEN hex(zeroblob(525)) ELSE hex(zeroblob(100)) END, zeroblob(32) FROM row"};

/// The schema's own indexes and triggers, to build them after the rows as the rows are faster without.
constexpr Literal kDropIndexes{
    "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order; "
    "DROP INDEX audit_event; DROP INDEX audit_peer; DROP INDEX audit_job; DROP INDEX audit_study; "
    "DROP INDEX audit_new_study; DROP INDEX audit_outcome;"};

constexpr Literal kMakeIndexes{
    "CREATE INDEX audit_event ON audit (event);"
    "CREATE INDEX audit_peer ON audit (peer, seq, event, outcome) WHERE peer <> '';"
    "CREATE INDEX audit_job ON audit (job) WHERE job <> 0;"
    "CREATE INDEX audit_study ON audit (study_hash) WHERE study_hash <> '';"
    "CREATE INDEX audit_new_study ON audit (new_study_uid, study_hash)\n"
    "    WHERE event = 'cleaned' AND new_study_uid <> '';"
    "CREATE INDEX audit_outcome ON audit (outcome, seq, event, peer) WHERE outcome <> 'success';"};

std::vector<std::string> index_texts(Database& database) {
    auto rows = must(database.select(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'audit' AND type = 'index' ORDER BY name"
    ));
    std::vector<std::string> texts;
    while (must(rows.next())) {
        texts.push_back(rows.text(0));
    }
    return texts;
}

std::string text_of(TemporaryStore& store, Literal sql, std::uint64_t seq) {
    auto rows = must(store.database.select(sql, {seq}));
    EXPECT_TRUE(must(rows.next()));
    return rows.text(0);
}

class AuditScale : public ::testing::Test {
protected:
    void SetUp() override {
        const std::vector<std::string> before = index_texts(store_.database);
        must(store_.database.run_script(kDropIndexes));
        must(store_.database.run_script("PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;"));
        for (std::uint64_t from = 1; from <= kRows; from += kRowsPerStatement) {
            must(store_.database.run(kFill, {from, from + kRowsPerStatement - 1}));
        }
        must(store_.database.run_script(kMakeIndexes));
        ASSERT_EQ(index_texts(store_.database), before) << "the schema has other indexes by now";
        must(store_.database.checkpoint());
        std::printf(
            "%.1f GB with %llu rows\n", static_cast<double>(std::filesystem::file_size(store_.path)) / 1e9,
            static_cast<unsigned long long>(kRows)
        );
    }

    /// Out of the page cache: as long after the last question.
    void forget_file() {
        const int file = ::open(store_.path.c_str(), O_RDONLY | O_CLOEXEC);
        ASSERT_GE(file, 0);
        EXPECT_EQ(::fsync(file), 0);
        EXPECT_EQ(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
        ::close(file);
    }

    std::vector<AuditRow> ask(const char* what, const AuditFilter& filter) {
        std::vector<AuditRow> page;
        for (const char* memory : {"cold", "warm"}) {
            if (*memory == 'c') {
                forget_file();
            }
            Database reader = must(open_store_reader(store_.path));
            const auto begin = std::chrono::steady_clock::now();
            page = must(query_audit(reader, filter));
            const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
            std::printf("%-58s %s %9.1f ms, %zu rows\n", what, memory, took.count(), page.size());
            EXPECT_LT(took, kFailAfter) << what;
        }
        return page;
    }

    TemporaryStore store_;
};

TEST_F(AuditScale, AnswersAboutTenMillionRows) {
    constexpr std::uint64_t kMiddle = kRows / 2 + 2;  // A cleaned row.
    const std::string study = text_of(store_, "SELECT study_hash FROM audit WHERE seq = ?", kMiddle);
    const std::string new_study = text_of(store_, "SELECT new_study_uid FROM audit WHERE seq = ?", kMiddle);
    const UnixMicros late = kFirstAt + static_cast<UnixMicros>(kRows - 500) * kStepUs;
    const UnixMicros middle = kFirstAt + static_cast<UnixMicros>(kRows / 2) * kStepUs;
    constexpr std::size_t kAll = kAuditPageRowsMax;

    EXPECT_EQ(ask("study by its original UID", {.study_hash = study, .rows_max = kAll}).size(), 1500U);
    EXPECT_EQ(ask("study by its new UID", {.new_study_uid = new_study, .rows_max = kAll}).size(), 1500U);
    EXPECT_EQ(
        ask("study, an event in it", {.event = AuditEvent::kCleaned, .study_hash = study}).size(), 500U
    );
    EXPECT_EQ(ask("study that is not there", {.study_hash = "none"}).size(), 0U);
    EXPECT_EQ(ask("new study that is not there", {.new_study_uid = "2.25.0"}).size(), 0U);
    EXPECT_EQ(ask("job", {.job = kRows / 6}).size(), 3U);
    EXPECT_EQ(ask("last 500 rows by time", {.from = late}).size(), 501U);
    EXPECT_EQ(ask("a page from the middle by time", {.from = middle, .rows_max = kAll}).size(), kAll);
    EXPECT_EQ(ask("a time after everything", {.from = late + 1'000'000'000}).size(), 0U);
    EXPECT_EQ(ask("most frequent event, first page", {.event = AuditEvent::kReceived}).size(), 1000U);
    EXPECT_EQ(
        ask("most frequent event, last rows", {.from = late, .event = AuditEvent::kReceived}).size(), 167U
    );
    EXPECT_EQ(ask("rare event, two in all", {.event = AuditEvent::kAuditExported}).size(), 2U);
    EXPECT_EQ(ask("event that never was", {.event = AuditEvent::kPurged}).size(), 0U);
    EXPECT_EQ(ask("failures", {.outcome = AuditOutcome::kFailure, .rows_max = kAll}).size(), 3334U);
    EXPECT_EQ(
        ask("successes, last rows", {.from = late, .outcome = AuditOutcome::kSuccess}).size() > 400U, true
    );
    EXPECT_EQ(ask("peer, first page", {.peer = "ct-1"}).size(), 1000U);
    // The worst: each filter alone holds for a fifth of all rows, both together for none.
    EXPECT_EQ(
        ask("event that a peer never caused", {.event = AuditEvent::kDelivered, .peer = "ct-1"}).size(), 0U
    );
    EXPECT_EQ(
        ask("rare event, frequent peer", {.event = AuditEvent::kAuditExported, .peer = "ct-1"}).size(), 0U
    );
    EXPECT_EQ(
        ask("warnings of an event without", {.event = AuditEvent::kPurged, .outcome = AuditOutcome::kWarning})
            .size(),
        0U
    );
}

}  // namespace
}  // namespace efface::db
