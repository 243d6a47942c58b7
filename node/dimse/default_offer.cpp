// What is offered where the configuration names nothing else: everything that can be taken as bytes.
#include "node/dimse/offer.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <algorithm>

namespace efface::node {
namespace {

// Lower is preferred. A peer that proposes several syntaxes in one context converts to the one that we
// choose: the uncompressed explicit one loses nothing and every later stage can read it. Big endian and
// the lossy ones come last.
int preference_of(const rules::TransferSyntax& syntax) {
    if (syntax.uid == rules::kExplicitVrLittleEndian) {
        return 0;
    }
    if (syntax.uid == rules::kImplicitVrLittleEndian) {
        return 1;
    }
    if (syntax.big_endian) {
        return 4;
    }
    return syntax.lossy_possible ? 3 : 2;
}

}  // namespace

Offer default_offer(std::span<const std::string> preferred) {
    std::vector<std::string> classes;
    for (const rules::SopClass& row : rules::storage_sop_classes()) {
        classes.emplace_back(row.uid);
    }
    std::vector<rules::TransferSyntax> storable;
    std::ranges::copy_if(
        rules::transfer_syntaxes(), std::back_inserter(storable), &rules::TransferSyntax::storable
    );
    std::ranges::stable_sort(storable, {}, preference_of);
    std::vector<std::string> syntaxes{preferred.begin(), preferred.end()};
    for (const rules::TransferSyntax& row : storable) {
        syntaxes.emplace_back(row.uid);
    }
    return Offer{classes, syntaxes};
}

}  // namespace efface::node
