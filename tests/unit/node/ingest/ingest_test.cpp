// Goal: an SCU hears Success only for an instance that survives a power cut, and no other file is
// left behind. Method: fail file operation 0, then 1, then 2 ... until a run ends before the fault;
// cut the power; look at spool and database as the next start would.
#include "node/ingest/ingest.h"

#include "db/jobs/listing.h"
#include "db/store/store.h"
#include "node/dimse/status_table.h"
#include "node/ingest/mapped_file.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

constexpr std::int64_t kOperationsMax = 200;
constexpr char kSopClass[] = "1.2.840.10008.5.1.4.1.1.7";
constexpr char kInstance[] = "1.2.3.4";
const std::array<std::uint8_t, 32> kAuditKey{1, 2, 3};

/// An explicit VR little endian data set of a few UI elements.
std::string data_set(
    std::string_view sop_class, std::string_view instance, std::string_view study = "1.2.9"
) {
    std::string out;
    const auto ui = [&](std::uint16_t group, std::uint16_t element, std::string value) {
        if (value.size() % 2 != 0) {
            value += '\0';
        }
        for (const std::uint16_t number : {group, element}) {
            out += static_cast<char>(number & 0xFF);
            out += static_cast<char>(number >> 8);
        }
        out += "UI";
        out += static_cast<char>(value.size() & 0xFF);
        out += static_cast<char>(value.size() >> 8);
        out += value;
    };
    ui(0x0008, 0x0016, std::string{sop_class});
    ui(0x0008, 0x0018, std::string{instance});
    ui(0x0020, 0x000D, std::string{study});
    ui(0x0020, 0x000E, "1.2.10");
    return out;
}

class World {
public:
    explicit World(std::int64_t fail_at = -1) : files{system_environment().files} {
        files.fail_at = -1;
        environment.emplace(Environment{system_environment().clock, system_environment().entropy, files});
        database.emplace(*db::open_store(directory.path() + "/efface.db"));
        writer.emplace(*database, files);
        spool.emplace(*pipeline::Spool::open(*environment, directory.path() + "/spool"));
        ingest.emplace(
            IngestParts{
                .environment = *environment,
                .spool = *spool,
                .writer = *writer,
                .audit = audit,
                .identity = identity,
                .metrics = metrics,
                .run_blocking = [](const std::function<void()>& work) { work(); },
                .job_received = [this] { ++jobs_received; },
                .peer_name = [](const AssociationFacts&) { return std::string{"ct-1"}; }},
            IngestOptions{
                .instance_bytes_max = 10'000, .software_version = "test", .projects = {{"demo", {}}}}
        );
        files.fail_at = fail_at < 0 ? -1 : files.operations() + fail_at;
    }

    /// The status of a C-STORE-RSP, or nothing where none came.
    std::optional<std::uint16_t> store(
        std::string_view bytes, std::string_view sop_class = kSopClass, std::string_view instance = kInstance
    ) {
        auto facts = std::make_shared<AssociationFacts>();
        facts->calling_ae = "CT";
        facts->called_ae = "EFFACE";
        facts->project = "demo";
        auto incoming = ingest->begin(
            {.sop_class_uid = std::string{sop_class},
             .sop_instance_uid = Phi{std::string{instance}},
             .transfer_syntax_uid = "1.2.840.10008.1.2.1",
             .association = facts}
        );
        if (!incoming) {
            return status_of(incoming.error().fault);
        }
        const auto all = std::as_bytes(std::span{bytes});
        std::optional<std::uint16_t> answer;
        for (std::size_t at = 0; at < all.size(); at += 40) {
            if (!ends_in_empty_fragment && all.size() - at <= 40) {
                (*incoming)->append_last(all.subspan(at), [&](std::uint16_t status) { answer = status; });
                writer->run_once();
                return answer;
            }
            std::optional<Status> appended;
            (*incoming)->append(
                all.subspan(at, std::min<std::size_t>(40, all.size() - at)),
                [&](const Status& status) { appended = status; }
            );
            if (!appended) {
                writer->run_once();  // A failure is audited before it is answered.
            }
            if (!*appended) {
                return status_of(appended->error().fault);
            }
        }
        (*incoming)->finish([&](std::uint16_t status) { answer = status; });
        writer->run_once();
        return answer;
    }

    std::uint64_t job_count(db::JobState state) { return (*db::count_jobs(*database))[state]; }

    std::size_t original_count() { return spool->list_originals()->size(); }

    testing::TemporaryDirectory directory;
    testing::FaultyFiles files;
    std::optional<Environment> environment;
    std::optional<db::Database> database;
    std::optional<db::Writer> writer;
    std::optional<pipeline::Spool> spool;
    db::AuditLog audit;
    AuditIdentity identity{*rules::ProjectKey::from_bytes(kAuditKey)};
    Metrics metrics;
    std::optional<Ingest> ingest;
    int jobs_received = 0;
    bool ends_in_empty_fragment = false;
};

TEST(Ingest, SuccessMeansExactlyOneDurableJob) {
    for (std::int64_t step = 0; step < kOperationsMax; ++step) {
        SCOPED_TRACE(::testing::Message() << "fail_at=" << step);
        World world{step};

        const auto status = world.store(data_set(kSopClass, kInstance));
        world.files.fail_at = -1;
        world.files.power_cut();

        ASSERT_TRUE(status) << "no C-STORE-RSP";
        const bool success = *status == dimse_status::kSuccess;
        EXPECT_EQ(world.job_count(db::JobState::kReceived), success ? 1U : 0U);
        EXPECT_EQ(world.original_count(), success ? 1U : 0U);
        if (!world.files.fault_fired()) {
            EXPECT_TRUE(success);
            return;
        }
        EXPECT_EQ(*status, dimse_status::kOutOfResources);
    }
    FAIL() << "ingest takes more file operations than kOperationsMax";
}

TEST(Ingest, ALastFragmentWithoutBytesEndsTheInstanceToo) {
    World world;
    world.ends_in_empty_fragment = true;

    EXPECT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);

