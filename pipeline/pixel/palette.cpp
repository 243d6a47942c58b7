#include "pipeline/pixel/palette.h"

#include "pipeline/pixel/palette_segments.h"
#include "pipeline/scan/scanner.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::uint32_t kDescriptorOfRed = 0x00281101;
constexpr std::uint32_t kTableOfRed = 0x00281201;
constexpr std::uint32_t kSegmentsOfRed = 0x00281221;
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
    std::span<const std::byte> segments;
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
    if (tag >= kSegmentsOfRed && tag < kSegmentsOfRed + kChannels) {
        tables[tag - kSegmentsOfRed].segments = event.value;
        tables[tag - kSegmentsOfRed].big_endian = event.big_endian;
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

/// As words, or as bytes, two in a word.
std::vector<std::uint16_t> units_of(
    std::span<const std::byte> bytes, std::size_t count, bool packed, bool big_endian
) {
    std::vector<std::uint16_t> units;
    units.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!packed) {
            units.push_back(word(bytes, 2 * i, big_endian));
            continue;
        }
        const std::size_t at = big_endian && (i ^ 1U) < bytes.size() ? i ^ 1U : i;
        units.push_back(static_cast<std::uint16_t>(bytes[at]));
    }
    return units;
}

/// Eight-bit entries stand two in a word or one in a word. Of a table its length says so; of segments that
/// they give as many entries as there must be.
Result<std::vector<std::uint16_t>> entries_of(const Table& table, std::size_t count) {
    const bool of_bytes = table.descriptor[2] == 8;
    if (table.segments.empty()) {
        const bool packed = table.bytes.size() < 2 * count;
        return packed && (!of_bytes || table.bytes.size() < count)
                   ? Result<std::vector<std::uint16_t>>{unreadable()}
                   : units_of(table.bytes, count, packed, table.big_endian);
    }
    const std::size_t bytes = table.segments.size();
    if (of_bytes) {
        auto entries = expand_segments(units_of(table.segments, bytes, true, table.big_endian), 1, count);
        if (entries) {
            return entries;
        }
    }
    return expand_segments(units_of(table.segments, bytes / 2, false, table.big_endian), 2, count);
}

/// In eight bits a colour. Entries that claim sixteen bits and use eight are taken for what they are, else
/// everything would be black.
std::uint8_t shown(std::uint16_t entry, bool deep) {
    return static_cast<std::uint8_t>(deep ? entry >> 8U : entry);
}

/// Three tables of one size, and either plain or in segments: which of both is shown, nobody says.
bool belong_together(const std::array<Table, kChannels>& tables) {
    return std::ranges::all_of(tables, [&](const Table& table) {
        const std::size_t bits = table.descriptor[2];
        return table.described && table.descriptor[0] == tables[0].descriptor[0] &&
               table.descriptor[1] == tables[0].descriptor[1] && (bits == 8 || bits == 16) &&
               table.bytes.empty() != table.segments.empty() &&
               table.bytes.empty() == tables[0].bytes.empty();
    });
}

}  // namespace

Result<Palette> Palette::read(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    EFFACE_TRY(const auto tables, find_tables(data_set, syntax));
    const std::size_t count = tables[0].descriptor[0] == 0 ? kEntriesMax : tables[0].descriptor[0];
    if (!belong_together(tables)) {
        return unreadable();
    }
    Palette palette;
    palette.first_ = tables[0].descriptor[1];
    palette.colours_.resize(count);
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
        EFFACE_TRY(const std::vector<std::uint16_t> entries, entries_of(tables[channel], count));
        const bool deep = std::ranges::any_of(entries, [](std::uint16_t entry) { return entry > 255; });
        for (std::size_t i = 0; i < count; ++i) {
            palette.colours_[i][channel] = shown(entries[i], deep);
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
