// db_bench [instances] [directory]: CPU and time of the store for the whole life of instances, in batches as
// under load, and audit queries on what that leaves. Not a test: it prints, and nothing depends on it.
#include "db/audit/audit_query.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/jobs/listing.h"
#include "db/sqlite/writer.h"
#include "db/store/store.h"

#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

namespace {

using namespace efface;
using namespace efface::db;

constexpr std::size_t kBatch = 64;
constexpr int kInstancesPerSeries = 200;

double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

double wall_us() {
    return static_cast<double>(system_environment().clock.monotonic().count()) / 1e3;
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message().c_str());
        std::exit(1);
    }
    return std::move(*result);
}

void must(const Status& status) {
    if (!status) {
        std::fprintf(stderr, "%s\n", status.error().message().c_str());
        std::exit(1);
    }
}

struct Load {
    Database& database;
    Writer& writer;
    AuditLog audit;
    JobStore jobs;
    DeliveryStore deliveries;

    ReceivedJob job(int i) const {
        const std::string series = std::to_string(i / kInstancesPerSeries);
        const std::string root = "1.3.6.1.4.1.14519.5.2.1.7777.9002." + series;
        ReceivedJob out;
        out.project = "trial";
        out.peer = "ct-1";
        out.calling_ae = "CT_SCANNER_1";
        out.called_ae = "EFFACE";
        out.association = static_cast<std::uint64_t>(i / kInstancesPerSeries);
        out.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
        out.transfer_syntax_uid = "1.2.840.10008.1.2.1";
        out.sop_instance_uid = Phi{root + ".3." + sha256_text(i).substr(0, 20)};
        out.study_uid = Phi{root + ".1"};
        out.series_uid = Phi{root + ".2"};
        out.original_digest = sha256(std::to_string(i));
        out.original_bytes = 530'000;
        out.spool_file = "in-" + std::to_string(1'000'000'000 + i);
        out.accepted_at = 1'700'000'000'000'000 + i;
        out.work_order = Phi{std::string(600, 'w')};
        return out;
    }

    static std::string sha256_text(int i) { return to_hex(sha256(std::to_string(i))); }

    AuditEntry entry(AuditEvent event, JobId job, int i) const {
        AuditEntry out;
        out.event = event;
        out.at = 1'700'000'000'000'000 + i;
        out.project = "trial";
        out.peer = event == AuditEvent::kDelivered ? "archive" : "ct-1";
        out.job = job;
        out.instance_hash = sha256_text(i).substr(0, 32);
        out.study_hash = sha256_text(-1 - i / kInstancesPerSeries).substr(0, 32);
        return out;
    }

    ClearedOutput output(JobId job) const {
        const int i = static_cast<int>(job);
        ClearedOutput out;
        out.rule = "ct-header";
        out.new_instance_uid = "2.25.3" + sha256_text(i).substr(0, 36);
        out.new_study_uid = "2.25.1" + sha256_text(-i / kInstancesPerSeries).substr(0, 36);
        out.new_series_uid = "2.25.2" + sha256_text(-i / kInstancesPerSeries).substr(0, 36);
        out.output_file = "out-" + std::to_string(1'000'000'000 + i);
        out.output_digest = sha256(out.output_file);
        out.output_bytes = 529'000;
        out.output_syntax_uid = "1.2.840.10008.1.2.1";
        out.destinations = {"archive"};
        return out;
    }

    /// Submits one closure per element and runs the batch; as the pools of the node do under load.
    template <class Elements, class Work>
    void batch(const Elements& elements, Work work) {
        for (const auto& element : elements) {
            must(writer.submit(
                {[&element, &work](Database& db) { return work(db, element); },
                 [](const Status& status) { must(status); },
                 {}}
            ));
        }
        while (writer.run_once() > 0) {
        }
    }

    void receive(int first) {
        std::vector<int> numbers;
        for (std::size_t i = 0; i < kBatch; ++i) {
            numbers.push_back(first + static_cast<int>(i));
        }
        batch(numbers, [this](Database& db, int i) -> Status {
            EFFACE_TRY(const Reception reception, jobs.receive(db, job(i)));
            EFFACE_CHECK(audit.append(db, entry(AuditEvent::kReceived, reception.job, i)));
            return {};
        });
    }

    void work() {
        std::vector<Job> claimed;
        must(writer.submit(
            {[&](Database& db) -> Status {
                 EFFACE_TRY(claimed, jobs.claim(db, INT64_MAX / 2, 60'000'000, kBatch));
                 return {};
             },
             nullptr,
             {}}
        ));
        writer.run_once();
        batch(claimed, [this](Database& db, const Job& job) -> Status {
            EFFACE_CHECK(jobs.clear(db, {job.id, job.fence}, output(job.id), job.received.accepted_at));
            AuditEntry cleaned = entry(AuditEvent::kCleaned, job.id, static_cast<int>(job.id));
            cleaned.new_instance_uid = output(job.id).new_instance_uid;
            cleaned.new_study_uid = output(job.id).new_study_uid;
            cleaned.rule = "ct-header";
            cleaned.detail = std::string(900, 'r');
            EFFACE_CHECK(audit.append(db, cleaned));
            return {};
        });
    }

    void deliver() {
        std::vector<Delivery> claimed;
        must(writer.submit(
            {[&](Database& db) -> Status {
                 EFFACE_TRY(claimed, deliveries.claim(db, "archive", INT64_MAX / 2, kBatch));
                 return {};
             },
             nullptr,
             {}}
        ));
        writer.run_once();
        batch(claimed, [this](Database& db, const Delivery& delivery) -> Status {
            EFFACE_CHECK(deliveries.complete(
                db, {delivery.job, delivery.destination, delivery.fence},
                {.outcome = DeliveryOutcome::kDelivered, .now = 1'800'000'000'000'000}
            ));
            AuditEntry delivered =
                entry(AuditEvent::kDelivered, delivery.job, static_cast<int>(delivery.job));
            delivered.new_instance_uid = delivery.new_instance_uid;
            EFFACE_CHECK(audit.append(db, delivered));
            return {};
        });
    }
};

struct Phase {
    const char* name;
    double cpu = 0;
    double wall = 0;

    template <class F>
    void run(F work) {
        const double cpu_before = cpu_us();
        const double wall_before = wall_us();
        work();
        cpu += cpu_us() - cpu_before;
        wall += wall_us() - wall_before;
    }

    void print(int instances) const {
        std::printf(
            "%-28s %7.1f us CPU  %7.1f us wall per instance\n", name, cpu / instances, wall / instances
        );
    }
};

void print_queries(const std::string& path, Load& load, int instances) {
    Database reader = must(open_store_reader(path));
    const auto timed = [](const char* name, auto query) {
        const double before = wall_us();
        const std::size_t rows = query();
        std::printf("%-28s %9.2f ms (%zu rows)\n", name, (wall_us() - before) / 1e3, rows);
    };
    const AuditEntry middle = load.entry(AuditEvent::kReceived, 0, instances / 2);
    const auto rows_of = [&](const AuditFilter& filter) {
        return [&reader, filter] { return must(query_audit(reader, filter)).size(); };
    };
    timed("query by study", rows_of({.study_hash = middle.study_hash}));
    timed("query by time", rows_of({.from = middle.at, .to = middle.at + 1000}));
    timed("query by event", rows_of({.event = AuditEvent::kDelivered}));
    timed("query by event and time", rows_of({.from = middle.at, .event = AuditEvent::kDelivered}));
    timed("query by outcome", rows_of({.outcome = AuditOutcome::kFailure}));
    timed("query by peer, absent", rows_of({.peer = "nobody"}));
    timed("count jobs", [&] { return must(count_jobs(reader))[JobState::kDelivered]; });
    timed("verify the whole chain", [&] {
        const AuditVerdict verdict = must(verify_audit(reader));
        return verdict.intact() ? static_cast<std::size_t>(verdict.last) : 0;
    });
}

}  // namespace

int main(int argc, char** argv) {
    const int instances = argc > 1 ? std::atoi(argv[1]) : 20'000;
    const std::string path = std::string{argc > 2 ? argv[2] : "."} + "/db_bench.db";
    Database database = must(open_store(path));
    Writer writer{database, system_environment().files};
    Load load{database, writer, {}, {}, {}};
    Phase receive{"receive: job + audit"};
    Phase work{"claim, clear, audit"};
    Phase deliver{"claim, deliver, audit"};
    for (int first = 1; first <= instances; first += static_cast<int>(kBatch)) {
        receive.run([&] { load.receive(first); });
        work.run([&] { load.work(); });
        deliver.run([&] { load.deliver(); });
    }
    receive.print(instances);
    work.print(instances);
    deliver.print(instances);
    std::printf(
        "%-28s %7.1f us CPU; %.0f instances/s\n", "whole life",
        (receive.cpu + work.cpu + deliver.cpu) / instances,
        instances / ((receive.wall + work.wall + deliver.wall) / 1e6)
    );
    print_queries(path, load, instances);
    return 0;
}
