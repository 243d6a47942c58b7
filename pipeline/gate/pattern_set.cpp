// See pattern_set.h. Aho and Corasick, CACM 18(6), 1975.
#include "pipeline/gate/pattern_set.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::array<std::uint8_t, 256> make_fold() {
    std::array<std::uint8_t, 256> fold{};
    for (std::size_t i = 0; i < fold.size(); ++i) {
        const bool upper = i >= 'A' && i <= 'Z';
        fold[i] = static_cast<std::uint8_t>(upper ? i + ('a' - 'A') : i);
    }
    return fold;
}

constexpr auto kFold = make_fold();

// 14 bits of four folded bytes.
constexpr std::uint32_t hash_of(std::uint32_t four) {
    return (four * 0x9E3779B1U) >> 18U;
}

}  // namespace

PatternSet::PatternSet() : nodes_(1) {}

std::uint32_t PatternSet::child_of(std::uint32_t node, std::uint8_t byte) const {
    if (node == 0) {
        return root_[byte];
    }
    std::uint32_t child = nodes_[node].child;
    while (child != 0 && nodes_[child].byte != byte) {
        child = nodes_[child].sibling;
    }
    return child;
}

void PatternSet::add(std::string_view pattern, std::uint32_t label) {
    if (pattern.size() < kPatternBytesMin) {
        return;
    }
    pattern = pattern.substr(0, kPatternBytesMax);
    std::uint32_t node = 0;
    std::uint32_t four = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::uint8_t byte = kFold[static_cast<std::uint8_t>(pattern[i])];
        if (i < kPatternBytesMin) {
            four = (four << 8U) | byte;
        }
        std::uint32_t child = child_of(node, byte);
        if (child == 0) {
            child = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({.sibling = node == 0 ? 0 : nodes_[node].child, .byte = byte});
            (node == 0 ? root_[byte] : nodes_[node].child) = child;
        }
        node = child;
    }
    if (nodes_[node].label == kNoLabel) {
        nodes_[node].label = label;
    }
    const std::uint32_t hash = hash_of(four);
    first_four_[hash / 64] |= std::uint64_t{1} << (hash % 64);
}

void PatternSet::build() {
    std::vector<std::uint32_t> queue;
    queue.reserve(nodes_.size());
    for (const std::uint32_t child : root_) {
        if (child != 0) {
            queue.push_back(child);
        }
    }
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const std::uint32_t node = queue[i];
        for (std::uint32_t child = nodes_[node].child; child != 0; child = nodes_[child].sibling) {
            const std::uint32_t fail = step(nodes_[node].fail, nodes_[child].byte);
            nodes_[child].fail = fail;
            nodes_[child].shorter = ending(fail);
            queue.push_back(child);
        }
    }
}

std::uint32_t PatternSet::step(std::uint32_t node, std::uint8_t byte) const {
    while (true) {
        const std::uint32_t child = child_of(node, byte);
        if (child != 0 || node == 0) {
            return child;
        }
        node = nodes_[node].fail;
    }
}

// Calls `use` with each node where a pattern ends, until it says false.
template <class Use>
void PatternSet::search(std::span<const std::byte> bytes, Use&& use) const {
    if (bytes.size() < kPatternBytesMin || empty()) {
        return;
    }
    const auto at = [&](std::size_t i) { return kFold[static_cast<std::uint8_t>(bytes[i])]; };
    // The bytes from i - 1 on while the walk stands at the root: the first is shifted out.
    std::uint32_t four = (std::uint32_t{at(0)} << 16U) | (std::uint32_t{at(1)} << 8U) | at(2);
    std::uint32_t node = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (node == 0) {
            if (i + kPatternBytesMin > bytes.size()) {
                return;
            }
            four = (four << 8U) | at(i + 3);
            const std::uint32_t hash = hash_of(four);
            if ((first_four_[hash / 64] >> (hash % 64) & 1U) == 0) {
                continue;
            }
        }
        node = step(node, at(i));
        for (std::uint32_t end = ending(node); end != 0; end = nodes_[end].shorter) {
            if (!use(nodes_[end].label)) {
                return;
            }
        }
        if (node == 0 && i + kPatternBytesMin <= bytes.size()) {
            // Back at the root: the three bytes behind this one, ready for the next.
            four = (std::uint32_t{at(i + 1)} << 16U) | (std::uint32_t{at(i + 2)} << 8U) | at(i + 3);
        }
    }
}

std::optional<std::uint32_t> PatternSet::find(std::span<const std::byte> bytes) const {
    std::optional<std::uint32_t> found;
    search(bytes, [&](std::uint32_t label) {
        found = label;
        return false;
    });
    return found;
}

std::vector<std::uint32_t> PatternSet::find_all(std::span<const std::byte> bytes) const {
    std::vector<std::uint32_t> found;
    std::vector<bool> seen;
    search(bytes, [&](std::uint32_t label) {
        if (label >= seen.size()) {
            seen.resize(label + std::size_t{1}, false);
        }
        if (!seen[label]) {
            seen[label] = true;
            found.push_back(label);
        }
        return true;
    });
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace efface::pipeline
