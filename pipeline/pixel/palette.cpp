#include "pipeline/pixel/palette.h"

#include "pipeline/scan/scanner.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::uint32_t kDescriptorOfRed = 0x00281101;
constexpr std::uint32_t kTableOfRed = 0x00281201;
constexpr std::size_t kEntriesMax = 65'536;

tl::unexpected<Error> unreadable() {
    return fail(
        Fault::kQuarantine, "the colour tables of a palette cannot be read: its samples are not searched",
        Where::tag(kDescriptorOfRed)
    );
}

struct Table {
    std::array<std::uint16_t, 3> descriptor{};  // Entries, first value, bits.
    bool described = false;
    std::span<const std::byte> bytes;
    bool big_endian = false;
};

std::uint16_t word(std::span<const std::byte> bytes, std::size_t at, bool big_endian) {
    const auto first = static_cast<std::uint16_t>(bytes[at]);
    const auto second = static_cast<std::uint16_t>(bytes[at + 1]);
    return big_endian ? static_cast<std::uint16_t>((first << 8U) | second)
                      : static_cast<std::uint16_t>(first | (second << 8U));
}

void note(std::array<Table, kChannels>& tables, const Event& event) {
    const std::uint32_t tag = event.tag.value;
    if (tag >= kDescriptorOfRed && tag < kDescriptorOfRed + kChannels && event.value.size() >= 6) {
        Table& table = tables[tag - kDescriptorOfRed];
        for (std::size_t i = 0; i < table.descriptor.size(); ++i) {
            table.descriptor[i] = word(event.value, 2 * i, event.big_endian);
        }
        table.described = true;
    }
    if (tag >= kTableOfRed && tag < kTableOfRed + kChannels) {
        tables[tag - kTableOfRed].bytes = event.value;
        tables[tag - kTableOfRed].big_endian = event.big_endian;
    }
}

Result<std::array<Table, kChannels>> find_tables(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    std::array<Table, kChannels> tables{};
    Scanner scanner{data_set, syntax};
    for (;;) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd || event.kind == EventKind::kPixelBegin) {
            return tables;
        }
        if (event.kind == EventKind::kElement && event.depth == 0) {
            note(tables, event);
        }
    }
}

/// Entries of one colour in eight bits. Eight-bit entries stand two in a word or one in a word, as the length
/// says; entries that claim sixteen bits and use eight are taken for what they are, else everything would be
/// black.
std::vector<std::uint8_t> entries_of(const Table& table, std::size_t count) {
    std::vector<std::uint16_t> values;
    const bool packed = table.bytes.size() < 2 * count;
    for (std::size_t i = 0; i < count; ++i) {
        if (!packed) {
            values.push_back(word(table.bytes, 2 * i, table.big_endian));
            continue;
        }
        const std::size_t at = table.big_endian && (i ^ 1U) < table.bytes.size() ? i ^ 1U : i;
        values.push_back(static_cast<std::uint16_t>(table.bytes[at]));
    }
    const bool deep = std::ranges::any_of(values, [](std::uint16_t value) { return value > 255; });
    std::vector<std::uint8_t> entries;
    for (const std::uint16_t value : values) {
        entries.push_back(static_cast<std::uint8_t>(deep ? value >> 8U : value));
    }
    return entries;
}

}  // namespace

Result<Palette> Palette::read(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    EFFACE_TRY(const auto tables, find_tables(data_set, syntax));
    const std::size_t count = tables[0].descriptor[0] == 0 ? kEntriesMax : tables[0].descriptor[0];
    Palette palette;
    palette.first_ = tables[0].descriptor[1];
    palette.colours_.resize(count);
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
        const Table& table = tables[channel];
        const std::size_t bits = table.descriptor[2];
        const bool alike = table.descriptor[0] == tables[0].descriptor[0] &&
                           table.descriptor[1] == tables[0].descriptor[1] && (bits == 8 || bits == 16);
        const std::size_t least = bits == 8 ? count : 2 * count;
        if (!table.described || !alike || table.bytes.size() < least) {
            return unreadable();
        }
        const std::vector<std::uint8_t> entries = entries_of(table, count);
        for (std::size_t i = 0; i < count; ++i) {
            palette.colours_[i][channel] = entries[i];
        }
    }
    return palette;
}

const Palette::Colour& Palette::colour(std::int64_t stored) const {
    const auto last = static_cast<std::int64_t>(colours_.size()) - 1;
    return colours_[static_cast<std::size_t>(std::clamp<std::int64_t>(stored - first_, 0, last))];
}

std::int64_t Palette::darkest(std::int64_t largest) const {
    std::int64_t best = 0;
    int least = 3 * 256;
    for (std::int64_t stored = 0; stored <= largest && stored < first_ + std::ssize(colours_); ++stored) {
        const Colour& shown = colour(stored);
        const int sum = shown[0] + shown[1] + shown[2];
        if (sum < least) {
            least = sum;
            best = stored;
        }
    }
    return best;
}

}  // namespace efface::pipeline
