#include "pipeline/pixel/holes.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

bool holds_middle(const Box& outer, const Box& inner) {
    const std::int64_t x = (inner.left + inner.right) / 2;
    const std::int64_t y = (inner.top + inner.bottom) / 2;
    return x >= outer.left && x < outer.right && y >= outer.top && y < outer.bottom;
}

bool mean_the_same(const Hole& hole, const FrameBox& found) {
    return hole.frames == found.frames && std::ranges::any_of(hole.parts, [&](const Box& part) {
               return holds_middle(part, found.box) || holds_middle(found.box, part);
           });
}

/// Joins holes that mean the same thing as the new one, with it.
void note(std::vector<Hole>& holes, const FrameBox& found) {
    Hole joined{{found.box}, found.frames};
    std::erase_if(holes, [&](const Hole& hole) {
        if (!mean_the_same(hole, found)) {
            return false;
        }
        joined.parts.insert(joined.parts.end(), hole.parts.begin(), hole.parts.end());
        return true;
    });
    std::ranges::sort(joined.parts, {}, [](const Box& box) {
        return std::array{box.top, box.left, box.bottom, box.right};
    });
    const auto same = std::ranges::unique(joined.parts);
    joined.parts.erase(same.begin(), same.end());
    holes.push_back(std::move(joined));
}

/// Boxes that touch are one hole: a painted mask is many of them.
std::vector<Hole> holes_of_regions(const StageWork& work) {
    const FrameSpan every_frame{0, work.image.frame_count()};
    const auto touch = [](const Box& a, const Box& b) {
        return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
    };
    std::vector<Hole> holes;
    for (const Box& region : work.fill.regions) {
        Hole joined{{mask_box_of_region(region, work.image.columns(), work.image.rows())}, every_frame};
        const Box added = joined.parts.front();
        std::erase_if(holes, [&](const Hole& hole) {
            const bool touches =
                std::ranges::any_of(hole.parts, [&](const Box& part) { return touch(part, added); });
            if (touches) {
                joined.parts.insert(joined.parts.end(), hole.parts.begin(), hole.parts.end());
            }
            return touches;
        });
        holes.push_back(std::move(joined));
    }
    return holes;
}

/// To where the codec can write the mask's edges.
Status snap(const StageWork& work, std::vector<Hole>& holes) {
    if (!work.snap) {
        return {};
    }
    for (Hole& hole : holes) {
        EFFACE_TRY(Mask snapped, work.snap(Mask{hole.parts}));
        hole.parts = std::move(snapped.boxes);
    }
    return {};
}

}  // namespace

Result<std::vector<Hole>> holes_of(const StageWork& work) {
    const FrameSpan every_frame{0, work.image.frame_count()};
    const std::size_t columns = work.image.columns();
    const std::size_t rows = work.image.rows();
    std::vector<Hole> holes = holes_of_regions(work);
    if (work.fill.occlusions) {
        for (const Occlusion& occlusion : work.covered) {
            note(holes, {mask_box_of_occlusion(occlusion.box, columns, rows), every_frame});
        }
    }
    if (work.fill.faces) {
        for (const Box& box : work.faces.boxes) {
            note(holes, {box, every_frame});
        }
        for (const FrameBox& some : work.faces.some_frames) {
            note(holes, some);
        }
        Hole profile{{}, every_frame};
        for (const Box& box : work.profiles) {
            if (!box.clipped_to(columns, rows).empty()) {
                profile.parts.push_back(mask_box_of_region(box, columns, rows));
            }
        }
        if (!profile.parts.empty()) {
            holes.push_back(std::move(profile));
        }
    }
    EFFACE_CHECK(snap(work, holes));
    return holes;
}

}  // namespace efface::pipeline
