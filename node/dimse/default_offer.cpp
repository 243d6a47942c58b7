// What is offered where the configuration names nothing else: everything that can be taken as bytes.
#include "node/dimse/offer.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

namespace efface::node {

Offer default_offer(std::span<const std::string> preferred) {
    std::vector<std::string> classes;
    for (const rules::SopClass& row : rules::storage_sop_classes()) {
        classes.emplace_back(row.uid);
    }
    std::vector<std::string> syntaxes;
    for (const rules::TransferSyntax& row : rules::transfer_syntaxes()) {
        if (row.storable) {
            syntaxes.emplace_back(row.uid);
        }
    }
    return Offer{classes, syntaxes, preferred};
}

}  // namespace efface::node
