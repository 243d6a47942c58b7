// Goal: Acceptor and StoreClient over real sockets: what the client sends is what the sink gets, every
// way to fail has its own name, nothing blocks anything else. Method: both on io_contexts with several
// threads, and scripted peers that misbehave. Deadlines here are short where one must pass.
#include "node/dimse/acceptor.h"
#include "node/dimse/store_client.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <future>
#include <netinet/in.h>
#include <set>
#include <sys/mman.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace efface::node {
namespace {

using std::chrono::milliseconds;
using Failure = TransportFailure;

constexpr std::chrono::seconds kWait{30};

// An io_context with threads, joined at the end.
class Threads {
public:
    explicit Threads(int count) {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([this] { io.run(); });
        }
    }

    ~Threads() { join(); }

    void join() {
        io.stop();
        for (std::thread& thread : threads_) {
            thread.join();
        }
        threads_.clear();
    }

    boost::asio::io_context io;

private:
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io.get_executor()};
    std::vector<std::thread> threads_;
};

// Calls an operation of a client and waits for its outcome.
template <class Operation>
Outcome outcome_of(Operation operation) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    operation([promise](const Outcome& outcome) { promise->set_value(outcome); });
    if (future.wait_for(kWait) != std::future_status::ready) {
        ADD_FAILURE() << "no outcome";
        return {.failure = Failure::kTimedOut};
    }
    return future.get();
}

std::vector<ProposedContext> usual_contexts() {
    return {
        {std::string{kVerification}, {std::string{kImplicit}}},
        {std::string{kCt}, {std::string{kExplicit}}},
        {std::string{kCt}, {std::string{kImplicit}}},
        {"1.2.3.4", {std::string{kImplicit}}}};
}

class MemoryFile {
public:
    explicit MemoryFile(std::size_t count) : fd_{memfd_create("instance", MFD_CLOEXEC)} {
        for (std::size_t i = 0; i < count; ++i) {
            bytes_.push_back(static_cast<char>((i * 7919) % 251));
        }
        EXPECT_EQ(::write(fd_, bytes_.data(), count), static_cast<ssize_t>(count));
    }

    ~MemoryFile() { ::close(fd_); }

    StoreItem item(std::string uid = "1.2.3") const {
        StoreItem item;
        item.sop_class_uid = kCt;
        item.sop_instance_uid = Phi<std::string>{std::move(uid)};
        item.transfer_syntax_uid = kExplicit;
        item.fd = fd_;
        item.length = bytes_.size();
        return item;
    }

    const std::string& bytes() const { return bytes_; }

private:
    const int fd_;
    std::string bytes_;
};

class Loopback : public testing::Test {
protected:
    // Answers that the sink still holds keep associations, and those the io_context's sockets.
    void TearDown() override {
        acceptor_.reset();
        threads_.join();
        sink_.pending.clear();
    }

    void listen(AcceptorOptions options = {}, std::string address = "127.0.0.1") {
        options.endpoints = {{.address = std::move(address), .port = 0}};
        acceptor_ =
            std::make_unique<Acceptor>(threads_.io, options, usual_offer(), policy_, sink_, observer_);
        const Status listening = acceptor_->listen();
        ASSERT_TRUE(listening) << listening.error().message();
        port_ = acceptor_->ports().at(0);
    }

    RemoteAe remote(std::string host = "127.0.0.1") const {
        return {std::move(host), port_, "EFFACE", "MODALITY"};
    }

    Outcome open(StoreClient& client, std::string host = "127.0.0.1") {
        return outcome_of([&](auto done) { client.open(remote(std::move(host)), usual_contexts(), done); });
    }

    // Waits for the strands to have come to an end: events are counted after the peer has its answer.
    void wait_for(AssociationEventKind kind, std::size_t count) {
        const auto give_up = std::chrono::steady_clock::now() + kWait;
        while (observer_.count(kind) < count && std::chrono::steady_clock::now() < give_up) {
            std::this_thread::yield();
        }
        EXPECT_EQ(observer_.count(kind), count);
    }

