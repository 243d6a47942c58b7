// PatternSet: many byte strings searched in one pass (Aho-Corasick), upper and lower case ASCII alike.
// Cost is linear in the patterns' bytes plus the bytes searched, whatever either holds, so that no
// instance can make the gate slow by repeating itself.
// Thread rule: belongs to one thread until built; const afterwards.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

class PatternSet {
public:
    /// The shortest pattern; shorter ones are not added.
    static constexpr std::size_t kPatternBytesMin = 4;
    /// Longer patterns are searched by their first bytes: what begins so counts as found.
    static constexpr std::size_t kPatternBytesMax = 256;

    PatternSet();
    /// `label` comes back with a match; of equal patterns the first label holds.
    void add(std::string_view pattern, std::uint32_t label);
    /// Links the nodes; after it only searches.
    void build();

    bool empty() const { return nodes_.size() == 1; }

    /// The label of the pattern found first in `bytes`, or nothing.
    std::optional<std::uint32_t> find(std::span<const std::byte> bytes) const;
    /// The labels of all patterns in `bytes`, each once, ascending.
    std::vector<std::uint32_t> find_all(std::span<const std::byte> bytes) const;

private:
    static constexpr std::uint32_t kNoLabel = 0xFFFFFFFFU;

    struct Node {
        std::uint32_t child = 0;  // First child; children are linked by `sibling`.
        std::uint32_t sibling = 0;
        std::uint32_t fail = 0;
        std::uint32_t shorter = 0;       // Next node on the chain of failures where a pattern ends; 0: none.
        std::uint32_t label = kNoLabel;  // Of the pattern that ends here.
        std::uint8_t byte = 0;
    };

    std::uint32_t step(std::uint32_t node, std::uint8_t byte) const;
    std::uint32_t child_of(std::uint32_t node, std::uint8_t byte) const;

    /// The first node where a pattern ends among `node` and its chain of failures; 0: none.
    std::uint32_t ending(std::uint32_t node) const {
        return nodes_[node].label != kNoLabel ? node : nodes_[node].shorter;
    }
    template <class Use>
    void search(std::span<const std::byte> bytes, Use&& use) const;

    std::vector<Node> nodes_;
    std::array<std::uint32_t, 256> root_{};
    // Hashes of the first four bytes of any pattern: nearly every position is dismissed by it.
    std::array<std::uint64_t, 256> first_four_{};
};

}  // namespace efface::pipeline
