// Offer: what an acceptor negotiates: the abstract syntaxes it takes and the transfer syntaxes it
// prefers (PS3.8 9.3.2.2, 9.3.3.2).
// Thread rule: const after construction; safe to share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace efface::node {

class Offer {
public:
    /// `storage_classes` take any of `transfer_syntaxes`; those of them that are in `preferred` before the
    /// others, in that order. Verification is always taken, in the native little-endian syntaxes.
    Offer(
        std::span<const std::string> storage_classes, std::span<const std::string> transfer_syntaxes,
        std::span<const std::string> preferred
    );

    bool takes(std::string_view abstract_syntax) const;
    /// The one of `proposed` that we choose, or nothing: the most preferred; without one the first that we
    /// take, because a sender names first what it has stored, and may not be able to convert. Where that is a
    /// native syntax, explicit little endian if it is proposed, because it keeps the VRs of private
    /// attributes.
    std::optional<std::string_view> choose(
        std::string_view abstract_syntax, std::span<const std::string> proposed
    ) const;

private:
    std::unordered_set<std::string> storage_classes_;
    std::unordered_set<std::string> transfer_syntaxes_;
    std::vector<std::string> preferred_;
};

/// Every storage SOP class of PS3.4 and PS3.6 that rules/vocabulary knows, and every storable transfer
/// syntax. One in `preferred` that is not storable is passed over.
Offer default_offer(std::span<const std::string> preferred);

}  // namespace efface::node
