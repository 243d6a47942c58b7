#include "node/forward/dicom_carrier.h"

#include "node/dimse/status_table.h"
#include "node/forward/companion.h"
#include "node/forward/output_names.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace efface::node {

namespace {

std::string hex(std::uint16_t status) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "0x%04X", static_cast<unsigned>(status));
    return text.data();
}

db::Sent sent_of(RequestSent request) {
    switch (request) {
        case RequestSent::kNothing:
            return db::Sent::kNothing;
        case RequestSent::kPart:
            return db::Sent::kPart;
        case RequestSent::kWhole:
            break;
    }
    return db::Sent::kWhole;
}

/// An operation that got no answer: what it means for the instance.
Carried carried_of(const Outcome& outcome) {
    Carried carried{
        .reason = std::string{failure_name(outcome.failure)},
        .sent = sent_of(outcome.request),
        .usable = outcome.association_open};
    switch (outcome.failure) {
        case TransportFailure::kRejectedPermanent:
            // Nothing is wrong with the instances: the peer does not know us, or wants another AE title.
            carried.reason = "the destination rejects the association: check its AE title configuration";
            carried.result = Carried::Result::kRetry;
            break;
        case TransportFailure::kFileUnreadable:
            carried.result = Carried::Result::kOutputGone;
            break;
        default:
            carried.result = Carried::Result::kRetry;
            break;
    }
    return carried;
}

/// The destination's answer to one C-STORE.
Carried carried_of(std::uint16_t status, bool sent_before, bool association_open) {
    const StatusMeaning meaning = meaning_of(status);
    Carried carried{.status = status, .alarm = meaning.alarm, .usable = association_open};
    const std::string text = std::string{meaning.text.view()} + " (" + hex(status) + ")";
    switch (meaning.delivery) {
        case Delivery::kDelivered:
            carried.result = Carried::Result::kDelivered;
            return carried;
        case Delivery::kDeliveredWithWarning:
            carried.result = Carried::Result::kWarning;
            break;
        case Delivery::kRetry:
            carried.result = Carried::Result::kRetry;
            break;
        case Delivery::kPermanent:
            carried.result = Carried::Result::kPermanent;
            break;
        case Delivery::kAlreadyThere:
            carried.result = sent_before ? Carried::Result::kDelivered : Carried::Result::kPermanent;
            carried.reason =
                sent_before ? "already there; this node sent it before: " + text
                            : "conflict: the destination holds this UID, but not from this node: " + text;
            return carried;
    }
    carried.reason = "the destination answered " + text;
    return carried;
}

}  // namespace

DicomCarrier::DicomCarrier(
    boost::asio::io_context& io, Environment& environment, pipeline::Spool& spool, DicomCarrierOptions options
)
    : io_{io}, environment_{environment}, spool_{spool}, options_{std::move(options)} {}

DicomCarrier::~DicomCarrier() = default;

void DicomCarrier::post(std::function<void()> work) {
    boost::asio::post(io_, std::move(work));
}

void DicomCarrier::prepare(const std::vector<db::Delivery>& batch, Done done) {
    resting_since_ = {};
    Contexts wanted;
    for (const db::Delivery& delivery : batch) {
        wanted.pairs.emplace(delivery.sop_class_uid, delivery.output_syntax_uid);
        wanted.classes.insert(delivery.sop_class_uid);
        if (delivery.companion.exists()) {
            const db::Delivery companion = companion_of(delivery);
            wanted.pairs.emplace(companion.sop_class_uid, companion.output_syntax_uid);
        }
    }
    const bool fits =
        client_ &&
        std::includes(proposed_.begin(), proposed_.end(), wanted.pairs.begin(), wanted.pairs.end());
    if (fits) {
        post([done = std::move(done)] { done(Carried{.result = Carried::Result::kDelivered}); });
        return;
    }
    if (!client_) {
        open(wanted, std::move(done));
        return;
    }
    // The old association does not fit: release it, then open one that does. Its end changes nothing.
    auto old = std::exchange(client_, nullptr);
    StoreClient& closing = *old;
    closing.release([this, old = std::move(old), wanted, done = std::move(done)](const Outcome&) {
        open(wanted, done);
    });
}

