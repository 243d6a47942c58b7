#include "pipeline/picture/brush.h"

namespace efface::pipeline {
namespace {

constexpr std::uint8_t kPainted = 128;

/// Which cells hold something, row by row.
class Cells {
public:
    Cells(const PictureView& mask, std::int64_t cell, std::int64_t margin)
        : cell_{cell},
          margin_{margin},
          across_{(static_cast<std::int64_t>(mask.columns) + cell - 1) / cell},
          down_{(static_cast<std::int64_t>(mask.rows) + cell - 1) / cell},
          set_(static_cast<std::size_t>(across_ * down_)) {
        for (std::size_t y = 0; y < mask.rows; ++y) {
            for (std::size_t x = 0; x < mask.columns; ++x) {
                if (mask.at(x, y) >= kPainted) {
                    mark(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y));
                }
            }
        }
    }

    std::int64_t across() const { return across_; }

    std::int64_t down() const { return down_; }

    bool at(std::int64_t x, std::int64_t y) const { return set_[static_cast<std::size_t>(y * across_ + x)]; }

private:
    void mark(std::int64_t x, std::int64_t y) {
        const auto index = [&](std::int64_t place, std::int64_t count) {
            return std::clamp<std::int64_t>(place, 0, count * cell_ - 1) / cell_;
        };
        const std::int64_t right = index(x + margin_, across_);
        const std::int64_t bottom = index(y + margin_, down_);
        for (std::int64_t row = index(y - margin_, down_); row <= bottom; ++row) {
            for (std::int64_t column = index(x - margin_, across_); column <= right; ++column) {
                set_[static_cast<std::size_t>(row * across_ + column)] = true;
            }
        }
    }

    std::int64_t cell_;
    std::int64_t margin_;
    std::int64_t across_;
    std::int64_t down_;
    std::vector<bool> set_;
};

std::vector<Box> runs_of(const Cells& cells, std::int64_t row) {
    std::vector<Box> runs;
    for (std::int64_t x = 0; x < cells.across(); ++x) {
        if (!cells.at(x, row)) {
            continue;
        }
        if (!runs.empty() && runs.back().right == x) {
            ++runs.back().right;
        } else {
            runs.push_back({x, row, x + 1, row + 1});
        }
    }
    return runs;
}

}  // namespace

Result<std::vector<Box>> brushed_boxes(
    const PictureView& mask, std::int64_t cell, std::size_t boxes_max, std::int64_t margin
) {
    const Cells cells{mask, cell, margin};
    std::vector<Box> boxes;
    std::vector<std::size_t> open;  // Those that end with the row before.
    for (std::int64_t row = 0; row < cells.down(); ++row) {
        std::vector<std::size_t> still_open;
        for (const Box& run : runs_of(cells, row)) {
            const auto above = std::find_if(open.begin(), open.end(), [&](std::size_t i) {
                return boxes[i].left == run.left && boxes[i].right == run.right;
            });
            if (above != open.end()) {
                boxes[*above].bottom = row + 1;
                still_open.push_back(*above);
                continue;
            }
            if (boxes.size() == boxes_max) {
                return fail(Fault::kRefuse, "a mask of more pieces than an image can hold");
            }
            still_open.push_back(boxes.size());
            boxes.push_back(run);
        }
        open = std::move(still_open);
    }
    for (Box& box : boxes) {
        box = {box.left * cell, box.top * cell, box.right * cell, box.bottom * cell};
        box = box.clipped_to(mask.columns, mask.rows);
    }
    return boxes;
}

}  // namespace efface::pipeline
