#include "node/dimse/offer.h"

#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <algorithm>

namespace efface::node {
namespace {

bool is_native_little_endian(std::string_view uid) {
    return uid == rules::kImplicitVrLittleEndian || uid == rules::kExplicitVrLittleEndian;
}

}  // namespace

Offer::Offer(std::span<const std::string> storage_classes, std::span<const std::string> transfer_syntaxes)
    : storage_classes_{storage_classes.begin(), storage_classes.end()} {
    for (const std::string& syntax : transfer_syntaxes) {
        ranks_.emplace(syntax, ranks_.size());  // Named twice: the first place counts.
    }
}

bool Offer::takes(std::string_view abstract_syntax) const {
    return abstract_syntax == rules::kVerificationSopClass ||
           storage_classes_.contains(std::string{abstract_syntax});
}

std::optional<std::string_view> Offer::choose(
    std::string_view abstract_syntax, std::span<const std::string> proposed
) const {
    if (abstract_syntax == rules::kVerificationSopClass) {
        const auto found = std::ranges::find_if(proposed, is_native_little_endian);
        return found == proposed.end() ? std::nullopt : std::optional<std::string_view>{*found};
    }
    std::optional<std::string_view> best;
    std::size_t best_rank = ranks_.size();
    for (const std::string& syntax : proposed) {
        const auto rank = ranks_.find(syntax);
        if (rank != ranks_.end() && rank->second < best_rank) {
            best_rank = rank->second;
            best = syntax;
        }
    }
    return best;
}

}  // namespace efface::node