void DicomCarrier::open(const Contexts& wanted, Done done) {
    std::vector<ProposedContext> contexts;
    for (const auto& [sop_class, syntax] : wanted.pairs) {
        contexts.push_back({sop_class, {syntax}});
    }
    // At most 128 together (PS3.8): db::kClaimedGroupsMax pairs and as many classes, and one companion's.
    for (const std::string& sop_class : wanted.classes) {
        contexts.push_back(
            {sop_class,
             {std::string{rules::kExplicitVrLittleEndian}, std::string{rules::kImplicitVrLittleEndian}}}
        );
    }
    proposed_ = wanted.pairs;
    client_ = std::make_shared<StoreClient>(io_, options_.limits, options_.resolve);
    client_->open(
        options_.remote, std::move(contexts),
        [this, done = std::move(done)](const Outcome& outcome) {
            if (outcome.answered() && outcome.association_open) {
                done(Carried{.result = Carried::Result::kDelivered});
                return;
            }
            Carried carried = carried_of(outcome);
            carried.usable = false;
            // Destroying the client within its own callback is not ours to do.
            post([client = std::exchange(client_, nullptr)] {});
            done(carried);
        }
    );
}

Carried DicomCarrier::unsupported(const db::Delivery& delivery) const {
    Carried carried{
        .result = Carried::Result::kUnsupported,
        .reason =
            "the destination accepts neither this instance's transfer syntax nor one it can be brought to "
            "without loss",
        .sent = db::Sent::kNothing};
    const auto* syntax = rules::find_transfer_syntax(delivery.output_syntax_uid);
    if (syntax != nullptr && !syntax->lossy_possible) {
        for (const std::string& accepted : client_->accepted_syntaxes(delivery.sop_class_uid)) {
            if (accepted != delivery.output_syntax_uid) {
                carried.transcode_to = accepted;
                break;
            }
        }
    }
    return carried;
}

bool DicomCarrier::takes_companion(const db::Delivery& delivery) const {
    if (!delivery.companion.exists()) {
        return true;
    }
    const db::Delivery companion = companion_of(delivery);
    return client_->accepts(companion.sop_class_uid, companion.output_syntax_uid);
}

void DicomCarrier::send(const db::Delivery& delivery, Done done) {
    if (!takes_companion(delivery)) {
        Carried carried{
            .result = Carried::Result::kPermanent,
            .reason =
                "the destination does not accept Segmentation Storage, as which the rule has the mask "
                "delivered: "
                "have it accept that and redeliver, or release under a rule without mask_segmentation",
            .sent = db::Sent::kNothing};
        post([carried = std::move(carried), done = std::move(done)] { done(carried); });
        return;
    }
    if (!client_->accepts(delivery.sop_class_uid, delivery.output_syntax_uid)) {
        post([carried = unsupported(delivery), done = std::move(done)] { done(carried); });
        return;
    }
    auto output = spool_.open_output(delivery.output_file);
    const auto facts = output
                           ? read_output_of(delivery, spool_, *output)
                           : Result<OutputFacts>{fail(Fault::kRetry, "the output is missing from the spool")};
    if (!facts) {
        post([carried = not_sent(facts.error()), done = std::move(done)] { done(carried); });
        return;
    }
    auto file = std::make_shared<Descriptor>(std::move(*output));
    client_->store(
        {.sop_class_uid = delivery.sop_class_uid,
         .sop_instance_uid = Phi{delivery.new_instance_uid},
         .transfer_syntax_uid = delivery.output_syntax_uid,
         .fd = file->get(),
         .offset = facts->data_set_offset,
         .length = delivery.output_bytes - facts->data_set_offset},
        [this, file, sent_before = delivery.sent_before, done = std::move(done)](const Outcome& outcome) {
            const Carried carried = outcome.answered()
                                        ? carried_of(outcome.status, sent_before, outcome.association_open)
                                        : carried_of(outcome);
            if (!outcome.association_open) {
                post([client = std::exchange(client_, nullptr)] {});
            }
            done(carried);
        }
    );
}

void DicomCarrier::rest() {
    const auto now = environment_.clock.monotonic();
    if (!client_) {
        resting_since_ = {};
        return;
    }
    if (resting_since_ == std::chrono::nanoseconds{0}) {
        resting_since_ = now;
        return;
    }
    if (now - resting_since_ >= options_.idle) {
        close();
    }
}

void DicomCarrier::close() {
    resting_since_ = {};
    if (client_) {
        auto old = std::exchange(client_, nullptr);
        StoreClient& closing = *old;
        closing.release([old = std::move(old)](const Outcome&) {});
    }
}

}  // namespace efface::node
