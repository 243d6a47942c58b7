#include "pipeline/unit/worker_protocol.h"

#include "config/json.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace efface::pipeline {
namespace {

SocketPair pair_or_die() {
    auto pair = make_worker_socket();
    EXPECT_TRUE(pair.has_value());
    return std::move(*pair);
}

TEST(WorkerProtocol, CarriesPayloadAndDescriptors) {
    const SocketPair pair = pair_or_die();
    const Descriptor first{memfd_create("a", 0)};
    const Descriptor second{memfd_create("b", 0)};
    ASSERT_EQ(write(second.get(), "xyz", 3), 3);

    ASSERT_TRUE(send_message(pair.daemon_end.get(), MessageKind::kClean, "{}", {first.get(), second.get()}));
    auto got = receive_message(pair.worker_end.get());

    ASSERT_TRUE(got.has_value());
    ASSERT_EQ(got->state, Received::State::kMessage);
    EXPECT_EQ(got->message.kind, MessageKind::kClean);
    EXPECT_EQ(got->message.payload, "{}");
    ASSERT_EQ(got->message.descriptors.size(), 2U);
    char text[4] = {};
    EXPECT_EQ(pread(got->message.descriptors[1].get(), text, 3, 0), 3);
    EXPECT_STREQ(text, "xyz");
    EXPECT_NE(fcntl(got->message.descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(WorkerProtocol, CarriesPayloadsFarAboveThePacketSize) {
    const SocketPair pair = pair_or_die();
    const Descriptor file{memfd_create("a", 0)};
    for (const std::size_t size : {kInlineBytesMax, kInlineBytesMax + 1, std::size_t{5'000'000}}) {
        const std::string payload(size, 'p');
        ASSERT_TRUE(send_message(pair.worker_end.get(), MessageKind::kExplained, payload, {file.get()}));
        auto got = receive_message(pair.daemon_end.get());
        ASSERT_TRUE(got.has_value());
        EXPECT_EQ(got->message.payload, payload);
        EXPECT_EQ(got->message.descriptors.size(), 1U);
    }
}

TEST(WorkerProtocol, RefusesWhatIsAboveTheLimits) {
    const SocketPair pair = pair_or_die();
    const Descriptor file{memfd_create("a", 0)};

    // One place is the payload's.
    const std::vector<int> too_many(kMessageDescriptorsMax, file.get());
    const std::span<const int> as_many = std::span{too_many}.first(kMessageDescriptorsMax - 1);
    EXPECT_FALSE(send_message(pair.daemon_end.get(), MessageKind::kClean, "", too_many));
    EXPECT_TRUE(send_message(pair.daemon_end.get(), MessageKind::kClean, "", as_many));
    const auto got = receive_message(pair.worker_end.get());
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->message.descriptors.size(), 3U);
    const std::string huge(kMessageBytesMax + 1, 'p');
    EXPECT_FALSE(send_message(pair.daemon_end.get(), MessageKind::kConfigure, huge));
}

TEST(WorkerProtocol, MalformedPacketsAreErrors) {
    const SocketPair pair = pair_or_die();

    ASSERT_EQ(send(pair.daemon_end.get(), "x", 1, 0), 1);
    EXPECT_FALSE(receive_message(pair.worker_end.get()).has_value());
    ASSERT_EQ(send(pair.daemon_end.get(), "\x01\x01", 2, 0), 2);  // Says memfd, brings none.
    EXPECT_FALSE(receive_message(pair.worker_end.get()).has_value());
    const std::string too_long(kInlineBytesMax + 100, '\0');
    ASSERT_GT(send(pair.daemon_end.get(), too_long.data(), too_long.size(), 0), 0);
    EXPECT_FALSE(receive_message(pair.worker_end.get()).has_value());
}

TEST(WorkerProtocol, TellsEmptyFromClosed) {
    SocketPair pair = pair_or_die();
    ASSERT_EQ(fcntl(pair.worker_end.get(), F_SETFL, O_NONBLOCK), 0);

    auto nothing = receive_message(pair.worker_end.get());
    ASSERT_TRUE(nothing.has_value());
    EXPECT_EQ(nothing->state, Received::State::kNothingYet);

    pair.daemon_end = Descriptor{};
    auto closed = receive_message(pair.worker_end.get());
    ASSERT_TRUE(closed.has_value());
    EXPECT_EQ(closed->state, Received::State::kClosed);
    EXPECT_FALSE(send_message(pair.worker_end.get(), MessageKind::kReady, "{}"));  // EPIPE, no signal.
}

TEST(WorkerProtocol, MessagesSurviveJson) {
    WorkerConfiguration configuration;
    configuration.software_version = "0.1.0";
    configuration.limits.cpu_seconds_per_unit_max = 7;
    configuration.limits.search_threads = 3;
    configuration.site_models = {{"/opt/site.pt", "ab12"}, {"/opt/fill.pt", "cd34"}};
    configuration.projects.push_back({"trial", Phi<std::string>{"00ff"}, "rules.toml", "[[rule]]\n"});
    const auto again = worker_configuration_from_json(to_json(configuration));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(dump_json(to_json(*again)), dump_json(to_json(configuration)));
    EXPECT_EQ(again->projects.at(0).key_hex.reveal(), "00ff");
    EXPECT_EQ(again->site_models, configuration.site_models);

    const auto ready = worker_ready_from_json(to_json(WorkerReady{"1", "2026d", "ab"}));
    ASSERT_TRUE(ready.has_value());
    EXPECT_EQ(ready->table_edition, "2026d");
    EXPECT_EQ(ready->generator, "");
    const std::string said = "small 1; licence: none; trained on: nothing; confidence of a fill: none";
    const auto with_generator = worker_ready_from_json(to_json(WorkerReady{"1", "2026d", "ab", "cd", said}));
    ASSERT_TRUE(with_generator.has_value());
    EXPECT_EQ(with_generator->generator, said);
    for (const std::string& wrong : {std::string{"a\x1B[2J"}, std::string(2'001, 'a')}) {
        EXPECT_FALSE(worker_ready_from_json(to_json(WorkerReady{"1", "2026d", "ab", "cd", wrong})));
    }

    GateRequest request;
    request.rule = "default";
    request.second_output = true;
    const auto gate = gate_request_from_json(to_json(request));
    ASSERT_TRUE(gate.has_value());
    EXPECT_TRUE(gate->second_output);
    EXPECT_TRUE(gate->mask.empty());

    const auto failure = worker_failure_from_json(to_json(WorkerFailure{Fault::kQuarantine, "why"}));
    ASSERT_TRUE(failure.has_value());
    EXPECT_EQ(failure->fault, Fault::kQuarantine);
    EXPECT_EQ(failure->reason, "why");
    EXPECT_FALSE(worker_failure_from_json(Json{{"fault", "none"}, {"reason", ""}}).has_value());
}

TEST(WorkerProtocol, AMaskTravelsWithTheFramesOfItsBoxes) {
    GateRequest request;
    request.mask = {{{0, 8, 16, 24}}, {{{8, 8, 32, 16}, {3, 5}}, {{0, 0, 8, 8}, {0, 1}}}};
    const Json json = to_json(request);

    const auto gate = gate_request_from_json(json);

    ASSERT_TRUE(gate.has_value());
    EXPECT_EQ(gate->mask, request.mask);
    for (const char* wrong :
         {R"({"boxes":[0,8,16,24]})", R"({"boxes":[],"some_frames":[1,2,3,4,5]})",
          R"({"boxes":[],"some_frames":[1,2,3,4,5,-6]})", "[0,8,16,24]"}) {
        Json other = json;
        other["mask"] = Json::parse(wrong);
        EXPECT_FALSE(gate_request_from_json(other).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace efface::pipeline
