// Goal: whatever is done to a row between the first and the last is found. Method: a second raw
// connection drops the triggers and does it.
#include "config/crypto/seal.h"
#include "config/json.h"
#include "db/audit/aggregator.h"
#include "db/audit/audit_query.h"
#include "db/crosswalk/crosswalk.h"
#include "tests/unit/db/temporary_store.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace efface::db {
namespace {

using namespace testing;

AuditEntry entry_for(std::uint64_t job, UnixMicros at, AuditEvent event = AuditEvent::kReceived) {
    AuditEntry entry;
    entry.event = event;
    entry.at = at;
    entry.project = "trial";
    entry.peer = job % 2 == 0 ? "ct-1" : "mr-1";
    entry.job = job;
    entry.study_hash = "study" + std::to_string(job / 3);
    entry.reason = "row " + std::to_string(job);
    return entry;
}

/// Rows 1..count with times 10, 20, 30 ...
struct Log {
    TemporaryStore store;
    AuditLog log;

    explicit Log(std::uint64_t count = 0) {
        Transaction transaction = must(Transaction::begin(store.database));
        for (std::uint64_t i = 1; i <= count; ++i) {
            EXPECT_EQ(must(log.append(store.database, entry_for(i, static_cast<UnixMicros>(i * 10)))), i);
        }
        must(transaction.commit());
    }

    /// As an attacker with the file would: no triggers, any statement.
    void tamper(Literal sql) {
        must(store.database.run_script(
            "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order;"
        ));
        must(store.database.run_script(sql));
    }

