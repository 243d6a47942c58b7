// See pixel_frames.h.
#include "pipeline/gate/pixel_frames.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

std::uint64_t little(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    }
    return value;
}

// Indices of the fragments that begin a frame, by the table's offsets.
Result<std::vector<std::size_t>> starts_by_table(
    const PixelSource& source, std::span<const std::byte> table, std::size_t width, std::uint64_t frames
) {
    std::vector<std::size_t> starts;
    if (table.size() != frames * width) {
        return fail(Fault::kQuarantine, "gate: an offset table does not count the frames", kAtPixelData);
    }
    const auto& offsets = source.fragment_offsets;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const auto found = std::lower_bound(offsets.begin(), offsets.end(), little(table, i * width, width));
        const auto index = static_cast<std::size_t>(found - offsets.begin());
        const bool exact = found != offsets.end() && *found == little(table, i * width, width);
        if (!exact || (starts.empty() ? index != 0 : index <= starts.back())) {
            return fail(Fault::kQuarantine, "gate: an offset table misses its frames", kAtPixelData);
        }
        starts.push_back(index);
    }
    return starts;
}

bool begins_codestream(rules::SyntaxFamily family, std::span<const std::byte> fragment) {
    const bool wavelet = family == rules::SyntaxFamily::kJpeg2000 || family == rules::SyntaxFamily::kHtj2k;
    const std::byte second = wavelet ? std::byte{0x4F} : std::byte{0xD8};
    return fragment.size() > 2 && fragment[0] == std::byte{0xFF} && fragment[1] == second &&
           fragment[2] == std::byte{0xFF};
}

}  // namespace

PixelSource source_of(const PixelElement& element) {
    PixelSource source;
    source.present = element.present;
    source.encapsulated = element.encapsulated;
    source.offset_table = element.offset_table;
    source.extended_offsets = element.extended_offsets;
    source.extended_lengths = element.extended_lengths;
    for (const FragmentPlace& fragment : element.fragments) {
        source.fragments.push_back(fragment.value);
        source.fragment_offsets.push_back(fragment.header_offset - element.fragments.front().header_offset);
    }
    return source;
}

Result<std::vector<std::size_t>> frame_starts(
    const PixelSource& source, rules::SyntaxFamily family, std::uint64_t frames
) {
    if (source.fragments.empty() || source.fragments.size() < frames) {
        return fail(Fault::kQuarantine, "gate: Pixel Data has fewer fragments than frames", kAtPixelData);
    }
    if (!source.extended_offsets.empty()) {
        return starts_by_table(source, source.extended_offsets, 8, frames);
    }
    if (!source.offset_table.empty()) {
        return starts_by_table(source, source.offset_table, 4, frames);
    }
    std::vector<std::size_t> starts;
    if (frames == 1) {
        starts.push_back(0);
        return starts;
    }
    const bool one_each = source.fragments.size() == frames;
    for (std::size_t i = 0; i < source.fragments.size(); ++i) {
        if (one_each || begins_codestream(family, source.fragments[i])) {
            starts.push_back(i);
        }
    }
    if (starts.size() != frames || starts.front() != 0) {
        return fail(Fault::kQuarantine, "gate: frames cannot be told apart", kAtPixelData);
    }
    return starts;
}

std::span<const std::byte> frame_bytes(
    const PixelSource& source, const std::vector<std::size_t>& starts, std::size_t i,
    std::vector<std::byte>& gathered
) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : source.fragments.size();
    if (end - starts[i] == 1) {
        return source.fragments[starts[i]];
    }
    gathered.clear();
    for (std::size_t f = starts[i]; f < end; ++f) {
        gathered.insert(gathered.end(), source.fragments[f].begin(), source.fragments[f].end());
    }
    return gathered;
}

}  // namespace efface::pipeline
