#include "node/dimse/offer.h"

#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <algorithm>
#include <iterator>

namespace efface::node {
namespace {

bool is_native_little_endian(std::string_view uid) {
    return uid == rules::kImplicitVrLittleEndian || uid == rules::kExplicitVrLittleEndian;
}

bool is_native(std::string_view uid) {
    return is_native_little_endian(uid) || uid == rules::kExplicitVrBigEndian;
}

}  // namespace

Offer::Offer(
    std::span<const std::string> storage_classes, std::span<const std::string> transfer_syntaxes,
    std::span<const std::string> preferred
)
    : storage_classes_{storage_classes.begin(), storage_classes.end()},
      transfer_syntaxes_{transfer_syntaxes.begin(), transfer_syntaxes.end()} {
    std::ranges::copy_if(preferred, std::back_inserter(preferred_), [this](const std::string& syntax) {
        return transfer_syntaxes_.contains(syntax);
    });
}

bool Offer::takes(std::string_view abstract_syntax) const {
    return abstract_syntax == rules::kVerificationSopClass ||
           storage_classes_.contains(std::string{abstract_syntax});
}

std::optional<std::string_view> Offer::choose(
    std::string_view abstract_syntax, std::span<const std::string> proposed
) const {
    const auto proposes = [proposed](std::string_view syntax) {
        return std::ranges::find(proposed, syntax) != proposed.end();
    };
    if (abstract_syntax == rules::kVerificationSopClass) {
        const auto found = std::ranges::find_if(proposed, is_native_little_endian);
        return found == proposed.end() ? std::nullopt : std::optional<std::string_view>{*found};
    }
    const auto wanted = std::ranges::find_if(preferred_, proposes);
    if (wanted != preferred_.end()) {
        return *wanted;
    }
    const auto first = std::ranges::find_if(proposed, [this](const std::string& syntax) {
        return transfer_syntaxes_.contains(syntax);
    });
    if (first == proposed.end()) {
        return std::nullopt;
    }
    if (is_native(*first)) {
        for (const std::string_view better :
             {rules::kExplicitVrLittleEndian, rules::kImplicitVrLittleEndian}) {
            if (proposes(better) && transfer_syntaxes_.contains(std::string{better})) {
                return better;
            }
        }
    }
    return *first;
}

}  // namespace efface::node