    AuditVerdict verify(std::uint64_t from = 1, std::uint64_t to = 0) {
        return must(verify_audit(store.database, from, to));
    }
};

TEST(AuditLog, IntactChainVerifiesFromEveryRow) {
    Log log{20};

    EXPECT_TRUE(log.verify().intact());
    EXPECT_EQ(log.verify().last, 20u);
    for (std::uint64_t from = 1; from <= 20; ++from) {
        EXPECT_TRUE(log.verify(from).intact()) << from;
    }
    EXPECT_TRUE(must(verify_audit_tail(log.store.database, 5)).intact());
    EXPECT_EQ(must(verify_audit_tail(log.store.database, 5)).first, 16u);
    EXPECT_TRUE(Log{}.verify().intact());
}

TEST(AuditLog, TriggersRefuseUpdateDeleteAndInsertOutOfOrder) {
    Log log{3};
    Database& db = log.store.database;

    EXPECT_EQ(fault_of(db.run("UPDATE audit SET reason = 'x' WHERE seq = 2")), Fault::kRefuse);
    EXPECT_EQ(fault_of(db.run("DELETE FROM audit WHERE seq = 3")), Fault::kRefuse);
    EXPECT_EQ(
        fault_of(db.run("INSERT INTO audit SELECT 9, at, event, outcome, project, peer, job, instance_hash, "
                        "study_hash, patient_hash, new_instance_uid, new_study_uid, rule, reason, detail, "
                        "hash FROM audit WHERE seq = 1")),
        Fault::kRefuse
    );
    EXPECT_EQ(
        fault_of(db.run("INSERT OR REPLACE INTO audit SELECT 2, at, event, outcome, project, peer, job, "
                        "instance_hash, study_hash, patient_hash, new_instance_uid, new_study_uid, rule, "
                        "reason, detail, hash FROM audit WHERE seq = 1")),
        Fault::kRefuse
    );
    EXPECT_TRUE(log.verify().intact());
}

TEST(AuditLog, ChangedRowIsFoundWhicheverColumnItIs) {
    for (const Literal sql :
         {Literal{"UPDATE audit SET at = at + 1 WHERE seq = 5"},
          Literal{"UPDATE audit SET event = 'cleaned' WHERE seq = 5"},
          Literal{"UPDATE audit SET outcome = 'failure' WHERE seq = 5"},
          Literal{"UPDATE audit SET project = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET peer = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET job = 77 WHERE seq = 5"},
          Literal{"UPDATE audit SET instance_hash = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET study_hash = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET patient_hash = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET new_instance_uid = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET new_study_uid = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET rule = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET reason = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET detail = 'x' WHERE seq = 5"},
          Literal{"UPDATE audit SET hash = zeroblob(32) WHERE seq = 5"},
          // Text moved from one column into its neighbour.
          Literal{"UPDATE audit SET project = '', peer = project || peer WHERE seq = 5"}}) {
        Log log{10};
        log.tamper(sql);

        const AuditVerdict verdict = log.verify();

        EXPECT_EQ(verdict.bad_seq, 5u) << sql.view();
        EXPECT_EQ(damage_name(verdict.damage), "changed") << sql.view();
    }
}

TEST(AuditLog, MissingRowIsFound) {
    Log log{10};
    log.tamper("DELETE FROM audit WHERE seq = 5");

    EXPECT_EQ(log.verify().bad_seq, 5u);
    EXPECT_EQ(damage_name(log.verify().damage), "missing");
    EXPECT_TRUE(log.verify(1, 4).intact());
    EXPECT_FALSE(log.verify(6).intact());
}

TEST(AuditLog, RowsThatMovedUpOverAMissingOneAreFound) {
    Log log{10};
    log.tamper(
        "DELETE FROM audit WHERE seq = 5;"
        "UPDATE audit SET seq = -seq WHERE seq > 5;"
        "UPDATE audit SET seq = -seq - 1 WHERE seq < 0;"
    );

    EXPECT_EQ(log.verify().bad_seq, 5u);
}

TEST(AuditLog, SwappedRowsAreFoundAsReordered) {
    Log log{10};
    log.tamper(
        "UPDATE audit SET seq = 100 WHERE seq = 4;"
        "UPDATE audit SET seq = 4 WHERE seq = 7;"
        "UPDATE audit SET seq = 7 WHERE seq = 100;"
    );

    EXPECT_EQ(log.verify().bad_seq, 4u);
    EXPECT_EQ(damage_name(log.verify().damage), "reordered");
}

TEST(AuditLog, ARowThatWasMovedAwayIsFoundAsReordered) {
    Log log{10};
    log.tamper("UPDATE audit SET seq = 100 WHERE seq = 4");

    EXPECT_EQ(log.verify().bad_seq, 4u);
    EXPECT_EQ(damage_name(log.verify().damage), "reordered");
}

TEST(AuditLog, CutTailIsNotFoundByTheChainAlone) {
    // What the documentation says it cannot do; a checkpoint kept elsewhere would find it.
    Log log{10};
    log.tamper("DELETE FROM audit WHERE seq > 6");

    EXPECT_TRUE(log.verify().intact());
    EXPECT_EQ(log.verify().last, 6u);
}

TEST(AuditLog, HeadIsReadAgainAfterARollback) {
    Log log{3};
    {
        Transaction transaction = must(Transaction::begin(log.store.database));
        EXPECT_EQ(must(log.log.append(log.store.database, entry_for(4, 40))), 4u);
        {
            Savepoint savepoint = must(Savepoint::begin(log.store.database));
            EXPECT_EQ(must(log.log.append(log.store.database, entry_for(5, 50))), 5u);
        }
        EXPECT_EQ(must(log.log.append(log.store.database, entry_for(6, 60))), 5u);
        must(transaction.commit());
    }
    {
        Transaction transaction = must(Transaction::begin(log.store.database));
        must(log.log.append(log.store.database, entry_for(7, 70)));
    }
    EXPECT_EQ(must(log.log.append(log.store.database, entry_for(8, 80))), 6u);

    EXPECT_TRUE(log.verify().intact());
    EXPECT_EQ(log.verify().last, 6u);
}

TEST(AuditLog, ChainGoesOnInANewProcess) {
    Log log{3};
    AuditLog another;

    EXPECT_EQ(must(another.append(log.store.database, entry_for(4, 40))), 4u);
    EXPECT_TRUE(log.verify().intact());
}

TEST(AuditLog, TimeNeverGoesBackAlongTheChain) {
    Log log{3};

    must(log.log.append(log.store.database, entry_for(4, 5)));

    const auto rows = must(query_audit(log.store.database, {.after_seq = 3}));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].entry.at, 30);
}