    TestPolicy policy_;
    TestSink sink_;
    TestObserver observer_;
    Threads threads_{2};
    boost::asio::thread_pool elsewhere_{2};  // Ends before the io_context does.
    std::unique_ptr<Acceptor> acceptor_;
    std::uint16_t port_ = 0;
};

TEST_F(Loopback, CarriesInstancesOfEverySizeByteForByte) {
    sink_.run_elsewhere = [this](std::function<void()> done) {
        boost::asio::post(elsewhere_, std::move(done));
    };
    listen();
    StoreClient client{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);
    EXPECT_TRUE(client.accepts(kCt, kExplicit));
    EXPECT_FALSE(client.accepts("1.2.3.4", kImplicit));
    EXPECT_EQ(
        client.accepted_syntaxes(kCt),
        (std::vector<std::string>{std::string{kExplicit}, std::string{kImplicit}})
    );

    std::vector<std::string> sent;
    for (const std::size_t size : {2U, 100U, 4096U, 37'000U, 130'900U, 131'072U, 528'000U, 3'000'000U}) {
        const MemoryFile file{size};
        const Outcome outcome = outcome_of([&](auto done) { client.store(file.item(), done); });
        EXPECT_EQ(outcome.failure, Failure::kNone);
        EXPECT_EQ(outcome.status, 0);
        EXPECT_EQ(outcome.request, RequestSent::kWhole);
        sent.push_back(file.bytes());
    }
    const Outcome echoed = outcome_of([&](auto done) { client.echo(done); });
    EXPECT_TRUE(echoed.answered());
    const Outcome released = outcome_of([&](auto done) { client.release(done); });
    EXPECT_TRUE(released.answered());
    EXPECT_FALSE(released.association_open);

    wait_for(AssociationEventKind::kReleased, 1);
    ASSERT_EQ(sink_.records.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(sink_.records[i]->bytes == sent[i], true) << i;
        EXPECT_TRUE(sink_.records[i]->finished);
    }
}

TEST_F(Loopback, ManyAssociationsAtOnce) {
    constexpr int kClients = 16;
    constexpr int kInstances = 20;
    sink_.run_elsewhere = [this](std::function<void()> done) {
        boost::asio::post(elsewhere_, std::move(done));
    };
    listen();
    const MemoryFile file{300'000};
    std::vector<std::unique_ptr<StoreClient>> clients;
    std::vector<std::future<int>> delivered;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(std::make_unique<StoreClient>(threads_.io, Limits{}));
        StoreClient& client = *clients.back();
        auto promise = std::make_shared<std::promise<int>>();
        delivered.push_back(promise->get_future());
        auto count = std::make_shared<int>(0);
        auto next = std::make_shared<std::function<void(const Outcome&)>>();
        *next = [&client, &file, promise, count, next](const Outcome& outcome) {
            if (!outcome.association_open || *count == kInstances) {
                promise->set_value(*count);
                client.release([next](const Outcome&) { *next = {}; });
                return;
            }
            ++*count;
            client.store(file.item(), [next](const Outcome& stored) { (*next)(stored); });
        };
        client.open(remote(), usual_contexts(), [next](const Outcome& outcome) { (*next)(outcome); });
    }
    for (auto& one : delivered) {
        ASSERT_EQ(one.wait_for(kWait), std::future_status::ready);
        EXPECT_EQ(one.get(), kInstances);
    }
    wait_for(AssociationEventKind::kReleased, kClients);
    EXPECT_EQ(sink_.records.size(), static_cast<std::size_t>(kClients * kInstances));
    for (const auto& record : sink_.records) {
        EXPECT_TRUE(record->bytes == file.bytes());
    }
}

