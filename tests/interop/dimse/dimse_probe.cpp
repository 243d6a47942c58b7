// dimse_probe: node/dimse from the command line, for interoperability runs by hand and for profiling.
//
//   dimse_probe scp PORT [DIRECTORY] [THREADS]       takes everything; one line per event and instance
//   dimse_probe echo HOST PORT CALLED
//   dimse_probe scu HOST PORT CALLED ROUNDS FILE...  sends Part 10 files over one association
//   dimse_probe bench INSTANCES BYTES CONNECTIONS [PDU_BYTES]  both halves in one process, over loopback
//
// It keeps data sets only where a DIRECTORY is named, and prints UIDs: for synthetic data.
#include "node/dimse/acceptor.h"
#include "node/dimse/status_table.h"
#include "node/dimse/store_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace efface::node {
namespace {

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

struct TakeAll final : AssociationPolicy {
    AssociationDecision decide(const AssociationFacts&, const AssociationLoad&) override {
        return AssociationDecision::accept("probe");
    }
};

struct PrintEvents final : AssociationObserver {
    explicit PrintEvents(bool quiet) : quiet_{quiet} {}

    void notify(const AssociationEvent& event) noexcept override {
        static constexpr const char* kNames[] = {"accepted", "rejected", "released", "aborted", "dropped"};
        if (quiet_) {
            return;
        }
        std::printf(
            "%s id=%llu %s>%s from %s impl=%s %s reason='%.*s' in=%llu out=%llu contexts=%u/%u stored=%u "
            "failed=%u "
            "echoes=%u abandoned=%d ms=%lld\n",
            kNames[static_cast<int>(event.kind)], static_cast<unsigned long long>(event.facts->id),
            event.facts->calling_ae.c_str(), event.facts->called_ae.c_str(),
            event.facts->peer_address.c_str(), event.facts->implementation_uid.c_str(),
            event.facts->implementation_version.c_str(), static_cast<int>(event.reason.view().size()),
            event.reason.view().data(), static_cast<unsigned long long>(event.bytes_received),
            static_cast<unsigned long long>(event.bytes_sent), event.contexts_accepted,
            event.contexts_refused, event.stores_succeeded, event.stores_failed, event.echoes,
            event.instance_abandoned ? 1 : 0, static_cast<long long>(event.duration.count())
        );
        std::fflush(stdout);
    }

    const bool quiet_;
};

class ProbeInstance final : public IncomingInstance {
public:
    ProbeInstance(int fd, StoreRequest request, bool quiet)
        : fd_{fd}, request_{std::move(request)}, quiet_{quiet} {}

    ~ProbeInstance() override {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    void append(std::span<const std::byte> bytes, std::function<void(Status)> done) override {
        bytes_ += bytes.size();
        ++pieces_;
        if (fd_ >= 0 && ::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
            done(fail(Fault::kRetry, "write failed"));
            return;
        }
        done({});
    }

    void finish(std::function<void(std::uint16_t)> done) override {
        if (!quiet_) {
            std::printf(
                "instance %s class=%s syntax=%s bytes=%llu pieces=%u\n",
                request_.sop_instance_uid.reveal().c_str(), request_.sop_class_uid.c_str(),
                request_.transfer_syntax_uid.c_str(), static_cast<unsigned long long>(bytes_), pieces_
            );
        }
        done(0);
    }

private:
    const int fd_;
    const StoreRequest request_;
    const bool quiet_;
    std::uint64_t bytes_ = 0;
    unsigned pieces_ = 0;
};

struct ProbeSink final : InstanceSink {
    ProbeSink(std::string directory, bool quiet) : directory_{std::move(directory)}, quiet_{quiet} {}

    Result<std::unique_ptr<IncomingInstance>> begin(const StoreRequest& request) override {
        int fd = -1;
        if (!directory_.empty()) {
            const std::string path = directory_ + "/" + request.sop_instance_uid.reveal() + ".dataset";
            fd = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        }
        return std::make_unique<ProbeInstance>(fd, request, quiet_);
    }

