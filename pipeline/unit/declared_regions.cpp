#include "pipeline/unit/declared_regions.h"

#include "pipeline/unit/ultrasound_regions.h"
#include "rules/matching/pixel_judgement.h"

#include <charconv>

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kRows{0x0028, 0x0010};
constexpr Tag kColumns{0x0028, 0x0011};

std::size_t number_at(const ScannedDataSet& data_set, Tag tag) {
    const std::string text = text_at(data_set, {&tag, 1}, {}).value_or(std::string{});
    std::size_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? value : 0;
}

class Collector {
public:
    Collector(std::size_t columns, std::size_t rows) : columns_{columns}, rows_{rows} {}

    void add(const std::vector<rules::Region>& regions) {
        for (const rules::Region& region : regions) {
            add(Box{region.left, region.top, region.left + region.width, region.top + region.height});
        }
    }

    void add(const Box& box) {
        const Box inside = box.clipped_to(columns_, rows_);
        if (!inside.empty()) {
            boxes_.push_back(inside);
        }
    }

    const std::vector<Box>& so_far() const { return boxes_; }

    std::vector<Box> take() { return std::move(boxes_); }

private:
    std::size_t columns_;
    std::size_t rows_;
    std::vector<Box> boxes_;
};

/// Where one of `kept` begins or ends, vertically, between 0 and `rows`.
std::vector<std::int64_t> bands(const std::vector<Box>& kept, std::size_t rows) {
    std::vector<std::int64_t> edges{0, static_cast<std::int64_t>(rows)};
    for (const Box& box : kept) {
        edges.push_back(box.top);
        edges.push_back(box.bottom);
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
}

void add_gaps(const std::vector<Box>& sorted, const Box& band, std::vector<Box>& outside) {
    std::int64_t reached = 0;
    for (const Box& box : sorted) {
        if (box.top >= band.bottom || box.bottom <= band.top) {
            continue;
        }
        if (box.left > reached) {
            outside.push_back({reached, band.top, box.left, band.bottom});
        }
        reached = std::max(reached, box.right);
    }
    if (reached < band.right) {
        outside.push_back({reached, band.top, band.right, band.bottom});
    }
}

}  // namespace

std::vector<Box> outside_of(const std::vector<Box>& kept, std::size_t columns, std::size_t rows) {
    std::vector<Box> sorted;
    for (const Box& box : kept) {
        sorted.push_back(box.clipped_to(columns, rows));
    }
    std::sort(sorted.begin(), sorted.end(), [](const Box& a, const Box& b) { return a.left < b.left; });
    const std::vector<std::int64_t> edges = bands(sorted, rows);
    std::vector<Box> outside;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        add_gaps(sorted, {0, edges[i], static_cast<std::int64_t>(columns), edges[i + 1]}, outside);
    }
    return outside;
}

DeclaredRegions declared_regions(
    const ScannedDataSet& data_set, const rules::InstanceFacts& facts, const rules::RuleSet& rules,
    const rules::Rule& rule
) {
    DeclaredRegions declared;
    const rules::PixelRules& named = rule.pixels;
    // Where nothing can show text or a face only the rule's own regions count.
    const bool is_pictured = rules::pixel_statement(rule, pixel_identity(data_set)).treatment !=
                             rules::PixelTreatment::kNothingPossible;
    const bool by_device = is_pictured && named.device_templates;
    const bool by_ultrasound = is_pictured && named.ultrasound_regions;
    if (named.blacken.empty() && !by_device && !by_ultrasound) {
        return declared;
    }
    const std::size_t columns = number_at(data_set, kColumns);
    const std::size_t rows = number_at(data_set, kRows);
    if (columns == 0 || rows == 0) {
        return declared;
    }
    Collector collector{columns, rows};
    declared.by_rule = !named.blacken.empty();
    collector.add(named.blacken);
    declared.of_rule = collector.so_far();
    if (const auto* device = by_device ? rules.device(facts) : nullptr) {
        declared.device = device->name;
        collector.add(device->blacken);
    }
    if (by_ultrasound) {
        const std::vector<Box> kept = ultrasound_regions(data_set, columns, rows);
        declared.by_ultrasound = !kept.empty();
        for (const Box& box : kept.empty() ? std::vector<Box>{} : outside_of(kept, columns, rows)) {
            collector.add(box);
        }
    }
    declared.boxes = collector.take();
    return declared;
}

}  // namespace efface::pipeline