TEST_F(Loopback, SpeaksIpv6AndTakesIpv4OnTheSameSocket) {
    listen({}, "::");
    StoreClient six{threads_.io, Limits{}};
    StoreClient four{threads_.io, Limits{}};
    StoreClient name{threads_.io, Limits{}, [this](std::function<void()> work) {
                         boost::asio::post(elsewhere_, std::move(work));
                     }};

    EXPECT_TRUE(open(six, "::1").association_open);
    EXPECT_TRUE(open(four, "127.0.0.1").association_open);
    EXPECT_TRUE(open(name, "localhost").association_open);

    const std::lock_guard lock{observer_.mutex};
    std::multiset<std::string> peers;  // Told from several threads, in any order.
    for (const AssociationEvent& event : observer_.events) {
        peers.insert(event.facts->peer_address);
    }
    EXPECT_GE(peers.count("::1"), 1U);
    EXPECT_GE(peers.count("127.0.0.1"), 1U);
}

TEST_F(Loopback, TwoEndpointsOnOnePort) {
    AcceptorOptions options;
    listen(options);
    options.endpoints = {{.address = "0.0.0.0", .port = 0}, {.address = "::", .port = 0}};
    Acceptor both{threads_.io, options, usual_offer(), policy_, sink_, observer_};
    EXPECT_TRUE(both.listen());
    EXPECT_EQ(both.ports().size(), 2U);

    options.endpoints = {{.address = "127.0.0.1", .port = port_}};
    Acceptor second{threads_.io, options, usual_offer(), policy_, sink_, observer_};
    const Status taken = second.listen();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().fault, Fault::kHalt);
    EXPECT_EQ(taken.error().where.value, EADDRINUSE);
}

TEST_F(Loopback, TellsRejectionsApart) {
    policy_.on_decide = [](const AssociationFacts& facts) {
        return facts.calling_ae == "MODALITY"
                   ? AssociationDecision::reject(kRejectCallingAe, "no")
                   : AssociationDecision::reject(kRejectTemporaryCongestion, "later");
    };
    listen();
    StoreClient permanent{threads_.io, Limits{}};
    const Outcome no = open(permanent);
    EXPECT_EQ(no.failure, Failure::kRejectedPermanent);
    EXPECT_EQ(no.rejection, kRejectCallingAe);
    EXPECT_FALSE(no.association_open);

    StoreClient transient{threads_.io, Limits{}};
    RemoteAe other = remote();
    other.calling_ae = "OTHER";
    const Outcome later = outcome_of([&](auto done) { transient.open(other, usual_contexts(), done); });
    EXPECT_EQ(later.failure, Failure::kRejectedTransient);
    const Outcome after = outcome_of([&](auto done) { transient.echo(done); });
    EXPECT_EQ(after.failure, Failure::kRejectedTransient);
}

TEST_F(Loopback, AContextThatWasNotAcceptedLeavesTheAssociationOpen) {
    listen();
    StoreClient client{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);
    const MemoryFile file{100};
    StoreItem item = file.item();
    item.sop_class_uid = "1.2.3.4";

    const Outcome outcome = outcome_of([&](auto done) { client.store(item, done); });

    EXPECT_EQ(outcome.failure, Failure::kContextNotAccepted);
    EXPECT_TRUE(outcome.association_open);
    EXPECT_EQ(outcome_of([&](auto done) { client.store(file.item(), done); }).status, 0);
}

TEST_F(Loopback, ReportsTheStatusOfThePeer) {
    sink_.finish_status = 0xB007;
    listen();
    StoreClient client{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);
    const MemoryFile file{100};

    const Outcome outcome = outcome_of([&](auto done) { client.store(file.item(), done); });

    EXPECT_TRUE(outcome.answered());
    EXPECT_EQ(outcome.status, 0xB007);
}

