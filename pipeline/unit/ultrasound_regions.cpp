#include "pipeline/unit/ultrasound_regions.h"

#include "pipeline/scan/scanner.h"

#include <optional>

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kSequenceOfUltrasoundRegions{0x0018, 0x6011};
constexpr Tag kMinX0{0x0018, 0x6018};
constexpr Tag kMinY0{0x0018, 0x601A};
constexpr Tag kMaxX1{0x0018, 0x601C};
constexpr Tag kMaxY1{0x0018, 0x601E};

/// UL of one value.
std::optional<std::int64_t> number_of(const Event& event) {
    if (event.value.size() != 4) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t shift = event.big_endian ? 8 * (3 - i) : 8 * i;
        value |= std::to_integer<std::uint32_t>(event.value[i]) << shift;
    }
    return value;
}

struct Corners {
    std::optional<std::int64_t> left;
    std::optional<std::int64_t> top;
    std::optional<std::int64_t> last_column;
    std::optional<std::int64_t> last_row;

    void take(const Event& event) {
        const std::pair<Tag, std::optional<std::int64_t>*> places[] = {
            {kMinX0, &left}, {kMinY0, &top}, {kMaxX1, &last_column}, {kMaxY1, &last_row}};
        for (const auto& [tag, place] : places) {
            if (event.tag == tag) {
                *place = number_of(event);
            }
        }
    }

    std::optional<Box> box(std::size_t columns, std::size_t rows) const {
        if (!left || !top || !last_column || !last_row) {
            return std::nullopt;
        }
        const Box box{*left, *top, *last_column + 1, *last_row + 1};
        const Box clipped = box.clipped_to(columns, rows);
        return clipped.empty() ? std::nullopt : std::optional{clipped};
    }
};

/// The scanner stands behind the sequence's beginning.
std::vector<Box> read_items(Scanner& scanner, std::size_t columns, std::size_t rows) {
    std::vector<Box> boxes;
    Corners corners;
    for (;;) {
        const Result<Event> event = scanner.next();
        if (!event || event->kind == EventKind::kEnd) {
            return {};
        }
        if (event->kind == EventKind::kSequenceBegin) {
            if (!scanner.skip_sequence()) {
                return {};
            }
        } else if (event->kind == EventKind::kSequenceEnd && event->tag == kSequenceOfUltrasoundRegions) {
            return boxes;
        } else if (event->kind == EventKind::kItemBegin) {
            corners = {};
        } else if (event->kind == EventKind::kElement) {
            corners.take(*event);
        } else if (event->kind == EventKind::kItemEnd) {
            const std::optional<Box> box = corners.box(columns, rows);
            if (!box || boxes.size() == rules::kRegionsMax) {
                return {};
            }
            boxes.push_back(*box);
        }
    }
}

}  // namespace

std::vector<Box> ultrasound_regions(const ScannedDataSet& data_set, std::size_t columns, std::size_t rows) {
    Scanner scanner{data_set.bytes, *data_set.syntax};
    for (;;) {
        const Result<Event> event = scanner.next();
        if (!event || event->kind == EventKind::kEnd || event->tag.group() > 0x0018) {
            return {};
        }
        if (event->kind != EventKind::kSequenceBegin) {
            continue;
        }
        if (event->tag == kSequenceOfUltrasoundRegions) {
            return read_items(scanner, columns, rows);
        }
        if (!scanner.skip_sequence()) {
            return {};
        }
    }
}

}  // namespace efface::pipeline
