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
constexpr Tag kRegionSpatialFormat{0x0018, 0x6012};
constexpr Tag kRegionDataType{0x0018, 0x6014};

/// UL or US of one value.
std::optional<std::int64_t> number_of(const Event& event, std::size_t bytes) {
    if (event.value.size() != bytes) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        const std::size_t shift = event.big_endian ? 8 * (bytes - 1 - i) : 8 * i;
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
                *place = number_of(event, sizeof(std::uint32_t));
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

struct Format {
    std::int64_t spatial = 0;
    std::int64_t data = 0;
};

struct Region {
    Corners corners;
    Format format;

    void take(const Event& event) {
        corners.take(event);
        if (event.tag == kRegionSpatialFormat) {
            format.spatial = number_of(event, sizeof(std::uint16_t)).value_or(0);
        } else if (event.tag == kRegionDataType) {
            format.data = number_of(event, sizeof(std::uint16_t)).value_or(0);
        }
    }
};

/// The scanner stands behind the sequence's beginning. Nothing: it cannot be read to its end.
std::vector<Region> read_items(Scanner& scanner) {
    std::vector<Region> regions;
    for (;;) {
        const Result<Event> event = scanner.next();
        if (!event || event->kind == EventKind::kEnd || regions.size() > rules::kRegionsMax) {
            return {};
        }
        if (event->kind == EventKind::kSequenceBegin) {
            if (!scanner.skip_sequence()) {
                return {};
            }
        } else if (event->kind == EventKind::kSequenceEnd && event->tag == kSequenceOfUltrasoundRegions) {
            return regions;
        } else if (event->kind == EventKind::kItemBegin) {
            regions.emplace_back();
        } else if (event->kind == EventKind::kElement && !regions.empty()) {
            regions.back().take(*event);
        }
    }
}

std::vector<Region> read_regions(const ScannedDataSet& data_set) {
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
            return read_items(scanner);
        }
        if (!scanner.skip_sequence()) {
            return {};
        }
    }
}

}  // namespace

std::vector<Box> ultrasound_regions(const ScannedDataSet& data_set, std::size_t columns, std::size_t rows) {
    std::vector<Box> boxes;
    for (const Region& region : read_regions(data_set)) {
        const std::optional<Box> box = region.corners.box(columns, rows);
        if (!box) {
            return {};
        }
        boxes.push_back(*box);
    }
    return boxes;
}

bool regions_are_sections(const ScannedDataSet& data_set) {
    const std::vector<Region> regions = read_regions(data_set);
    return !regions.empty() && std::ranges::all_of(regions, [](const Region& region) {
        return rules::is_section(
            static_cast<std::uint32_t>(region.format.spatial), static_cast<std::uint32_t>(region.format.data)
        );
    });
}

}  // namespace efface::pipeline