TEST_F(Loopback, AFileThatIsTooShortAbortsAndSaysWhy) {
    listen();
    StoreClient client{threads_.io, Limits{}, [this](std::function<void()> work) {
                           boost::asio::post(elsewhere_, std::move(work));
                       }};
    ASSERT_TRUE(open(client).association_open);
    const MemoryFile file{400'000};
    StoreItem item = file.item();
    item.length += 100;

    const Outcome outcome = outcome_of([&](auto done) { client.store(item, done); });

    EXPECT_EQ(outcome.failure, Failure::kFileUnreadable);
    EXPECT_FALSE(outcome.association_open);
    wait_for(AssociationEventKind::kAborted, 1);
    EXPECT_TRUE(sink_.records.at(0)->destroyed);
    EXPECT_FALSE(sink_.records.at(0)->finished);
}

TEST_F(Loopback, NamesTheWaysNotToConnect) {
    listen();
    StoreClient refused{threads_.io, Limits{}};
    const std::uint16_t port = port_;
    acceptor_.reset();
    boost::asio::io_context idle;
    {
        // A port that was free a moment ago.
        AcceptorOptions options;
        options.endpoints = {{.address = "127.0.0.1", .port = 0}};
        Acceptor gone{idle, options, usual_offer(), policy_, sink_, observer_};
        ASSERT_TRUE(gone.listen());
        port_ = gone.ports().at(0);
        gone.stop_listening();
        idle.run();
    }
    EXPECT_EQ(open(refused).failure, Failure::kConnectRefused);
    port_ = port;

    StoreClient unresolved{threads_.io, Limits{}};
    EXPECT_EQ(open(unresolved, "no-such-host.invalid").failure, Failure::kUnresolved);
    StoreClient never{threads_.io, Limits{}};
    EXPECT_EQ(outcome_of([&](auto done) { never.echo(done); }).failure, Failure::kClosed);
}

TEST_F(Loopback, DrainLetsTheInstanceInTransferEndAndThenTellsOnce) {
    std::promise<void> in_finish;
    std::promise<void> go_on;
    sink_.run_elsewhere = [&, shared = go_on.get_future().share()](std::function<void()> done) {
        const bool finishing = [&] {
            const std::lock_guard lock{sink_.mutex};
            return sink_.records.at(0)->finished;
        }();
        if (finishing) {
            in_finish.set_value();
        }
        boost::asio::post(elsewhere_, [done = std::move(done), shared, finishing] {
            if (finishing) {
                shared.wait();
            }
            done();
        });
    };
    listen();
    StoreClient client{threads_.io, Limits{}};
    StoreClient idle{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);
    ASSERT_TRUE(open(idle).association_open);
    const MemoryFile file{100};
    std::promise<Outcome> stored;
    client.store(file.item(), [&](const Outcome& outcome) { stored.set_value(outcome); });
    in_finish.get_future().wait();

    std::promise<void> drained;
    acceptor_->drain([&] { drained.set_value(); });
    go_on.set_value();

    EXPECT_EQ(stored.get_future().get().status, 0);
    EXPECT_EQ(drained.get_future().wait_for(kWait), std::future_status::ready);
    EXPECT_EQ(acceptor_->open_count(), 0U);
    EXPECT_EQ(outcome_of([&](auto done) { idle.echo(done); }).failure, Failure::kAborted);
    StoreClient late{threads_.io, Limits{}};
    EXPECT_FALSE(open(late).association_open);
}

TEST_F(Loopback, AbortAllEndsWhatIsOpen) {
    listen();
    StoreClient client{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);

    acceptor_->abort_all();

    wait_for(AssociationEventKind::kAborted, 1);
}

TEST_F(Loopback, AnAbortCancelsTheOperationInProgress) {
    sink_.deferred =
        true;  // A sink that has not answered yet; one that drops its answer ends the association.
    listen();
    StoreClient client{threads_.io, Limits{}};
    ASSERT_TRUE(open(client).association_open);
    const MemoryFile file{100};
    std::promise<Outcome> stored;
    client.store(file.item(), [&](const Outcome& outcome) { stored.set_value(outcome); });

    client.abort();

    EXPECT_EQ(stored.get_future().get().failure, Failure::kCancelled);
    EXPECT_EQ(outcome_of([&](auto done) { client.echo(done); }).failure, Failure::kCancelled);
}

TEST_F(Loopback, DestructionAborts) {
    listen();
    auto client = std::make_unique<StoreClient>(threads_.io, Limits{});
    ASSERT_TRUE(open(*client).association_open);

    client.reset();

    wait_for(AssociationEventKind::kAborted, 1);
}

TEST_F(Loopback, AnIdleConnectionDelaysNobody) {
    listen();
    std::vector<int> idle;
    for (int i = 0; i < 50; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        idle.push_back(fd);
    }

    StoreClient client{threads_.io, Limits{}};
    EXPECT_TRUE(open(client).association_open);
    EXPECT_TRUE(outcome_of([&](auto done) { client.echo(done); }).answered());

    for (const int fd : idle) {
        ::close(fd);
    }
    wait_for(AssociationEventKind::kDropped, idle.size());
}

// A peer of our making: accepts one connection, reads the request, then does what the script says.
class ScriptedPeer {
public:
    explicit ScriptedPeer(std::function<void(int)> script) : listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), length), 0);
        EXPECT_EQ(::listen(listener_, 4), 0);
        EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this, script = std::move(script)] {
            const int fd = ::accept(listener_, nullptr, nullptr);
            read_pdu(fd);
            script(fd);
            ::close(fd);
        }};
    }

    ~ScriptedPeer() {
        thread_.join();
        ::close(listener_);
    }

    std::uint16_t port() const { return port_; }

    static Bytes read_pdu(int fd) {
        Bytes pdu(6);
        if (::recv(fd, pdu.data(), 6, MSG_WAITALL) != 6) {
            return {};
        }
        std::size_t length = 0;
        for (std::size_t i = 2; i < 6; ++i) {
            length = length * 256 + std::to_integer<std::size_t>(pdu[i]);
        }
        pdu.resize(6 + length);
        EXPECT_EQ(::recv(fd, pdu.data() + 6, length, MSG_WAITALL), static_cast<ssize_t>(length));
        return pdu;
    }

    static void send(int fd, const Bytes& bytes) {
        EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    }

    static void accept(int fd, std::uint32_t pdu_bytes_max = 16384) {
        AssociateAccept accept;
        accept.contexts = {
            {1, ContextResult::kAccepted, std::string{kImplicit}},
            {3, ContextResult::kAccepted, std::string{kExplicit}}};
        accept.user.pdu_bytes_max = pdu_bytes_max;
        accept.user.implementation_uid = "1.2.3";
        send(fd, encode_associate_accept(accept));
    }

    /// Until the other side closes.
    static void drain(int fd) {
        std::array<char, 65536> buffer{};
        while (::recv(fd, buffer.data(), buffer.size(), 0) > 0) {
        }
    }

