// RotatingDetector: has a detector of upright things find them at every angle and at more sizes: over turns
// of the whole picture at a working size and, where that would shrink small ones away, of overlapping tiles
// of it. What is found is brought back, and what overlaps is united. Thread rule: an object belongs to one
// thread, and to the lanes that it is given, each of which has a detector of its own.
#pragma once

#include "pipeline/picture/detector.h"
#include "pipeline/picture/lanes.h"

#include <memory>
#include <vector>

namespace efface::pipeline {

struct SearchPlan {
    /// The longer side at which the whole picture, and each tile, is searched.
    std::size_t side = 640;
    /// In degrees, clockwise. MTCNN sees faces turned by up to 40 degrees: each is seen from two turns at
    /// least.
    std::vector<int> turns{0, 45, 90, 135, 180, 225, 270, 315};
    /// Of find_again().
    std::vector<int> again_turns{0, 90, 180, 270};
    /// A picture whose longer side is larger is searched in tiles as well.
    std::size_t tile_side = 1280;
    std::vector<int> tile_turns{0, 90, 180, 270};
    /// What only one turn shows needs this score. More than 0 costs covered and dark faces, which few turns
    /// show.
    float lone_score_min = 0;
};

class RotatingDetector : public Detector {
public:
    /// Larger tiles instead of more.
    static constexpr std::size_t kTilesMax = 36;

    RotatingDetector(std::unique_ptr<Detector> upright, SearchPlan plan);
    /// One upright detector for each lane; `lanes` outlives it.
    RotatingDetector(std::vector<std::unique_ptr<Detector>> upright, Lanes& lanes, SearchPlan plan);

    /// Boxes lie inside the picture and do not mean the same thing twice. A failure of any turn is the
    /// answer.
    Result<std::vector<Detection>> find(const PictureView& picture) override;
    /// At fewer turns.
    Result<std::vector<Detection>> find_again(const PictureView& picture) override;

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    /// One turn of one part.
    struct Look {
        Box part;
        std::shared_ptr<const Picture> small;  ///< Of all turns of the part.
        int turn = 0;
    };

    /// One turn's find, in the picture.
    struct Sighting {
        Box box;
        float score = 0;
        int turn = 0;
    };

    struct Seen {
        std::vector<Sighting> sightings;
        std::vector<Detection> doubts;
    };

    void check_plan() const;
    Result<std::vector<Detection>> find_at(const PictureView& picture, const std::vector<int>& turns);
    std::vector<Look> looks_at(const PictureView& picture, const std::vector<int>& turns) const;
    std::shared_ptr<const Picture> at_working_size(const PictureView& picture, const Box& part) const;
    static Result<Seen> sightings(const PictureView& picture, const Look& look, Detector& upright);
    static Box compromise(const std::vector<Sighting>& group);
    std::vector<Detection> united(std::vector<Sighting> seen, const PictureView& picture) const;

    std::vector<std::unique_ptr<Detector>> upright_;
    Lanes* lanes_ = nullptr;
    SearchPlan plan_;
    std::vector<Detection> doubts_;  ///< Of all turns of the last search.
};

/// Tiles of at least `side` that overlap by a quarter and cover columns x rows; at most `count_max`.
std::vector<Box> tiles(std::size_t columns, std::size_t rows, std::size_t side, std::size_t count_max);

}  // namespace efface::pipeline
