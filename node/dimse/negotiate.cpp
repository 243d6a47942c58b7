#include "node/dimse/negotiate.h"

#include "rules/vocabulary/implementation.h"

#include <map>

namespace efface::node {
namespace {

AnsweredContext answer_context(const RequestedContext& context, const Offer& offer, bool scu_declined) {
    AnsweredContext answer{.id = context.id, .result = ContextResult::kAccepted, .transfer_syntax = {}};
    const auto syntax = offer.choose(context.abstract_syntax, context.transfer_syntaxes);
    if (!offer.takes(context.abstract_syntax)) {
        answer.result = ContextResult::kAbstractSyntaxNotSupported;
    } else if (scu_declined) {
        answer.result = ContextResult::kUserRejection;
    } else if (!syntax) {
        answer.result = ContextResult::kTransferSyntaxesNotSupported;
    }
    // Not significant in a refusal, but the item must stand there; one of the peer's own confuses nobody.
    answer.transfer_syntax = syntax ? std::string{*syntax} : context.transfer_syntaxes.front();
    return answer;
}

}  // namespace

void ContextTable::add(AcceptedContext context) {
    positions_[context.id] = static_cast<std::uint8_t>(contexts_.size() + 1);
    contexts_.push_back(std::move(context));
}

const AcceptedContext* ContextTable::find(std::uint8_t id) const {
    const std::uint8_t position = positions_[id];
    return position == 0 ? nullptr : &contexts_[position - 1U];
}

Negotiated negotiate(const AssociateRequest& request, const Offer& offer, const Limits& limits) {
    Negotiated negotiated;
    AssociateAccept& answer = negotiated.answer;
    std::map<std::string, RoleSelection> roles;
    for (const RoleSelection& role : request.user.roles) {
        roles.emplace(role.sop_class_uid, role);
    }
    for (const RequestedContext& context : request.contexts) {
        const auto role = roles.find(context.abstract_syntax);
        const bool scu_declined = role != roles.end() && !role->second.scu && role->second.scp;
        AnsweredContext result = answer_context(context, offer, scu_declined);
        if (result.result == ContextResult::kAccepted) {
            negotiated.contexts.add(
                {.id = context.id,
                 .abstract_syntax = context.abstract_syntax,
                 .transfer_syntax = result.transfer_syntax}
            );
        } else {
            ++negotiated.refused_count;
        }
        answer.contexts.push_back(std::move(result));
    }
    for (const RoleSelection& role : request.user.roles) {
        if (offer.takes(role.sop_class_uid)) {
            answer.user.roles.push_back({.sop_class_uid = role.sop_class_uid, .scu = role.scu, .scp = false});
        }
    }
    answer.echoed = request.echoed;
    answer.user.pdu_bytes_max = limits.pdu_bytes_max;
    answer.user.implementation_uid = rules::kImplementationClassUid;
    answer.user.implementation_version = rules::kImplementationVersionName;
    if (request.user.asynchronous_window) {
        answer.user.asynchronous_window = AsynchronousWindow{.invoked = 1, .performed = 1};
    }
    return negotiated;
}

}  // namespace efface::node