TEST(AuditEvents, EveryNameIsReadBack) {
    for (const AuditEventRow& row : audit_events()) {
        EXPECT_EQ(find_event(row.name), row.event);
        EXPECT_FALSE(row.meaning.empty());
    }
    EXPECT_FALSE(find_event("unheard_of"));
    EXPECT_EQ(find_outcome("warning"), AuditOutcome::kWarning);
    EXPECT_FALSE(find_outcome("fine"));
}

/// What the program's sources outside db/audit say, all in one.
std::string sources_that_write() {
    std::string text;
    for (const char* folder : {"db/jobs", "node"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
            if (entry.path().extension() == ".cpp") {
                std::ifstream in{entry.path(), std::ios::binary};
                text.append(std::istreambuf_iterator<char>{in}, {});
            }
        }
    }
    return text;
}

/// "hold_released" -> "AuditEvent::kHoldReleased".
std::string enumerator_of(std::string_view name) {
    std::string out = "AuditEvent::k";
    bool upper = true;
    for (const char c : name) {
        if (c != '_') {
            out += upper ? static_cast<char>(std::toupper(c)) : c;
        }
        upper = c == '_';
    }
    return out;
}

// An event that the documentation promises and nobody writes is a hole in the audit.
TEST(AuditEvents, EveryEventIsWrittenSomewhere) {
    const std::string text = sources_that_write();
    ASSERT_FALSE(text.empty()) << "run this test in the root of the repository";

    for (const AuditEventRow& row : audit_events()) {
        const std::string enumerator = enumerator_of(row.name);
        const std::size_t found = text.find(enumerator);
        EXPECT_NE(found, std::string::npos) << enumerator << " is written nowhere";
    }
}

TEST(AuditQuery, TheNewestRowOfAnEventIsFound) {
    Log log{3};
    EXPECT_FALSE(must(last_row_of(log.store.database, AuditEvent::kPurged)));
    must(log.log.append(log.store.database, entry_for(4, 40, AuditEvent::kPurged)));
    must(log.log.append(log.store.database, entry_for(5, 50, AuditEvent::kPurged)));
    must(log.log.append(log.store.database, entry_for(6, 60)));

    EXPECT_EQ(must(last_row_of(log.store.database, AuditEvent::kPurged))->seq, 5u);
}

std::vector<std::uint64_t> seqs(TemporaryStore& store, const AuditFilter& filter) {
    std::vector<std::uint64_t> out;
    for (const AuditRow& row : must(query_audit(store.database, filter))) {
        out.push_back(row.seq);
    }
    return out;
}

using Seqs = std::vector<std::uint64_t>;

TEST(AuditQuery, EveryFilterAloneAndTogether) {
    Log log{9};
    AuditEntry failure = entry_for(4, 100, AuditEvent::kDeliveryFailed);
    failure.outcome = AuditOutcome::kFailure;
    must(log.log.append(log.store.database, failure));
    TemporaryStore& store = log.store;

    EXPECT_EQ(seqs(store, {.from = 30, .to = 50}), (Seqs{3, 4}));
    EXPECT_EQ(seqs(store, {.from = 95}), (Seqs{10}));
    EXPECT_EQ(seqs(store, {.to = 1}), Seqs{});
    EXPECT_EQ(seqs(store, {.from = 1000}), Seqs{});
    EXPECT_EQ(seqs(store, {.event = AuditEvent::kDeliveryFailed}), (Seqs{10}));
    EXPECT_EQ(seqs(store, {.outcome = AuditOutcome::kFailure}), (Seqs{10}));
    EXPECT_EQ(seqs(store, {.outcome = AuditOutcome::kSuccess, .rows_max = 2}), (Seqs{1, 2}));
    EXPECT_EQ(seqs(store, {.peer = "ct-1"}), (Seqs{2, 4, 6, 8, 10}));
    EXPECT_EQ(seqs(store, {.study_hash = "study1"}), (Seqs{3, 4, 5, 10}));
    EXPECT_EQ(seqs(store, {.job = 4}), (Seqs{4, 10}));
    EXPECT_EQ(
        seqs(store, {.from = 30, .event = AuditEvent::kReceived, .peer = "ct-1", .study_hash = "study1"}),
        (Seqs{4})
    );
    EXPECT_EQ(seqs(store, {.after_seq = 8}), (Seqs{9, 10}));
}