    const std::string directory_;
    const bool quiet_;
};

// A Part 10 file (PS3.10 7.1), as little of it as sending needs.
struct StoredFile {
    StoreItem item;
    bool ok = false;
};

StoredFile open_stored(const char* path) {
    StoredFile file;
    const int fd = ::open(path, O_RDONLY);

    struct stat info {};

    std::vector<unsigned char> head(4096);
    if (fd < 0 || fstat(fd, &info) != 0) {
        return file;
    }
    const ssize_t got = pread(fd, head.data(), head.size(), 0);
    if (got < 144 || std::memcmp(head.data() + 128, "DICM", 4) != 0) {
        return file;
    }
    head.resize(static_cast<std::size_t>(got));
    std::size_t at = 132;
    while (at + 8 <= head.size() && head[at] == 2 && head[at + 1] == 0) {
        const unsigned element = head[at + 2] + 256U * head[at + 3];
        const bool is_long =
            std::memcmp(&head[at + 4], "OB", 2) == 0 || std::memcmp(&head[at + 4], "UN", 2) == 0;
        std::uint32_t length = head[at + 6] + 256U * head[at + 7];
        std::size_t header = 8;
        if (is_long && at + 12 <= head.size()) {
            std::memcpy(&length, &head[at + 8], 4);
            header = 12;
        }
        if (at + header + length > head.size()) {
            return file;
        }
        std::string value{reinterpret_cast<const char*>(&head[at + header]), length};
        while (!value.empty() && (value.back() == '\0' || value.back() == ' ')) {
            value.pop_back();
        }
        if (element == 0x0002) {
            file.item.sop_class_uid = value;
        } else if (element == 0x0003) {
            file.item.sop_instance_uid = Phi<std::string>{value};
        } else if (element == 0x0010) {
            file.item.transfer_syntax_uid = value;
        }
        at += header + length;
    }
    file.item.fd = fd;
    file.item.offset = at;
    file.item.length = static_cast<std::uint64_t>(info.st_size) - at;
    file.ok = !file.item.sop_class_uid.empty();
    return file;
}

void print_outcome(const char* what, const Outcome& outcome) {
    const std::string_view failure = failure_name(outcome.failure);
    std::printf(
        "%s: failure=%.*s status=%04X rejection=%u/%u/%u open=%d\n", what, static_cast<int>(failure.size()),
        failure.data(), outcome.status, outcome.rejection.result, outcome.rejection.source,
        outcome.rejection.reason, outcome.association_open ? 1 : 0
    );
}

// Sends every item `rounds` times over one association.
class Sender {
public:
    Sender(boost::asio::io_context& io, std::vector<StoreItem> items, std::uint64_t rounds, bool quiet)
        : client_{io, Limits{}}, items_{std::move(items)}, total_{rounds * items_.size()}, quiet_{quiet} {}

    void start(RemoteAe remote) {
        std::vector<ProposedContext> contexts{{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}};
        for (const StoreItem& item : items_) {
            const bool known = std::ranges::any_of(contexts, [&](const ProposedContext& context) {
                return context.sop_class_uid == item.sop_class_uid &&
                       context.transfer_syntax_uids.front() == item.transfer_syntax_uid;
            });
            if (!known && contexts.size() < 128) {
                contexts.push_back({item.sop_class_uid, {item.transfer_syntax_uid}});
            }
        }
        client_.open(std::move(remote), std::move(contexts), [this](const Outcome& outcome) {
            if (!outcome.answered() || !quiet_) {
                print_outcome("open", outcome);
            }
            if (outcome.association_open) {
                next();
            }
        });
    }

    std::uint64_t delivered() const { return delivered_; }

private:
    void next() {
        if (sent_ == total_) {
            client_.release([this](const Outcome& outcome) {
                if (!quiet_) {
                    print_outcome("release", outcome);
                }
            });
            return;
        }
        client_.store(items_[sent_++ % items_.size()], [this](const Outcome& outcome) {
            delivered_ += outcome.answered() && outcome.status == 0 ? 1 : 0;
            if (!outcome.answered() || outcome.status != 0) {
                print_outcome("store", outcome);
            }
            if (outcome.association_open) {
                next();
            }
        });
    }

    StoreClient client_;
    const std::vector<StoreItem> items_;
    const std::uint64_t total_;
    const bool quiet_;
    std::uint64_t sent_ = 0;
    std::uint64_t delivered_ = 0;
};

int run_scp(int argc, char** argv) {
    boost::asio::io_context io;
    TakeAll policy;
    const std::string directory = argc > 3 ? argv[3] : "";
    const bool quiet = directory == "quiet";
    PrintEvents observer{quiet};
    ProbeSink sink{quiet ? std::string{} : directory, quiet};
    AcceptorOptions options;
    options.endpoints = {{.address = "::", .port = static_cast<std::uint16_t>(number(argv[2]))}};
    Acceptor acceptor{io, options, default_offer({}), policy, sink, observer};
    const Status listening = acceptor.listen();
    if (!listening) {
        std::printf("%s\n", listening.error().message().c_str());
        return 1;
    }
    std::printf("listening on %u\n", acceptor.ports().front());
    std::fflush(stdout);
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code&, int) { acceptor.drain([&io] { io.stop(); }); });
    std::vector<std::thread> threads;
    for (std::uint64_t i = 1; argc > 4 && i < number(argv[4]); ++i) {
        threads.emplace_back([&io] { io.run(); });
    }
    io.run();
    for (std::thread& thread : threads) {
        thread.join();
    }
    std::printf("cpu %.3f s\n", cpu_seconds());
    return 0;
}

