// Offer: what an acceptor negotiates: the abstract syntaxes it takes and the transfer syntaxes it
// prefers (PS3.8 9.3.2.2, 9.3.3.2).
// Thread rule: const after construction; safe to share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace efface::node {

class Offer {
public:
    /// `storage_classes` take any of `transfer_syntaxes`, the earliest named being preferred; Verification is
    /// always taken, in the native little-endian syntaxes.
    Offer(std::span<const std::string> storage_classes, std::span<const std::string> transfer_syntaxes);

    bool takes(std::string_view abstract_syntax) const;
    /// The one of `proposed` that we prefer, or nothing.
    std::optional<std::string_view> choose(
        std::string_view abstract_syntax, std::span<const std::string> proposed
    ) const;

private:
    std::unordered_set<std::string> storage_classes_;
    std::unordered_map<std::string, std::size_t> ranks_;
};

/// Every storage SOP class of PS3.4 and PS3.6 that rules/vocabulary knows, and every storable transfer
/// syntax: those of `preferred` first, in that order, then the native and the lossless ones, then the others.
Offer default_offer(std::span<const std::string> preferred);

}  // namespace efface::node
