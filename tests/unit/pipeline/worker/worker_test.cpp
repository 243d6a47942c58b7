// Goal: the worker program does what worker_protocol.h says, confined.
// Method: start the program that ships on one end of a socket pair and talk to it.
#include "config/crypto/digest.h"
#include "config/json.h"
#include "pipeline/unit/worker_protocol.h"
#include "rules/matching/rule_set.h"
#include "tests/unit/pipeline/unit/synthetic_instance.h"
#include "tests/unit/pipeline/unit/unit_fixture.h"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

namespace efface::pipeline {
namespace {

constexpr int kChildSocket = 3;

Descriptor memory_file(std::string_view content) {
    Descriptor file{memfd_create("file", MFD_CLOEXEC)};
    EXPECT_EQ(pwrite(file.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
    return file;
}

class Worker : public ::testing::Test {
protected:
    void SetUp() override {
        auto sockets = make_worker_socket();
        ASSERT_TRUE(sockets.has_value());
        socket_ = std::move(sockets->daemon_end);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, sockets->worker_end.get(), kChildSocket);
        std::string name = EFFACE_WORKER_PROGRAM;
        std::string flag = "--socket=3";
        std::array<char*, 3> arguments{name.data(), flag.data(), nullptr};
        ASSERT_EQ(posix_spawn(&pid_, name.c_str(), &actions, nullptr, arguments.data(), environ), 0);
        posix_spawn_file_actions_destroy(&actions);
    }

    void TearDown() override {
        socket_ = Descriptor{};
        if (pid_ > 0) {
            EXPECT_EQ(waitpid(pid_, &status_, 0), pid_);
            EXPECT_TRUE(WIFEXITED(status_) && WEXITSTATUS(status_) == 0)
                << "at end of file a worker just ends";
        }
    }

    Message ask(MessageKind kind, const Json& payload, std::initializer_list<int> descriptors = {}) {
        EXPECT_TRUE(send_message(socket_.get(), kind, dump_json(payload), descriptors).has_value());
        auto received = receive_message(socket_.get());
        EXPECT_TRUE(received.has_value());
        EXPECT_EQ(received->state, Received::State::kMessage);
        return std::move(received->message);
    }

    Message configure() {
        WorkerConfiguration configuration;
        configuration.software_version = "0.1.0";
        configuration.projects.push_back(
            {"test", Phi<std::string>{to_hex(bench_.key.bytes())}, "rules.toml",
             std::string{kHeaderOnlyRules}}
        );
        return ask(MessageKind::kConfigure, to_json(configuration));
    }

    /// Cleans `file` into `output`; the reply's payload as a report.
    CleanReport clean(const Descriptor& original, const Descriptor& output) {
        const Message reply = ask(MessageKind::kClean, to_json(bench_.order), {original.get(), output.get()});
        EXPECT_EQ(reply.kind, MessageKind::kCleaned) << reply.payload;
        const auto report = clean_report_from_json(parse_json(reply.payload).value_or(Json{}));
        EXPECT_TRUE(report.has_value());
        return report.value_or(CleanReport{});
    }

    GateReport judge(const Descriptor& original, const Descriptor& written, std::string rule) {
        const Message reply =
            ask(MessageKind::kGate, to_json(GateRequest{bench_.order, std::move(rule), false}),
                {original.get(), written.get()});
        EXPECT_EQ(reply.kind, MessageKind::kJudged) << reply.payload;
        const auto report = gate_report_from_json(parse_json(reply.payload).value_or(Json{}));
        EXPECT_TRUE(report.has_value());
        return report.value_or(GateReport{});
    }

    UnitBench bench_{kHeaderOnlyRules};
    Descriptor socket_;
    pid_t pid_ = -1;
    int status_ = 0;
};

TEST_F(Worker, SaysWhoItIsOnceConfigured) {
    const Message reply = configure();

    ASSERT_EQ(reply.kind, MessageKind::kReady) << reply.payload;
    const auto ready = worker_ready_from_json(*parse_json(reply.payload));
    ASSERT_TRUE(ready.has_value());
    EXPECT_EQ(ready->software_version, "0.1.0");
    EXPECT_EQ(ready->table_edition, rules::table_edition());
    EXPECT_EQ(ready->table_digest, rules::table_digest());
}

TEST_F(Worker, CleansAndJudgesTheSameBytesAsTheLibrary) {
    configure();
    const std::string file = SyntheticInstance{}.file();
    const Descriptor original = memory_file(file);
    const Descriptor output = memory_file("");

    const CleanReport report = clean(original, output);
    const GateReport judged = judge(original, output, "all-header-only");

    EXPECT_EQ(report.outcome, CleanReport::Outcome::kCleaned) << report.reason;
    EXPECT_EQ(read_memory_file(output.get()), bench_.clean(file).output);
    EXPECT_TRUE(judged.passed) << judged.reason;
    EXPECT_EQ(judged.output_digest, sha256(read_memory_file(output.get())));
    EXPECT_EQ(judged.new_sop_instance_uid, report.new_sop_instance_uid);
    EXPECT_EQ(judged.new_study_uid, report.new_study_uid);
    EXPECT_EQ(judged.new_series_uid, report.new_series_uid);
    EXPECT_EQ(judged.new_patient_id, report.new_patient_id);
    EXPECT_FALSE(judged.new_sop_instance_uid.empty());
}

TEST_F(Worker, GateHoldsWhatWasNotCleaned) {
    configure();
    const Descriptor original = memory_file(SyntheticInstance{}.file());

    const GateReport judged = judge(original, original, "all-header-only");

    EXPECT_FALSE(judged.passed);
    EXPECT_FALSE(judged.reason.empty());
}

TEST_F(Worker, GateFindsTheGoverningRuleItself) {
    configure();
    const Descriptor original = memory_file(SyntheticInstance{}.file());
    const Descriptor output = memory_file("");
    clean(original, output);

    const GateReport judged = judge(original, output, "another-rule");

    EXPECT_FALSE(judged.passed);
    EXPECT_NE(judged.reason.find("another rule"), std::string::npos);
}

TEST_F(Worker, Explains) {
    configure();
    const Descriptor original = memory_file(SyntheticInstance{}.file());

    const Message reply = ask(MessageKind::kExplain, to_json(bench_.order), {original.get()});

    ASSERT_EQ(reply.kind, MessageKind::kExplained) << reply.payload;
    EXPECT_EQ((*parse_json(reply.payload))["outcome"], "would-clean");
}

TEST_F(Worker, AnswersNonsenseAndGoesOn) {
    EXPECT_EQ(ask(MessageKind::kClean, to_json(bench_.order)).kind, MessageKind::kFailed);  // Not configured.
    configure();
    const Descriptor original = memory_file(SyntheticInstance{}.file());
    const Descriptor output = memory_file("");

    EXPECT_EQ(ask(MessageKind::kClean, Json::array()).kind, MessageKind::kFailed);
    EXPECT_EQ(ask(MessageKind::kClean, to_json(bench_.order)).kind, MessageKind::kFailed);  // No descriptors.
    EXPECT_EQ(ask(MessageKind::kReady, Json::object()).kind, MessageKind::kFailed);
    bench_.order.rule_digest.fill(9);
    EXPECT_EQ(
        ask(MessageKind::kClean, to_json(bench_.order), {original.get(), output.get()}).kind,
        MessageKind::kFailed
    );
    bench_.order.rule_digest = bench_.rules.digest();
    bench_.order.software_version = "0.0.9";
    EXPECT_EQ(
        ask(MessageKind::kClean, to_json(bench_.order), {original.get(), output.get()}).kind,
        MessageKind::kFailed
    );
    bench_.order.software_version = "0.1.0";
    EXPECT_EQ(clean(original, output).outcome, CleanReport::Outcome::kCleaned);
}

TEST_F(Worker, RefusesAConfigurationThatItCannotUse) {
    WorkerConfiguration configuration;
    configuration.projects.push_back({"test", Phi<std::string>{"abc"}, "rules.toml", "[[rule]]"});

    EXPECT_EQ(ask(MessageKind::kConfigure, to_json(configuration)).kind, MessageKind::kFailed);
    EXPECT_EQ(configure().kind, MessageKind::kReady);
}

TEST_F(Worker, ReportsAnOutputThatCannotBeWritten) {
    configure();
    const Descriptor original = memory_file(SyntheticInstance{}.file());
    const Descriptor read_only{open("/dev/null", O_RDONLY | O_CLOEXEC)};

    const Message reply = ask(MessageKind::kClean, to_json(bench_.order), {original.get(), read_only.get()});

    ASSERT_EQ(reply.kind, MessageKind::kFailed);
    EXPECT_EQ(worker_failure_from_json(*parse_json(reply.payload))->fault, Fault::kRetry);
}

// Every real file through the program itself, cleaner and gate, confined: a library that needed a path
// for some character set or codec would show here. Prints one line per file, no value of any.
TEST_F(Worker, CarriesEveryRealFile) {
    const std::filesystem::path folder = real_files();
    if (folder.empty()) {
        GTEST_SKIP() << "no real files: EFFACE_SHARED/dicom is absent";
    }
    configure();
    int passed = 0;
    int held = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file()) {
            continue;
        }
        const std::string file = read_file(entry.path());
        const Descriptor original = memory_file(file);
        const Descriptor output = memory_file("");
        const CleanReport report = clean(original, output);
        if (report.outcome != CleanReport::Outcome::kCleaned) {
            EXPECT_FALSE(report.reason.empty());
            continue;
        }
        const GateReport judged = judge(original, output, report.rule);
        EXPECT_EQ(judged.output_digest, sha256(read_memory_file(output.get())));
        EXPECT_EQ(judged.passed, judged.reason.empty());
        (judged.passed ? passed : held) += 1;
        if (!judged.passed) {
            std::printf("%-60s gate: %s\n", entry.path().filename().c_str(), judged.reason.c_str());
        }
    }
    std::printf("gate passed %d, held %d\n", passed, held);
    EXPECT_GT(passed, 0);
}

}  // namespace
}  // namespace efface::pipeline
