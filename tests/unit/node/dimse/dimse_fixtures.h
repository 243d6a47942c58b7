// Builders of PDUs, and the doubles that the tests of node/dimse share.
#pragma once

#include "node/dimse/acceptor.h"
#include "node/dimse/associate_pdu.h"
#include "node/dimse/command_set.h"
#include "node/dimse/pdu.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

inline constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr std::string_view kMr = "1.2.840.10008.5.1.4.1.1.4";
inline constexpr std::string_view kVerification = "1.2.840.10008.1.1";
inline constexpr std::string_view kImplicit = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicit = "1.2.840.10008.1.2.1";

#include "tests/unit/node/dimse/captured_requests.inc"

inline Bytes from_hex_text(std::string_view text) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return bytes;
}

inline Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// One data value in a P-DATA-TF of its own.
inline Bytes data_pdu(std::uint8_t context_id, bool is_command, bool is_last, const Bytes& fragment) {
    Bytes pdu(12);
    write_data_header(
        std::span{pdu}.first<12>(), context_id, is_command, is_last,
        static_cast<std::uint32_t>(fragment.size())
    );
    return pdu + fragment;
}

/// Contexts: 1 Verification, 3 CT in implicit and explicit, 5 MR in explicit, 7 a class that nobody has.
inline AssociateRequest usual_request() {
    AssociateRequest request;
    request.called_ae = "EFFACE";
    request.calling_ae = "MODALITY";
    request.application_context = kDicomApplicationContext;
    request.contexts = {
        {1, std::string{kVerification}, {std::string{kImplicit}}},
        {3, std::string{kCt}, {std::string{kImplicit}, std::string{kExplicit}}},
        {5, std::string{kMr}, {std::string{kExplicit}}},
        {7, "1.2.3.4", {std::string{kImplicit}}}};
    request.user.implementation_uid = "1.2.3.4.5";
    request.user.implementation_version = "TEST_1";
    return request;
}

inline Bytes store_command(
    std::uint16_t message_id, std::string_view sop_class = kCt, std::string_view uid = "1.2.3"
) {
    return encode_store_request(message_id, sop_class, uid, 0);
}

inline Offer usual_offer() {
    const std::vector<std::string> classes{std::string{kCt}, std::string{kMr}};
    const std::vector<std::string> syntaxes{std::string{kExplicit}, std::string{kImplicit}};
    return Offer{classes, syntaxes, syntaxes};
}

/// Splits what we wrote into PDUs.
inline std::vector<Bytes> split_pdus(std::span<const std::byte> written) {
    std::vector<Bytes> pdus;
    while (written.size() >= kPduHeaderBytes) {
        std::size_t length = 0;
        for (std::size_t i = 2; i < 6; ++i) {
            length = length * 256 + std::to_integer<std::size_t>(written[i]);
        }
        const auto pdu = written.first(std::min(written.size(), length + kPduHeaderBytes));
        pdus.emplace_back(pdu.begin(), pdu.end());
        written = written.subspan(pdu.size());
    }
    return pdus;
}

inline PduType type_of(const Bytes& pdu) {
    return static_cast<PduType>(pdu.at(0));
}

struct TestPolicy final : AssociationPolicy {
    AssociationDecision decide(const AssociationFacts& facts, const AssociationLoad& load) override {
        const std::lock_guard lock{mutex};
        last_load = load;
        return on_decide ? on_decide(facts) : AssociationDecision::accept("project");
    }

    std::mutex mutex;
    std::function<AssociationDecision(const AssociationFacts&)> on_decide;
    AssociationLoad last_load;
};

struct TestObserver final : AssociationObserver {
    void notify(const AssociationEvent& event) noexcept override {
        const std::lock_guard lock{mutex};
        events.push_back(event);
    }

    std::size_t count(AssociationEventKind kind) {
        const std::lock_guard lock{mutex};
        return static_cast<std::size_t>(std::ranges::count(events, kind, [](const AssociationEvent& event) {
            return event.kind;
        }));
    }

    std::mutex mutex;
    std::vector<AssociationEvent> events;
};

/// Keeps what it was given. With `deferred`, the done of each call is kept for the test to call.
struct TestSink final : InstanceSink {
    struct Record {
        StoreRequest request;
        std::string bytes;
        std::size_t pieces = 0;
        bool finished = false;
        bool destroyed = false;
    };

    class Instance final : public IncomingInstance {
    public:
        Instance(TestSink& sink, std::shared_ptr<Record> record) : sink_{sink}, record_{std::move(record)} {}

        ~Instance() override {
            const std::lock_guard lock{sink_.mutex};
            record_->destroyed = true;
        }

        void append(std::span<const std::byte> bytes, std::function<void(Status)> done) override {
            {
                const std::lock_guard lock{sink_.mutex};
                record_->bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                ++record_->pieces;
            }
            const Status status = sink_.append_status;
            sink_.call([done = std::move(done), status] { done(status); });
        }

        void finish(std::function<void(std::uint16_t)> done) override {
            {
                const std::lock_guard lock{sink_.mutex};
                record_->finished = true;
            }
            const std::uint16_t status = sink_.finish_status;
            sink_.call([done = std::move(done), status] { done(status); });
        }

    private:
        TestSink& sink_;
        const std::shared_ptr<Record> record_;
    };

    Result<std::unique_ptr<IncomingInstance>> begin(const StoreRequest& request) override {
        if (begin_error) {
            return tl::unexpected<Error>(*begin_error);
        }
        const std::lock_guard lock{mutex};
        records.push_back(std::make_shared<Record>(Record{.request = request}));
        return std::make_unique<Instance>(*this, records.back());
    }

    void call(std::function<void()> done) {
        if (run_elsewhere) {
            run_elsewhere(std::move(done));
        } else if (deferred) {
            pending.push_back(std::move(done));
        } else {
            done();
        }
    }

    void complete_one() {
        const auto done = std::move(pending.front());
        pending.erase(pending.begin());
        done();
    }

    std::mutex mutex;
    std::vector<std::shared_ptr<Record>> records;
    std::optional<Error> begin_error;
    Status append_status;
    std::uint16_t finish_status = 0;
    bool deferred = false;
    std::vector<std::function<void()>> pending;
    std::function<void(std::function<void()>)> run_elsewhere;
};

}  // namespace efface::node
