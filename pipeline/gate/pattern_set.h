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
    void add(std::string_view pattern);
    /// Links the nodes; after it only find().
    void build();

    bool empty() const { return nodes_.size() == 1; }

    /// The offset behind the first pattern found in `bytes`, or nothing.
    std::optional<std::size_t> find(std::span<const std::byte> bytes) const;

private:
    struct Node {
        std::uint32_t child = 0;  // First child; children are linked by `sibling`.
        std::uint32_t sibling = 0;
        std::uint32_t fail = 0;
        std::uint8_t byte = 0;
        bool ends = false;  // A pattern ends here, or at a node on its chain of failures.
    };

    std::uint32_t step(std::uint32_t node, std::uint8_t byte) const;
    std::uint32_t child_of(std::uint32_t node, std::uint8_t byte) const;

    std::vector<Node> nodes_;
    std::array<std::uint32_t, 256> root_{};
    // Hashes of the first four bytes of any pattern: nearly every position is dismissed by it.
    std::array<std::uint64_t, 256> first_four_{};
};

}  // namespace efface::pipeline
