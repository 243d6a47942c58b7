#include "node/forward/folder_carrier.h"

#include "node/forward/output_names.h"

#include <utility>

namespace efface::node {

void FolderCarrier::prepare(const std::vector<db::Delivery>&, Done done) {
    parts_.post([done = std::move(done)] { done(Carried{.result = Carried::Result::kDelivered}); });
}

void FolderCarrier::send(const db::Delivery& delivery, Done done) {
    parts_.run_blocking([this, delivery, done = std::move(done)] {
        parts_.post([done, carried = place(delivery)] { done(carried); });
    });
}

Carried FolderCarrier::place(const db::Delivery& delivery) {
    const auto output = parts_.spool.open_output(delivery.output_file);
    if (!output) {
        return not_sent({Fault::kRetry, "the output is missing from the spool"});
    }
    const auto facts = read_output_of(delivery, parts_.spool, *output);
    if (!facts) {
        return not_sent(facts.error());
    }
    const auto placed = tree_.place(*output, facts->names);
    if (placed) {
        return {
            .result = Carried::Result::kDelivered,
            .reason = *placed == Placed::kAlreadyThere ? "the same file is already there" : ""};
    }
    return {
        .result = placed.error().fault == Fault::kQuarantine ? Carried::Result::kPermanent
                                                             : Carried::Result::kRetry,
        .reason = placed.error().message()};
}

}  // namespace efface::node
