// Negotiation of presentation contexts and user information by an acceptor that is SCP only
// (PS3.8 9.3.3, PS3.7 annex D.3.3).
//
// Roles: the requestor stays SCU; an offer to be SCP is declined, and a context whose class was
// offered with the SCP role alone is rejected. Asynchronous operations: one at a time. Extended and
// common extended negotiation: not answered, which means the defaults (PS3.7 D.3.3.5). User Identity:
// read by nobody and not answered; who may send is decided by AE title and address.
// Thread rule: values and pure functions.
#pragma once

#include "node/dimse/associate_pdu.h"
#include "node/dimse/limits.h"
#include "node/dimse/offer.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace efface::node {

struct AcceptedContext {
    std::uint8_t id = 0;
    std::string abstract_syntax;
    std::string transfer_syntax;
};

/// The accepted presentation contexts of one association.
class ContextTable {
public:
    void add(AcceptedContext context);
    /// Null for an id that was not accepted.
    const AcceptedContext* find(std::uint8_t id) const;

    const std::vector<AcceptedContext>& all() const { return contexts_; }

private:
    std::vector<AcceptedContext> contexts_;
    std::array<std::uint8_t, 256> positions_{};  ///< 1 + index, 0 for none.
};

struct Negotiated {
    AssociateAccept answer;
    ContextTable contexts;
    std::uint32_t refused_count = 0;
};

Negotiated negotiate(const AssociateRequest& request, const Offer& offer, const Limits& limits);

}  // namespace efface::node
