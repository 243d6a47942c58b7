// sound_walk: scans any bytes and says what is unsound about the walk itself; "" if nothing is.
// Shared by the mutation test and the fuzzer.
#pragma once

#include "pipeline/scan/scanner.h"

#include <string>

namespace efface::pipeline {

inline std::string sound_walk(std::span<const std::byte> bytes, const rules::TransferSyntax& syntax) {
    Scanner scanner{bytes, syntax};
    // Each header consumes at least 8 bytes; ends of defined lengths consume none, one per begin.
    const std::uint64_t steps_max = bytes.size() / 2 + 8;
    std::uint64_t last = 0;
    for (std::uint64_t step = 0; step < steps_max; ++step) {
        const Result<Event> event = scanner.next();
        if (!event || event->kind == EventKind::kEnd) {
            return "";
        }
        if (event->header_offset < last || event->header_offset > event->value_offset ||
            event->value_offset > bytes.size() || scanner.offset() > bytes.size()) {
            return "an offset goes back or lies outside";
        }
        last = event->header_offset;
        if (!event->value.empty() && (event->value.data() != bytes.data() + event->value_offset ||
                                      event->value.size() > bytes.size() - event->value_offset)) {
            return "a value lies outside";
        }
        const std::size_t depth = scanner.path().size();
        if (depth != scanner.path_items().size() || depth != event->depth || depth > kSequenceDepthMax) {
            return "the path does not fit the depth";
        }
        (void)scanner.private_creator(event->tag);
    }
    return "the walk does not end";
}

}  // namespace efface::pipeline
