// Reading the values of events, and the scan of a whole data set; see scanner.h.
#include "pipeline/scan/scanner.h"

#include <algorithm>

namespace efface::pipeline {

std::string_view trimmed_text(std::span<const std::byte> value) {
    std::string_view text{reinterpret_cast<const char*>(value.data()), value.size()};
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    return text;
}

std::optional<std::uint16_t> first_u16(const Event& event) {
    if (event.value.size() < 2) {
        return std::nullopt;
    }
    const auto a = static_cast<std::uint16_t>(event.value[0]);
    const auto b = static_cast<std::uint16_t>(event.value[1]);
    return static_cast<std::uint16_t>(event.big_endian ? (a << 8U) | b : (b << 8U) | a);
}

std::optional<std::uint32_t> first_u32(const Event& event) {
    if (event.value.size() < 4) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = (value << 8U) | static_cast<std::uint32_t>(event.value[event.big_endian ? i : 3 - i]);
    }
    return value;
}

Result<ScanTotals> scan_all(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const ScanLimits& limits
) {
    Scanner scanner{data_set, syntax, limits};
    ScanTotals totals;
    while (true) {
        EFFACE_TRY(const Event event, scanner.next());
        totals.depth = std::max(totals.depth, event.depth);
        totals.any_duplicate |= event.facts.duplicate_tag;
        totals.any_out_of_order |= event.facts.out_of_order;
        totals.any_odd_length |= event.facts.odd_length;
        totals.any_reserved_bytes |= event.facts.reserved_bytes_set;
        if (event.kind == EventKind::kTrailing) {
            totals.trailing_bytes = event.length;
        }
        if (event.kind == EventKind::kEnd) {
            totals.elements = scanner.element_count();
            totals.items = scanner.item_count();
            return totals;
        }
    }
}

}  // namespace efface::pipeline