private:
    const int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

// What a store to a peer with this script comes to.
Outcome store_to(std::function<void(int)> script, Limits limits = {}, std::size_t size = 1'000'000) {
    Threads threads{1};
    ScriptedPeer peer{std::move(script)};
    const MemoryFile file{size};
    StoreClient client{threads.io, limits};
    const Outcome opened = outcome_of([&](auto done) {
        client.open({"127.0.0.1", peer.port(), "PEER", "EFFACE"}, usual_contexts(), done);
    });
    if (!opened.association_open) {
        return opened;
    }
    return outcome_of([&](auto done) { client.store(file.item(), done); });
}

TEST(StoreClient, NamesWhatThePeerDoesToIt) {
    Limits quick;
    quick.associate = milliseconds{100};
    quick.response = milliseconds{100};
    quick.write = milliseconds{100};
    quick.artim = milliseconds{100};

    EXPECT_EQ(store_to([](int fd) { ScriptedPeer::drain(fd); }, quick).failure, Failure::kTimedOut)
        << "no answer";
    EXPECT_EQ(store_to([](int) {}).failure, Failure::kClosed) << "closed instead of an answer";
    EXPECT_EQ(
        store_to([](int fd) {
            ScriptedPeer::send(fd, encode_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified));
        }).failure,
        Failure::kAborted
    );
    EXPECT_EQ(
        store_to([](int fd) {
            ScriptedPeer::send(fd, Bytes(100));
            ScriptedPeer::drain(fd);
        }).failure,
        Failure::kProtocol
    );
    EXPECT_EQ(
        store_to(
            [](int fd) {
                ScriptedPeer::accept(fd);
                ScriptedPeer::drain(fd);
            },
            quick
        )
            .failure,
        Failure::kTimedOut
    ) << "no response";
    EXPECT_EQ(
        store_to([](int fd) {
            ScriptedPeer::accept(fd);
            ScriptedPeer::read_pdu(fd);
            ScriptedPeer::send(fd, encode_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified));
            ScriptedPeer::drain(fd);
        }).failure,
        Failure::kAborted
    ) << "aborted while we were sending";
    EXPECT_EQ(
        store_to([](int fd) {
            ScriptedPeer::accept(fd);
            ScriptedPeer::send(fd, data_pdu(3, false, true, Bytes(10)));
            ScriptedPeer::drain(fd);
        }).failure,
        Failure::kProtocol
    ) << "data instead of a response";
    EXPECT_EQ(
        store_to([](int fd) {
            ScriptedPeer::accept(fd);
            ScriptedPeer::send(fd, encode_release_request());
            ScriptedPeer::drain(fd);
        }).failure,
        Failure::kClosed
    ) << "released by the peer";
}