TEST(AuditQuery, NewStudyUidFindsEveryRowOfTheOriginal) {
    Log log{9};
    AuditEntry cleaned = entry_for(4, 100, AuditEvent::kCleaned);
    cleaned.new_study_uid = "2.25.5";
    cleaned.detail = R"({"actions":{"X":3}})";
    must(log.log.append(log.store.database, cleaned));

    EXPECT_EQ(seqs(log.store, {.new_study_uid = "2.25.5"}), (Seqs{3, 4, 5, 10}));
    EXPECT_EQ(seqs(log.store, {.study_hash = "study2", .new_study_uid = "2.25.5"}), Seqs{});
    EXPECT_EQ(seqs(log.store, {.new_study_uid = "2.25.6"}), Seqs{});
    EXPECT_EQ(must(find_receipt(log.store.database, 4)), cleaned.detail);
    EXPECT_EQ(must(find_receipt(log.store.database, 5)), std::nullopt);
}

TEST(AuditQuery, ExportGoesThroughAllPagesAndStopsAtAnError) {
    Log log{25};
    Seqs exported;
    const auto collect = [&](const AuditRow& row) -> Status {
        exported.push_back(row.seq);
        return {};
    };

    must(export_audit(log.store.database, {.rows_max = 10}, collect));

    EXPECT_EQ(exported.size(), 25u);
    EXPECT_EQ(exported.back(), 25u);
    const auto refuse = [](const AuditRow&) -> Status { return fail(Fault::kRetry, "planned"); };
    EXPECT_EQ(fault_of(export_audit(log.store.database, {}, refuse)), Fault::kRetry);
}

class HandClock final : public Clock {
public:
    std::chrono::nanoseconds time{};

    UnixMicros now() const override {
        return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    }

    std::chrono::nanoseconds monotonic() const override { return time; }
};

std::uint64_t count_of(const AuditEntry& entry) {
    return parse_json(entry.detail)->at("count").get<std::uint64_t>();
}

TEST(AuditAggregator, EqualEventsBecomeOneRowAMinuteAndNoneIsLost) {
    HandClock clock;
    AuditAggregator aggregator{clock};
    AuditEntry entry = entry_for(0, 0, AuditEvent::kAssociationRejected);
    entry.detail = R"({"address":"192.0.2.7"})";

    const auto first = aggregator.note("192.0.2.7", entry);
    ASSERT_TRUE(first);
    EXPECT_EQ(count_of(*first), 1u);
    EXPECT_EQ(parse_json(first->detail)->at("address"), "192.0.2.7");
    EXPECT_TRUE(aggregator.note("192.0.2.8", entry));
    for (int i = 0; i < 99; ++i) {
        EXPECT_FALSE(aggregator.note("192.0.2.7", entry));
    }
    clock.time = std::chrono::seconds{59};
    EXPECT_TRUE(aggregator.flush().empty());

    clock.time = std::chrono::seconds{60};
    const auto rows = aggregator.flush();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(count_of(rows[0]), 99u);
    EXPECT_EQ(rows[0].at, 60'000'000);
    EXPECT_FALSE(aggregator.note("192.0.2.7", entry));  // Still the same minute-by-minute run.
    EXPECT_TRUE(aggregator.note("192.0.2.8", entry));   // Was quiet for a whole window.
    EXPECT_EQ(count_of(aggregator.flush_all().at(0)), 1u);
}

