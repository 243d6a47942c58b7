// For the tests of db/: a store in a directory of its own, and synthetic jobs. Times are small numbers:
// nothing here reads a clock.
#pragma once

#include "config/assert.h"
#include "config/environment.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/jobs/listing.h"
#include "db/jobs/operator_store.h"
#include "db/sqlite/transaction.h"
#include "db/store/store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdlib.h>
#include <string>

namespace efface::db::testing {

/// A new directory, removed with everything in it at the end.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "efface-db-XXXXXX").string();
        EFFACE_ASSERT(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string file(const std::string& name) const { return path_ + "/" + name; }

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// The value of a Result, or the test program ends with its error.
template <class T>
T must(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().message();
    }
    EFFACE_ASSERT(result.has_value());
    return std::move(*result);
}

inline void must(const Status& status) {
    EXPECT_TRUE(status) << status.error().message();
}

template <class R>
Fault fault_of(const R& result) {
    EFFACE_ASSERT(!result);
    return result.error().fault;
}

/// A store with one open writing connection. Operations run outside the Writer, each in autocommit.
struct TemporaryStore {
    TemporaryDirectory directory;
    std::string path = directory.file("efface.db");
    Database database = must(open_store(path));
    JobStore jobs;
    DeliveryStore deliveries;
};

inline ReceivedJob synthetic_job(const std::string& instance, const std::string& content = "first") {
    ReceivedJob job;
    job.project = "trial";
    job.peer = "ct-1";
    job.calling_ae = "CT1";
    job.called_ae = "TRIAL";
    job.association = 7;
    job.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    job.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    job.sop_instance_uid = Phi{"1.2.3." + instance};
    job.study_uid = Phi{std::string{"1.2.1"}};
    job.series_uid = Phi{std::string{"1.2.2"}};
    job.original_digest = sha256(instance + content);
    job.original_bytes = 1000;
    job.spool_file = "s" + instance + content;
    job.accepted_at = 100;
    job.work_order = Phi{std::string{"{}"}};
    return job;
}

inline ClearedOutput synthetic_output(
    const std::string& instance, std::vector<std::string> destinations = {"archive"},
    const std::string& content = "clean"
) {
    ClearedOutput output;
    output.rule = "ct";
    output.new_instance_uid = "2.25." + instance;
    output.new_study_uid = "2.25.1000";
    output.new_series_uid = "2.25.2000";
    output.output_file = "o" + instance;
    output.output_digest = sha256(instance + content);
    output.output_bytes = 900;
    output.output_syntax_uid = "1.2.840.10008.1.2.1";
    output.destinations = std::move(destinations);
    return output;
}

inline constexpr UnixMicros kLeaseUs = 1000;

/// Received and claimed.
inline ClaimedLease work_on(TemporaryStore& store, const ReceivedJob& job, UnixMicros now = 200) {
    const Reception reception = must(store.jobs.receive(store.database, job));
    const auto claimed = must(store.jobs.claim(store.database, now, kLeaseUs, kClaimMax));
    for (const Job& each : claimed) {
        if (each.id == reception.job) {
            return {each.id, each.fence};
        }
    }
    ADD_FAILURE() << "the job was not claimed";
    return {};
}

/// Received, claimed and cleared.
inline JobId clear_one(
    TemporaryStore& store, const std::string& instance, std::vector<std::string> destinations = {"archive"}
) {
    const ClaimedLease lease = work_on(store, synthetic_job(instance));
    must(store.jobs.clear(store.database, lease, synthetic_output(instance, std::move(destinations)), 300));
    return lease.job;
}

inline DeliveryLease lease_of(const Delivery& delivery) {
    return {delivery.job, delivery.destination, delivery.fence};
}

inline JobState state_of(TemporaryStore& store, JobId job) {
    return must(find_job(store.database, job))->state;
}

}  // namespace efface::db::testing