TEST(StoreClient, APeerThatTakesNoDataTimesOut) {
    Limits quick;
    quick.write = milliseconds{200};
    quick.artim = milliseconds{100};
    std::promise<void> done;
    const auto wait = done.get_future().share();

    const Outcome outcome = store_to(
        [wait](int fd) {
            ScriptedPeer::accept(fd);
            wait.wait_for(std::chrono::seconds{5});
        },
        quick, 64'000'000
    );
    done.set_value();

    EXPECT_EQ(outcome.failure, Failure::kTimedOut);
    EXPECT_EQ(outcome.request, RequestSent::kPart);
}

TEST(StoreClient, AResponseBeforeTheLastByteIsKeptUntilAllIsSent) {
    const Outcome outcome = store_to([](int fd) {
        ScriptedPeer::accept(fd, 4096);
        const Bytes request = ScriptedPeer::read_pdu(fd);
        const auto command = decode_command_set(std::span{request}.subspan(12));
        ASSERT_TRUE(command);
        ScriptedPeer::send(fd, encode_command_pdus(3, encode_response(*command, 0xA700), 0));
        std::size_t data = 0;
        for (Bytes pdu = ScriptedPeer::read_pdu(fd); !pdu.empty(); pdu = ScriptedPeer::read_pdu(fd)) {
            EXPECT_LE(pdu.size(), 4096U + 6U);
            data += pdu.size() - 12;
            if (pdu[11] == std::byte{2}) {
                break;
            }
        }
        EXPECT_EQ(data, 1'000'000U);
    });

    EXPECT_TRUE(outcome.answered());
    EXPECT_EQ(outcome.status, 0xA700);
    EXPECT_EQ(outcome.request, RequestSent::kWhole);
}

TEST(StoreClient, AResponseToAnotherMessageIsAProtocolError) {
    const Outcome outcome = store_to([](int fd) {
        ScriptedPeer::accept(fd);
        const auto command = decode_command_set(store_command(999));
        ScriptedPeer::send(fd, encode_command_pdus(3, encode_response(*command, 0), 0));
        ScriptedPeer::drain(fd);
    });

    EXPECT_EQ(outcome.failure, Failure::kProtocol);
}

}  // namespace
}  // namespace efface::node