TEST(AuditAggregator, ManyAddressesAtOnceShareOneRow) {
    HandClock clock;
    AuditAggregator aggregator{clock};
    const AuditEntry entry = entry_for(0, 0, AuditEvent::kAssociationRejected);
    std::size_t told = 0;
    for (std::size_t i = 0; i < 3 * kAggregatedKeysMax; ++i) {
        told += aggregator.note("address " + std::to_string(i), entry) ? 1 : 0;
    }
    EXPECT_EQ(told, kAggregatedKeysMax + 1);

    clock.time = std::chrono::seconds{61};
    const auto rows = aggregator.flush();

    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(count_of(rows[0]), 2 * kAggregatedKeysMax - 1);
    EXPECT_TRUE(rows[0].peer.empty());
}

SealKey key_of(std::uint8_t fill) {
    SealKey key{};
    key.fill(fill);
    return key;
}

TEST(Seal, OpensOnlyUnderItsKeyAndContextAndUnchanged) {
    Entropy& entropy = system_environment().entropy;
    const auto sealed = must(seal(key_of(1), entropy, "1.2.840.1", "row 1"));

    EXPECT_EQ(must(unseal(key_of(1), sealed, "row 1")), "1.2.840.1");
    EXPECT_EQ(fault_of(unseal(key_of(2), sealed, "row 1")), Fault::kRefuse);
    EXPECT_EQ(fault_of(unseal(key_of(1), sealed, "row 2")), Fault::kRefuse);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] ^= 1U;
        EXPECT_EQ(fault_of(unseal(key_of(1), changed, "row 1")), Fault::kRefuse) << i;
    }
    EXPECT_EQ(
        fault_of(unseal(key_of(1), std::span{sealed}.first(sealed.size() - 1), "row 1")), Fault::kRefuse
    );
    EXPECT_EQ(fault_of(unseal(key_of(1), {}, "row 1")), Fault::kRefuse);
    EXPECT_EQ(must(unseal(key_of(1), must(seal(key_of(1), entropy, "", "")), "")), "");
    EXPECT_NE(must(seal(key_of(1), entropy, "1.2.840.1", "row 1")), sealed);
}

class OneByteEntropy final : public Entropy {
public:
    Status fill(std::span<std::byte> out) override {
        std::fill(out.begin(), out.end(), std::byte{0});
        return {};
    }
};

TEST(Seal, IsAes256GcmByItsKnownAnswer) {
    // The GCM specification's test case 14: zero key and nonce, 16 zero bytes.
    OneByteEntropy zeros;
    const auto sealed = must(seal(SealKey{}, zeros, std::string(16, '\0'), ""));

    EXPECT_EQ(
        to_hex(std::span{sealed}.subspan(13)),
        "cea7403d4d606b6e074ec5d3baf39d18"
        "d0d1c8a799996bf0265b98b5d48ab919"
    );
}

TEST(Crosswalk, GivesTheOriginalBackAndKeepsItUnreadableInTheFile) {
    TemporaryStore store;
    const Crosswalk crosswalk{key_of(3), system_environment().entropy};
    const CrosswalkEntry entry{CrosswalkKind::kPatient, "trial", "EFF-1", Phi{std::string{"PLANTED^NAME"}}};
    must(crosswalk.record(store.database, entry));
    must(crosswalk.record(store.database, entry));

    const auto found = must(crosswalk.find(store.database, CrosswalkKind::kPatient, "trial", "EFF-1"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->reveal(), "PLANTED^NAME");
    EXPECT_FALSE(must(crosswalk.find(store.database, CrosswalkKind::kStudy, "trial", "EFF-1")));
    EXPECT_FALSE(must(crosswalk.find(store.database, CrosswalkKind::kPatient, "other", "EFF-1")));
    const Crosswalk wrong_key{key_of(4), system_environment().entropy};
    EXPECT_EQ(
        fault_of(wrong_key.find(store.database, CrosswalkKind::kPatient, "trial", "EFF-1")), Fault::kRefuse
    );
    // A sealed value moved to another row does not open there.
    must(store.database.run("UPDATE crosswalk SET replacement = 'EFF-2'"));
    EXPECT_EQ(
        fault_of(crosswalk.find(store.database, CrosswalkKind::kPatient, "trial", "EFF-2")), Fault::kRefuse
    );
}

}  // namespace
}  // namespace efface::db
