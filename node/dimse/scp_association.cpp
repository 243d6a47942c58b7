#include "node/dimse/scp_association.h"

#include "config/assert.h"
#include "node/dimse/status_table.h"
#include "rules/vocabulary/sop_class.h"

namespace efface::node {
namespace {

bool is_failure(std::uint16_t status) {
    const Delivery delivery = meaning_of(status).delivery;
    return delivery != Delivery::kDelivered && delivery != Delivery::kDeliveredWithWarning;
}

}  // namespace

ScpAssociation::ScpAssociation(
    std::shared_ptr<ScpServices> services, std::unique_ptr<Transport> transport, AssociationFacts facts
)
    : services_{std::move(services)},
      id_{facts.id},
      facts_{std::make_shared<const AssociationFacts>(std::move(facts))},
      upper_{std::move(transport), services_->buffers, services_->limits, *this} {}

void ScpAssociation::start() {
    started_ = upper_.transport().now();
    upper_.start_acceptor();
    if (services_->draining) {
        upper_.abort("the node is stopping");  // Was in the system's queue when the listening stopped.
    }
}

void ScpAssociation::drain() {
    upper_.transport().dispatch([self = shared_from_this()] {
        self->draining_ = true;
        if (self->context_id_ == 0) {
            self->upper_.abort("the node is stopping");
        }
    });
}

void ScpAssociation::abort() {
    upper_.transport().dispatch([self = shared_from_this()] { self->upper_.abort("the node is stopping"); });
}

void ScpAssociation::associate_indicated(AssociateRequest request) {
    AssociationFacts facts = *facts_;
    facts.calling_ae = request.calling_ae;
    facts.called_ae = request.called_ae;
    facts.implementation_uid = request.user.implementation_uid;
    facts.implementation_version = request.user.implementation_version;
    facts_ = std::make_shared<const AssociationFacts>(std::move(facts));
    if ((request.protocol_version & 1U) == 0) {
        reject(kRejectProtocolVersion, "protocol version is not supported");
        return;
    }
    if (request.application_context != kDicomApplicationContext) {
        reject(kRejectApplicationContext, "application context is not supported");
        return;
    }
    const auto load = services_->registry.establish(id_, facts_->calling_ae);
    if (!load) {
        reject(kRejectLocalLimit, "too many associations");
        return;
    }
    AssociationDecision decision = services_->policy.decide(*facts_, *load);
    if (!decision.accepted) {
        reject(decision.rejection, decision.reason);
        return;
    }
    accept(request, std::move(decision.project));
}

void ScpAssociation::accept(const AssociateRequest& request, std::string project) {
    AssociationFacts facts = *facts_;
    facts.project = std::move(project);
    facts_ = std::make_shared<const AssociationFacts>(std::move(facts));
    Negotiated negotiated = negotiate(request, services_->offer, services_->limits);
    contexts_ = std::move(negotiated.contexts);
    contexts_refused_ = negotiated.refused_count;
    peer_pdu_bytes_max_ = request.user.pdu_bytes_max;
    upper_.accept(negotiated.answer);
    upper_.expect(false, upper_.transport().now() + services_->limits.idle);
    services_->observer.notify(event(AssociationEventKind::kAccepted, ""));
}

void ScpAssociation::reject(Rejection rejection, Literal reason) {
    services_->registry.dismiss(id_);
    upper_.reject(rejection);
    over_ = true;
    AssociationEvent rejected = event(AssociationEventKind::kRejected, reason);
    rejected.rejection = rejection;
    services_->observer.notify(rejected);
}

void ScpAssociation::fragment_received(const Fragment& fragment) {
    if (over_) {
        return;
    }
    if (contexts_.find(fragment.context_id) == nullptr) {
        break_off("data value for a presentation context that was not accepted");
        return;
    }
    if (context_id_ != 0 && fragment.context_id != context_id_) {
        break_off("data value of another presentation context within a message");
        return;
    }
    if (fragment.bytes.empty() && ++empty_fragments_ > kEmptyFragmentsMax) {
        break_off("too many empty data values");
        return;
    }
    if (fragment.is_command != (phase_ == Phase::kCommand)) {
        break_off(
            fragment.is_command ? Literal{"command within a data set"}
                                : Literal{"data set without its command"}
        );
        return;
    }
    if (fragment.is_command) {
        take_command_fragment(fragment);
    } else {
        take_data_fragment(fragment);
    }
}

void ScpAssociation::take_command_fragment(const Fragment& fragment) {
    if (context_id_ == 0) {
        context_id_ = fragment.context_id;
        empty_fragments_ = 0;
        message_began_ = upper_.time_reading();
        upper_.expect(true, kNever);
    }
    if (command_bytes_.size() + fragment.bytes.size() > kCommandSetBytesMax) {
        break_off("command set is too long");
        return;
    }
    command_bytes_.insert(command_bytes_.end(), fragment.bytes.begin(), fragment.bytes.end());
    if (!fragment.is_last || !fragment.ends) {
        return;
    }
    auto command = decode_command_set(command_bytes_);
    command_bytes_.clear();
    if (!command) {
        break_off(command.error().text);
        return;
    }
    command_ = std::move(*command);
    take_command(*contexts_.find(context_id_));
}

void ScpAssociation::take_command(const AcceptedContext& context) {
    if (!command_.is_request()) {
        break_off("a response where a request was due");
        return;
    }
    if (command_.field == kCommandCancelRq && !command_.has_data_set()) {
        // PS3.7 9.3.2.3: has no response; nothing of ours can be cancelled.
        context_id_ = 0;
        upper_.expect(false, upper_.transport().now() + services_->limits.idle);
        return;
    }
    if (!command_.message_id) {
        break_off("request has no Message ID");
        return;
    }
    switch (command_.field) {
        case kCommandEchoRq:
            take_echo(context);
            break;
        case kCommandStoreRq:
            take_store(context);
            break;
        default:
            refuse_message(dimse_status::kUnrecognizedOperation);
    }
}

void ScpAssociation::take_echo(const AcceptedContext& context) {
    if (command_.has_data_set()) {
        refuse_message(dimse_status::kMistypedArgument);
    } else if (context.abstract_syntax != rules::kVerificationSopClass) {
        refuse_message(dimse_status::kSopClassNotSupported);
    } else {
        respond(dimse_status::kSuccess);
    }
}

void ScpAssociation::take_store(const AcceptedContext& context) {
    const std::uint16_t status = status_of_store(context);
    if (status != dimse_status::kSuccess) {
        refuse_message(status);
        return;
    }
    auto instance = services_->sink.begin(
        {.message_id = *command_.message_id,
         .sop_class_uid = command_.sop_class_uid,
         .sop_instance_uid = command_.sop_instance_uid,
         .transfer_syntax_uid = context.transfer_syntax,
         .context_id = context.id,
         .priority = command_.priority,
         .move_originator_ae = command_.move_originator_ae,
         .move_originator_id = command_.move_originator_id,
         .association = facts_}
    );
    if (!instance) {
        refuse_message(status_of(instance.error().fault));
        return;
    }
    EFFACE_ASSERT(*instance != nullptr);
    instance_ = std::move(*instance);
    phase_ = Phase::kData;
}

// PS3.7 9.1.1.1.9: what is wrong with the command itself, or success.
std::uint16_t ScpAssociation::status_of_store(const AcceptedContext& context) const {
    if (!command_.has_data_set() || command_.sop_class_uid.empty() || !command_.sop_instance_present) {
        return dimse_status::kMistypedArgument;
    }
    if (command_.sop_instance_uid.reveal().empty()) {
        return dimse_status::kInvalidObjectInstance;
    }
    const bool storage = context.abstract_syntax != rules::kVerificationSopClass;
    if (!storage || command_.sop_class_uid != context.abstract_syntax) {
        return dimse_status::kSopClassNotSupported;
    }
    return dimse_status::kSuccess;
}

void ScpAssociation::refuse_message(std::uint16_t status) {
    if (!command_.has_data_set()) {
        respond(status);
        return;
    }
    status_ = status;
    phase_ = Phase::kDiscard;
}

void ScpAssociation::take_data_fragment(const Fragment& fragment) {
    if (upper_.time_reading() - message_began_ > services_->limits.message) {
        upper_.abort("a message took too long");
        return;
    }
    last_piece_ = fragment.is_last && fragment.ends;
    if (last_piece_) {
        upper_.expect(false, kNever);  // Nothing is due before our response.
    }
    if (phase_ == Phase::kDiscard) {
        if (last_piece_) {
            respond(status_);
        }
        return;
    }
    if (fragment.bytes.empty()) {
        if (last_piece_) {
            finish_instance();
        }
        return;
    }
    upper_.hold();
    sink_busy_ = true;
    if (last_piece_) {
        finishing_ = true;
        instance_->append_last(fragment.bytes, [self = shared_from_this()](std::uint16_t status) {
            self->upper_.transport().dispatch([self, status] { self->finished(status); });
        });
        return;
    }
    instance_->append(fragment.bytes, [self = shared_from_this()](Status status) {
        self->upper_.transport().dispatch([self, status] { self->appended(status); });
    });
}

void ScpAssociation::appended(Status status) {
    EFFACE_ASSERT(sink_busy_ && !finishing_);
    sink_busy_ = false;
    if (over_) {
        instance_.reset();
    } else if (!status) {
        instance_.reset();
        status_ = status_of(status.error().fault);
        phase_ = Phase::kDiscard;
    }
    upper_.resume();
}

void ScpAssociation::finish_instance() {
    upper_.hold();
    sink_busy_ = true;
    finishing_ = true;
    instance_->finish([self = shared_from_this()](std::uint16_t status) {
        self->upper_.transport().dispatch([self, status] { self->finished(status); });
    });
}

void ScpAssociation::finished(std::uint16_t status) {
    EFFACE_ASSERT(sink_busy_ && finishing_);
    sink_busy_ = false;
    finishing_ = false;
    instance_.reset();
    if (!over_) {
        respond(status);
    }
    upper_.resume();
}

void ScpAssociation::respond(std::uint16_t status) {
    if (command_.field == kCommandStoreRq) {
        ++(is_failure(status) ? stores_failed_ : stores_succeeded_);
    } else if (command_.field == kCommandEchoRq) {
        ++echoes_;
    }
    const std::uint8_t context_id = std::exchange(context_id_, std::uint8_t{0});
    phase_ = Phase::kCommand;
    upper_.expect(false, upper_.transport().now() + services_->limits.idle);
    upper_.send(encode_command_pdus(context_id, encode_response(command_, status), peer_pdu_bytes_max_));
    if (draining_) {
        upper_.abort("the node is stopping");
    }
}

void ScpAssociation::break_off(Literal why) {
    upper_.refuse(AbortReason::kInvalidParameter, why);
}

void ScpAssociation::release_indicated() {
    over(AssociationEventKind::kReleased, "");
    upper_.answer_release();
}

void ScpAssociation::ended(const UpperEnd& end) {
    // Every request that was taken has at least one context.
    const bool associated = !contexts_.all().empty() || contexts_refused_ != 0;
    over(associated ? AssociationEventKind::kAborted : AssociationEventKind::kDropped, end.why);
}

void ScpAssociation::over(AssociationEventKind kind, Literal reason) {
    if (std::exchange(over_, true)) {
        return;
    }
    AssociationEvent last = event(kind, reason);
    last.instance_abandoned = instance_ != nullptr && !finishing_;
    if (!sink_busy_) {
        instance_.reset();
    }
    services_->observer.notify(last);
}

void ScpAssociation::closed() {
    over(AssociationEventKind::kAborted, "connection closed");
    services_->registry.leave(id_);
}

AssociationEvent ScpAssociation::event(AssociationEventKind kind, Literal reason) const {
    const auto since_start = upper_.transport().now() - started_;
    return {
        .kind = kind,
        .facts = facts_,
        .reason = reason,
        .rejection = {},
        .bytes_received = upper_.bytes_received(),
        .bytes_sent = upper_.bytes_sent(),
        .contexts_accepted = static_cast<std::uint32_t>(contexts_.all().size()),
        .contexts_refused = contexts_refused_,
        .echoes = echoes_,
        .stores_succeeded = stores_succeeded_,
        .stores_failed = stores_failed_,
        .instance_abandoned = false,
        .duration = std::chrono::duration_cast<std::chrono::milliseconds>(since_start)};
}

}  // namespace efface::node
