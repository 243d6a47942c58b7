// Goal: whatever step a kill comes before or after, start-up finds what is owed and nothing more; twice in
// a row it finds nothing new. Method: the state that each kill leaves is made with the stores and the spool
// themselves, then recover() runs. docs/architecture.md ("A kill at any moment") names the steps.
#include "node/runtime/recovery.h"

#include "db/audit/audit_query.h"
#include "node/ingest/part10_header.h"
#include "tests/support/instances.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

#include <fstream>

namespace efface::node {
namespace {

using db::DeliveryState;
using db::JobState;
using db::testing::must;
using efface::testing::ct_instance;
using efface::testing::Instance;

class RecoveryTest : public ::testing::Test {
protected:
    RecoveryTest() { same_boot(); }

    static ProjectSet project_set(const Settings& settings) {
        const auto key = *rules::ProjectKey::from_bytes(std::array<std::uint8_t, 32>{1});
        auto parsed = rules::RuleSet::parse(rules::built_in_rules(), "built-in");
        EFFACE_ASSERT(parsed.has_value());
        LoadedProject project{
            settings.projects.front().name, key, "built-in", std::string{rules::built_in_rules()},
            std::move(*parsed)};
        return {.projects = {project}, .audit_key = key};
    }

    RecoveryReport restart() {
        return must(recover(
            {.environment = environment_,
             .settings = settings_,
             .projects = projects_,
             .database = store_.database,
             .writer = writer_,
             .audit = audit_,
             .spool = spool_,
             .log = log_,
             .software_version = "test"}
        ));
    }

    void expect_nothing_new() {
        const RecoveryReport again = restart();
        EXPECT_EQ(again.adopted + again.orphans_quarantined + again.outputs_removed, 0U);
    }

    /// The marker of the last start, as recovery writes it.
    void same_boot() {
        std::ifstream running{"/proc/sys/kernel/random/boot_id"};
        std::string id;
        std::getline(running, id);
        write_marker(id);
    }

    void rebooted() { write_marker("another boot"); }

    void write_marker(const std::string& id) {
        std::ofstream{settings_.node.state_directory + "/boot-id", std::ios::trunc} << id << '\n';
    }

    /// Received as far as its name in the spool.
    std::string linked(const Instance& instance) {
        std::vector<std::byte> bytes = part10_header(
            {.sop_class_uid = instance.sop_class_uid,
             .sop_instance_uid = instance.uid,
             .transfer_syntax_uid = instance.transfer_syntax_uid,
             .calling_ae = "MODALITY",
             .called_ae = "EFFACE"}
        );
        const auto data_set = std::as_bytes(std::span{instance.data_set});
        bytes.insert(bytes.end(), data_set.begin(), data_set.end());
        pipeline::SpoolFile file = must(spool_.begin_original());
        must(spool_.append(file, bytes));
        must(spool_.publish(file));
        return file.name;
    }

    /// Received as far as its job.
    db::JobId received(const Instance& instance) {
        db::ReceivedJob job = db::testing::synthetic_job("1");
        job.project = settings_.projects.front().name;
        job.sop_instance_uid = Phi{instance.uid};
        job.original_digest = sha256(instance.data_set);
        job.spool_file = linked(instance);
        job.original_bytes = must(
            environment_.files.size(pipeline::original_path(settings_.node.spool_directory, job.spool_file))
        );
        return must(store_.jobs.receive(store_.database, job)).job;
    }

    std::string written_output() { return must(spool_.begin_output()).name; }

    /// Cleared, with an output of its own, for the destinations "archive" and "other".
    db::JobId cleared(const Instance& instance, const db::Companion& companion = {}) {
        const db::JobId job = received(instance);
        const auto claimed = must(store_.jobs.claim(store_.database, 200, db::testing::kLeaseUs, 10));
        db::ClearedOutput output = db::testing::synthetic_output("1", {"archive", "other"});
        output.output_file = written_output();
        output.companion = companion;
        must(store_.jobs.clear(store_.database, {job, claimed.at(0).fence}, output, 300));
        return job;
    }

    /// Also with a Segmentation of its mask.
    db::JobId cleared_with_companion(const Instance& instance) {
        return cleared(
            instance,
            {.instance_uid = "2.25.9", .file = written_output(), .digest = sha256("mask"), .bytes = 70}
        );
    }

    db::Delivery claim(const std::string& destination, UnixMicros now = 400) {
        return must(store_.deliveries.claim(store_.database, destination, now, 1)).at(0);
    }

    void deliver(const std::string& destination) {
        must(store_.deliveries.complete(
            store_.database, db::testing::lease_of(claim(destination)),
            {.outcome = db::DeliveryOutcome::kDelivered, .now = 500}
        ));
    }

