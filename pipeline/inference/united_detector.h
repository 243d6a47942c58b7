// UnitedDetector: two detectors of the same kind of thing that see different ones of it; what either finds is
// found. Thread rule: an object belongs to one thread.
#pragma once

#include "pipeline/picture/detector.h"

#include <vector>

namespace efface::pipeline {

class UnitedDetector : public Detector {
public:
    /// Both outlive this.
    UnitedDetector(Detector& first, Detector& second) : first_{first}, second_{second} {}

    /// The first's, then those of the second that lie within none of them. A failure of either is the answer:
    /// what the other did not see may be what this one would have.
    Result<std::vector<Detection>> find(const PictureView& picture) override;
    Result<std::vector<Detection>> find_again(const PictureView& picture) override;
    std::vector<Detection> doubts() const override;

private:
    Detector& first_;
    Detector& second_;
};

}  // namespace efface::pipeline