int run_echo(char** argv) {
    boost::asio::io_context io;
    StoreClient client{io, Limits{}};
    const RemoteAe remote{argv[2], static_cast<std::uint16_t>(number(argv[3])), argv[4], "PROBE"};
    client.open(remote, {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}, [&](const Outcome& opened) {
        print_outcome("open", opened);
        if (opened.association_open) {
            client.echo([&](const Outcome& echoed) {
                print_outcome("echo", echoed);
                client.release([](const Outcome& released) { print_outcome("release", released); });
            });
        }
    });
    io.run();
    return 0;
}

int run_scu(int argc, char** argv) {
    std::vector<StoreItem> items;
    for (int i = 6; i < argc; ++i) {
        StoredFile file = open_stored(argv[i]);
        if (!file.ok) {
            std::printf("not a Part 10 file: argument %d\n", i);
            continue;
        }
        items.push_back(std::move(file.item));
    }
    boost::asio::io_context io;
    Sender sender{io, std::move(items), number(argv[5]), false};
    const auto began = std::chrono::steady_clock::now();
    sender.start({argv[2], static_cast<std::uint16_t>(number(argv[3])), argv[4], "PROBE"});
    io.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto count = static_cast<double>(sender.delivered());
    std::printf(
        "delivered %.0f in %.3f s: %.0f/s, cpu %.3f ms each\n", count, took.count(), count / took.count(),
        1e3 * cpu_seconds() / std::max(count, 1.0)
    );
    return 0;
}

int run_bench(int argc, char** argv) {
    const std::uint64_t instances = number(argv[2]);
    const std::uint64_t bytes = number(argv[3]);
    const std::uint64_t connections = std::max<std::uint64_t>(number(argv[4]), 1);
    const int fd = memfd_create("instance", MFD_CLOEXEC);
    const std::vector<char> data(bytes, 'x');
    if (fd < 0 || ::write(fd, data.data(), data.size()) != static_cast<ssize_t>(data.size())) {
        return 1;
    }
    TakeAll policy;
    PrintEvents observer{true};
    ProbeSink sink{"", true};
    boost::asio::io_context scp_io;
    boost::asio::io_context scu_io;
    AcceptorOptions options;
    options.endpoints = {{.address = "127.0.0.1", .port = 0}};
    if (argc > 5) {
        options.limits.pdu_bytes_max = static_cast<std::uint32_t>(number(argv[5]));
    }
    Acceptor acceptor{scp_io, options, default_offer({}), policy, sink, observer};
    if (!acceptor.listen()) {
        return 1;
    }
    StoreItem item;
    item.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    item.sop_instance_uid = Phi<std::string>{"1.2.3"};
    item.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    item.fd = fd;
    item.length = bytes;
    std::vector<std::unique_ptr<Sender>> senders;
    for (std::uint64_t i = 0; i < connections; ++i) {
        senders.push_back(
            std::make_unique<Sender>(scu_io, std::vector<StoreItem>{item}, instances / connections, true)
        );
        senders.back()->start({"127.0.0.1", acceptor.ports().front(), "SINK", "PROBE"});
    }
    const auto began = std::chrono::steady_clock::now();
    std::thread scp{[&scp_io] { scp_io.run(); }};
    scu_io.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    scp_io.stop();
    scp.join();
    double delivered = 0;
    for (const auto& sender : senders) {
        delivered += static_cast<double>(sender->delivered());
    }
    std::printf(
        "%.0f instances of %llu bytes in %.3f s: %.0f/s, %.0f MB/s, cpu of both sides %.3f ms each\n",
        delivered, static_cast<unsigned long long>(bytes), took.count(), delivered / took.count(),
        delivered * static_cast<double>(bytes) / took.count() / 1e6, 1e3 * cpu_seconds() / delivered
    );
    return 0;
}

}  // namespace
}  // namespace efface::node

int main(int argc, char** argv) {
    using namespace efface::node;
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "scp" && argc >= 3) {
        return run_scp(argc, argv);
    }
    if (mode == "echo" && argc == 5) {
        return run_echo(argv);
    }
    if (mode == "scu" && argc >= 7) {
        return run_scu(argc, argv);
    }
    if (mode == "bench" && argc >= 5) {
        return run_bench(argc, argv);
    }
    std::fprintf(stderr, "usage: dimse_probe scp|echo|scu|bench ... (see the head of dimse_probe.cpp)\n");
    return 2;
}