    db::Delivery delivery(db::JobId job, const std::string& destination) {
        for (const db::Delivery& one : must(db::find_deliveries(store_.database, job))) {
            if (one.destination == destination) {
                return one;
            }
        }
        return {};
    }

    db::Job job(db::JobId id) { return *must(db::find_job(store_.database, id)); }

    std::size_t rows_of(db::AuditEvent event) {
        return must(db::query_audit(store_.database, {.event = event})).size();
    }

    std::vector<std::string> outputs() {
        auto names = must(spool_.list_outputs());
        std::sort(names.begin(), names.end());
        return names;
    }

    Environment& environment_ = system_environment();
    db::testing::TemporaryStore store_;
    Settings settings_ = Settings::embedded(store_.directory.path());
    ProjectSet projects_ = project_set(settings_);
    db::Writer writer_{store_.database, environment_.files};
    db::AuditLog audit_;
    Log log_{environment_.clock, LogLevel::kError, LogFormat::kText};
    pipeline::Spool spool_ = must(pipeline::Spool::open(environment_, settings_.node.spool_directory));
};

TEST_F(RecoveryTest, AfterTheNameAndBeforeTheJobTheInstanceIsAdopted) {
    const std::string file = linked(ct_instance());

    EXPECT_EQ(restart().adopted, 1U);

    const auto owner = must(db::find_spool_file(store_.database, file));
    ASSERT_TRUE(owner);
    EXPECT_EQ(job(*owner).state, JobState::kReceived);
    EXPECT_EQ(job(*owner).received.study_uid.reveal(), efface::testing::kStudyUid);
    EXPECT_EQ(rows_of(db::AuditEvent::kOrphanAdopted), 1U);
    expect_nothing_new();
}

TEST_F(RecoveryTest, AfterTheJobAndBeforeTheResponseNothingIsOwedButTheWork) {
    const db::JobId id = received(ct_instance());

    EXPECT_EQ(restart().adopted, 0U);

    EXPECT_EQ(job(id).state, JobState::kReceived);
    expect_nothing_new();
}

TEST_F(RecoveryTest, TheFileOfADuplicateIsRemoved) {
    const db::JobId first = received(ct_instance());
    linked(ct_instance());

    EXPECT_EQ(restart().adopted, 1U);

    EXPECT_EQ(must(spool_.list_originals()), (std::vector<std::string>{job(first).received.spool_file}));
    EXPECT_EQ(must(db::find_job(store_.database, first + 1)), std::nullopt);
    expect_nothing_new();
}

TEST_F(RecoveryTest, AFileThatCannotBeReadIsQuarantinedAndKept) {
    pipeline::SpoolFile file = must(spool_.begin_original());
    must(spool_.append(file, std::as_bytes(std::span{std::string_view{"no DICOM file"}})));
    must(spool_.publish(file));

    EXPECT_EQ(restart().orphans_quarantined, 1U);

    const auto owner = must(db::find_spool_file(store_.database, file.name));
    ASSERT_TRUE(owner);
    EXPECT_EQ(job(*owner).state, JobState::kQuarantined);
    EXPECT_EQ(must(spool_.list_originals()).size(), 1U);
    expect_nothing_new();
}

TEST_F(RecoveryTest, AClaimedJobIsWorkAgainAndItsHalfOutputIsRemoved) {
    const db::JobId id = received(ct_instance());
    must(store_.jobs.claim(store_.database, 200, db::testing::kLeaseUs, 10));
    written_output();

    const RecoveryReport report = restart();

    EXPECT_EQ(report.leases, 1U);
    EXPECT_EQ(report.outputs_removed, 1U);
    EXPECT_EQ(job(id).state, JobState::kReceived);
    EXPECT_EQ(job(id).attempts, 0U) << "a stop is no attempt";
    expect_nothing_new();
}

TEST_F(RecoveryTest, AClearedOutputIsKeptWithinABootAndMadeAgainAfterOne) {
    const db::JobId id = cleared(ct_instance());

    EXPECT_EQ(restart().outputs_removed, 0U);
    EXPECT_EQ(outputs(), (std::vector<std::string>{job(id).output_file}));

    rebooted();
    EXPECT_EQ(restart().outputs_removed, 1U);
    EXPECT_EQ(job(id).state, JobState::kDelivering) << "who sends it finds it gone, and has it made again";
    expect_nothing_new();
}

TEST_F(RecoveryTest, ACompanionIsKeptLikeItsOutput) {
    const db::JobId id = cleared_with_companion(ct_instance());
    const std::string half = written_output();

    EXPECT_EQ(restart().outputs_removed, 1U) << "only what nobody owns: " << half;

    std::vector<std::string> owned{job(id).output_file, job(id).companion.file};
    std::sort(owned.begin(), owned.end());
    EXPECT_EQ(outputs(), owned);
    expect_nothing_new();

    rebooted();
    EXPECT_EQ(restart().outputs_removed, 2U);
    EXPECT_EQ(job(id).state, JobState::kDelivering) << "who sends it finds it gone, and has both made again";
    expect_nothing_new();
}

TEST_F(RecoveryTest, AnOutputWhoseCompanionWasStillToGoIsSentAgainAndMayBeThereAlready) {
    const db::JobId id = cleared_with_companion(ct_instance());
    const db::Delivery first = claim("archive");  // The output left; its companion did not, or did.

    EXPECT_EQ(restart().leases, 1U);

    EXPECT_EQ(delivery(id, "archive").state, DeliveryState::kPending);
    const db::Delivery again = claim("archive", 1000);
    EXPECT_TRUE(again.sent_before);
    EXPECT_EQ(again.companion.file, first.companion.file);
    EXPECT_TRUE(spool_.open_output(again.companion.file));
}

TEST_F(RecoveryTest, ACompanionThatAPurgeLeftIsRemovedByTheNext) {
    const db::JobId id = cleared_with_companion(ct_instance());
    deliver("archive");
    deliver("other");
    must(store_.jobs.purge(store_.database, id, 10'000));

    // Killed after the first two removals.
    must(spool_.remove_original(job(id).received.spool_file));
    must(spool_.remove_output(job(id).output_file));
    expect_nothing_new();

    EXPECT_EQ(outputs(), (std::vector<std::string>{job(id).companion.file}));
    EXPECT_EQ(
        must(store_.jobs.purge_candidates(store_.database, 0, 10)).at(0).companion_file,
        job(id).companion.file
    );
}

TEST_F(RecoveryTest, ADeliveryUnderWayIsSentAgainAndMayBeThereAlready) {
    const db::JobId id = cleared(ct_instance());
    claim("archive");

    EXPECT_EQ(restart().leases, 1U);

    EXPECT_EQ(delivery(id, "archive").state, DeliveryState::kPending);
    EXPECT_TRUE(claim("archive", 1000).sent_before) << "0111 means delivered";
}

TEST_F(RecoveryTest, ASecondOutputIsKeptLikeTheFirst) {
    const db::JobId id = cleared(ct_instance());
    must(store_.deliveries.want_transcode(
        store_.database, db::testing::lease_of(claim("archive")), "1.2.840.10008.1.2", 450
    ));
    const auto wanted = must(store_.deliveries.claim_transcodes(store_.database, 460, 10));
    const std::string second = written_output();
    const std::string half = written_output();
    must(store_.deliveries.transcoded(
        store_.database, db::testing::lease_of(wanted.at(0)), {second, sha256("second"), 10}, 470
    ));

    EXPECT_EQ(restart().outputs_removed, 1U) << "only what nobody owns: " << half;

    EXPECT_EQ(delivery(id, "archive").output_file, second);
    std::vector<std::string> owned{job(id).output_file, second};
    std::sort(owned.begin(), owned.end());
    EXPECT_EQ(outputs(), owned);
    expect_nothing_new();
}

TEST_F(RecoveryTest, ATranscodingUnderWayIsWantedAgain) {
    const db::JobId id = cleared(ct_instance());
    must(store_.deliveries.want_transcode(
        store_.database, db::testing::lease_of(claim("archive")), "1.2.840.10008.1.2", 450
    ));
    must(store_.deliveries.claim_transcodes(store_.database, 460, 10));
    written_output();

    EXPECT_EQ(restart().outputs_removed, 1U);

    EXPECT_EQ(delivery(id, "archive").state, DeliveryState::kTranscodeWanted);
    expect_nothing_new();
}

TEST_F(RecoveryTest, FilesOfAPurgedJobAreNobodysOrphans) {
    const db::JobId id = cleared(ct_instance());
    deliver("archive");
    deliver("other");
    must(store_.jobs.purge(store_.database, id, 10'000));

    expect_nothing_new();
    EXPECT_EQ(must(store_.jobs.purge_candidates(store_.database, 0, 10)).size(), 1U)
        << "what was not removed comes up again";

    // Killed after the removal and before the row forgot the names.
    must(spool_.remove_original(job(id).received.spool_file));
    must(spool_.remove_output(job(id).output_file));
    expect_nothing_new();
    EXPECT_EQ(must(store_.jobs.purge_candidates(store_.database, 0, 10)).size(), 1U);
    EXPECT_EQ(job(id).state, JobState::kPurged);
}

}  // namespace
}  // namespace efface::node