    EXPECT_EQ(world.job_count(db::JobState::kReceived), 1U);
}

TEST(Ingest, AnIdenticalDuplicateIsSuccessAndMakesNothing) {
    World world;
    ASSERT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);

    EXPECT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);

    EXPECT_EQ(world.job_count(db::JobState::kReceived), 1U);
    EXPECT_EQ(world.original_count(), 1U);
    EXPECT_EQ(world.metrics.value(Counter::kDuplicates), 1U);
}

TEST(Ingest, OtherBytesUnderTheSameUidAreKeptAndQuarantined) {
    World world;
    ASSERT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);

    EXPECT_EQ(world.store(data_set(kSopClass, kInstance, "1.2.77")), dimse_status::kSuccess);

    EXPECT_EQ(world.job_count(db::JobState::kReceived), 1U);
    EXPECT_EQ(world.job_count(db::JobState::kQuarantined), 1U);
    EXPECT_EQ(world.original_count(), 2U);
}

TEST(Ingest, AfterACommitOfUnknownOutcomeTheFileStaysForStartUpToDecide) {
    // A commit whose sync failed may have reached the disk: the row would name a file that is gone, and
    // the sender's next attempt would be taken for a duplicate of it.
    World world;
    ASSERT_TRUE(world.writer->submit(
        {.work = [](db::Database&) -> Status { return fail(Fault::kHalt, "the disk is broken"); }, .done = {}}
    ));

    const auto status = world.store(data_set(kSopClass, kInstance));

    ASSERT_TRUE(status);
    EXPECT_NE(*status, dimse_status::kSuccess);
    EXPECT_EQ(world.original_count(), 1U);
}

TEST(Ingest, ADuplicateTakesThePlaceOfAnOriginalThatIsMissing) {
    World world;
    ASSERT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);
    const auto before = *db::find_job(*world.database, 1);
    ASSERT_TRUE(world.spool->remove_original(before->received.spool_file));

    EXPECT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kSuccess);

    const auto after = *db::find_job(*world.database, 1);
    EXPECT_EQ(world.job_count(db::JobState::kReceived), 1U);
    EXPECT_EQ(world.original_count(), 1U) << "acknowledged, and no copy of it anywhere";
    EXPECT_TRUE(world.spool->open_original(after->received.spool_file));
    EXPECT_EQ(after->received.accepted_at, before->received.accepted_at);
}

TEST(MappedFile, AFileThatLostItsEndIsAnErrorAndNoSignal) {
    const testing::TemporaryDirectory directory;
    FileSystem& files = system_environment().files;
    const Descriptor file = *files.create(directory.path() + "/cut");
    ASSERT_TRUE(files.write(file, std::vector<std::byte>(10)));

    EXPECT_TRUE(MappedFile::map(file, 10));
    EXPECT_FALSE(MappedFile::map(file, 11));
    EXPECT_FALSE(MappedFile::map(file, 100'000));
}

TEST(Ingest, ADataSetThatIsNotItsCommandsIsA900AndLeavesNothing) {
    World world;

    EXPECT_EQ(world.store(data_set(kSopClass, "9.9.9")), dimse_status::kDataSetMismatch);
    EXPECT_EQ(world.store(data_set("1.2.840.10008.5.1.4.1.1.2", kInstance)), dimse_status::kDataSetMismatch);

    EXPECT_EQ(world.original_count(), 0U);
    EXPECT_EQ(world.job_count(db::JobState::kReceived), 0U);
}

TEST(Ingest, BytesThatAreNoDataSetAreC000) {
    World world;

    EXPECT_EQ(world.store("this is not a data set at all, is it"), dimse_status::kCannotUnderstand);
    EXPECT_EQ(world.store(""), dimse_status::kCannotUnderstand);

    EXPECT_EQ(world.original_count(), 0U);
}

TEST(Ingest, AnInstanceOverTheLimitIsRefused) {
    World world;

    EXPECT_EQ(
        world.store(data_set(kSopClass, kInstance) + std::string(20'000, 'x')),
        dimse_status::kCannotUnderstand
    );

    EXPECT_EQ(world.original_count(), 0U);
}

TEST(Ingest, BelowTheHardWatermarkEveryStoreIsA700) {
    World world;
    world.ingest->set_spool_full(true);

    EXPECT_EQ(world.store(data_set(kSopClass, kInstance)), dimse_status::kOutOfResources);
}

TEST(Ingest, AnAbandonedInstanceLeavesNothing) {
    World world;
    {
        auto facts = std::make_shared<AssociationFacts>();
        facts->project = "demo";
        auto incoming = world.ingest->begin(
            {.sop_class_uid = kSopClass,
             .sop_instance_uid = Phi<std::string>{kInstance},
             .transfer_syntax_uid = "1.2.840.10008.1.2.1",
             .association = facts}
        );
        ASSERT_TRUE(incoming);
        const std::string bytes = data_set(kSopClass, kInstance);
        (*incoming)->append(std::as_bytes(std::span{bytes}), [](const Status& status) {
            EXPECT_TRUE(status);
        });
    }

    EXPECT_EQ(world.original_count(), 0U);
    EXPECT_EQ(world.job_count(db::JobState::kReceived), 0U);
}

}  // namespace
}  // namespace efface::node
