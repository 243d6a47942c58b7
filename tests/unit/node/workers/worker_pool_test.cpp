// Goal: a worker that dies, hangs or lies costs one attempt of one unit and nothing else.
// Method: real processes, a fake worker program, several units at once.
#include "node/workers/worker_pool.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <future>
#include <thread>

namespace efface::node {
namespace {

class WorkerPoolTest : public ::testing::Test {
protected:
    void start(std::chrono::milliseconds unit_deadline = std::chrono::milliseconds{30'000}) {
        WorkerProgram program{.path = EFFACE_FAKE_WORKER, .configuration = "{}"};
        if (has_detectors_) {
            program.detectors = std::make_shared<const WorkerProgram>(WorkerProgram{
                .path = detectors_path_, .configuration = R"({"models_directory": "somewhere"})"});
        }
        pool_.emplace(
            std::move(program), WorkerPoolLimits{.queue_units_max = 4, .unit_deadline = unit_deadline}
        );
        for (int i = 0; i < 2; ++i) {
            cleaners_.emplace_back([this] { pool_->run_cleaner(); });
        }
        gatekeeper_ = std::thread{[this] { pool_->run_gatekeeper(); }};
    }

    void TearDown() override {
        pool_->stop();
        for (std::thread& thread : cleaners_) {
            thread.join();
        }
        pool_->stop_gatekeepers();
        gatekeeper_.join();
    }

    std::future<UnitResult> submit(const std::string& behaviour) {
        auto promise = std::make_shared<std::promise<UnitResult>>();
        Unit unit;
        unit.order.forced_rule = behaviour;
        unit.original = Descriptor{::open("/dev/null", O_RDWR | O_CLOEXEC)};
        unit.output = Descriptor{::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
        unit.done = [promise](UnitResult result) { promise->set_value(std::move(result)); };
        EXPECT_TRUE(pool_->submit(std::move(unit)));
        return promise->get_future();
    }

    bool has_detectors_ = false;
    std::string detectors_path_ = EFFACE_FAKE_WORKER;
    std::optional<WorkerPool> pool_;
    std::vector<std::thread> cleaners_;
    std::thread gatekeeper_;
};

TEST_F(WorkerPoolTest, AUnitIsCleanedAndJudgedByTwoProcesses) {
    start();

    const UnitResult result = submit("").get();

    EXPECT_FALSE(result.attempt_failed) << result.failure;
    EXPECT_TRUE(result.gate.passed);
}

TEST_F(WorkerPoolTest, APictureIsCleanedAndJudgedByProcessesWithDetectors) {
    has_detectors_ = true;
    start();

    const UnitResult result = submit("picture").get();

    EXPECT_EQ(result.clean.outcome, pipeline::CleanReport::Outcome::kCleaned);
    EXPECT_TRUE(result.gate.passed) << result.gate.reason;
    EXPECT_EQ(result.model_digest, "models");
    EXPECT_EQ(result.clean.mask.boxes, (std::vector<pipeline::Box>{{8, 16, 24, 32}}));
    EXPECT_TRUE(submit("").get().gate.passed);
    EXPECT_EQ(pool_->restarts(), 0U);
}

TEST_F(WorkerPoolTest, DetectorsThatDoNotStartCostTheirUnitsAndNotTheNode) {
    has_detectors_ = true;
    detectors_path_ = "/nonexistent/efface-model-worker";
    start();

    const UnitResult result = submit("picture").get();

    EXPECT_TRUE(result.attempt_failed);
    EXPECT_NE(result.failure, "");
    EXPECT_FALSE(pool_->fatal());
    EXPECT_TRUE(submit("").get().gate.passed) << "other units go on";
}

TEST_F(WorkerPoolTest, APictureIsHeldWhereNoDetectorsAre) {
    start();

    const UnitResult result = submit("picture").get();

    EXPECT_EQ(result.clean.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(result.clean.reason.find("no detectors"), std::string::npos);
    EXPECT_FALSE(result.gate.passed);
}

TEST_F(WorkerPoolTest, AQuarantinedUnitNeverReachesTheGate) {
    start();

    const UnitResult result = submit("quarantine").get();

    EXPECT_FALSE(result.attempt_failed);
    EXPECT_EQ(result.clean.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_FALSE(result.gate.passed);
}

TEST_F(WorkerPoolTest, AWorkersLongSpeechIsNoReason) {
    start();

    const UnitResult result = submit("quarantine-at-length").get();

    EXPECT_EQ(result.clean.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_EQ(result.clean.reason, "a worker gave a reason that is no reason of ours");
}

TEST_F(WorkerPoolTest, ADeadWorkerCostsOneAttemptAndIsReplaced) {
    start();
    std::vector<std::future<UnitResult>> dying;
    std::vector<std::future<UnitResult>> fine;
    for (int i = 0; i < 5; ++i) {
        dying.push_back(submit("die"));
        fine.push_back(submit(""));
    }

    for (auto& unit : dying) {
        EXPECT_TRUE(unit.get().attempt_failed);
    }
    for (auto& unit : fine) {
        EXPECT_TRUE(unit.get().gate.passed);
    }
    EXPECT_EQ(pool_->restarts(), 5U);
}

TEST_F(WorkerPoolTest, AHangingWorkerIsKilledAtItsDeadline) {
    start(std::chrono::milliseconds{300});

    const UnitResult result = submit("hang").get();

    EXPECT_TRUE(result.attempt_failed);
    EXPECT_EQ(result.failure, "a worker process exceeded its deadline");
    EXPECT_TRUE(submit("").get().gate.passed);
}

TEST_F(WorkerPoolTest, NonsenseIsAFailedAttempt) {
    start();

    EXPECT_TRUE(submit("nonsense").get().attempt_failed);
}

TEST_F(WorkerPoolTest, AWorkerInheritsNothingButItsSocket) {
    // What a library opened without close-on-exec: Asio's listening sockets are such.
    const Descriptor leaky{::open("/dev/null", O_RDONLY)};
    start();

    const UnitResult result = submit("").get();

    EXPECT_FALSE(result.attempt_failed) << result.failure;
    EXPECT_TRUE(result.gate.passed);
}

TEST_F(WorkerPoolTest, NobodyCanWriteWhatTheGateReads) {
    start();
    EXPECT_TRUE(submit("").get().gate.passed);
    EXPECT_EQ(pool_->restarts(), 0U);

    for (const char* how : {"clutch", "clutch-mapped"}) {
        const UnitResult result = submit(how).get();
        EXPECT_TRUE(result.gate.passed) << how << ": " << result.failure << result.gate.reason;
    }

    EXPECT_EQ(pool_->restarts(), 2U) << "the process that kept a way to write is ended";
}

TEST_F(WorkerPoolTest, AGateThatDiesClearsNothing) {
    start();

    const UnitResult result = submit("gate-die").get();

    EXPECT_TRUE(result.attempt_failed);
    EXPECT_FALSE(result.gate.passed);
}

TEST(WorkerPoolStart, AMissingProgramIsFatalAndSaid) {
    WorkerPool pool{WorkerProgram{.path = "/nonexistent/efface-worker"}, {}};
    std::promise<UnitResult> promise;
    Unit unit;
    unit.done = [&](UnitResult result) { promise.set_value(std::move(result)); };
    ASSERT_TRUE(pool.submit(std::move(unit)));

    std::thread cleaner{[&] { pool.run_cleaner(); }};
    cleaner.join();

    EXPECT_TRUE(promise.get_future().get().attempt_failed);
    ASSERT_TRUE(pool.fatal());
    EXPECT_EQ(pool.fatal()->fault, Fault::kHalt);
}

}  // namespace
}  // namespace efface::node
