// TextDetector: finds burned-in text in a picture with a network that marks the cores of lines: upright and
// turned by 90 degrees (upside down the network sees by itself), in more than one size. Lines come as
// axis-aligned boxes. Thread rule: an object belongs to one thread, and to the lanes that it is given, each
// of which has a network of its own.
#pragma once

#include "pipeline/picture/detector.h"
#include "pipeline/picture/lanes.h"
#include "pipeline/picture/text_network.h"

#include <memory>
#include <span>
#include <vector>

namespace efface::pipeline {

/// Larger pictures are quarantined: minutes of work.
inline constexpr std::uint64_t kTextPicturePixelsMax = std::uint64_t{1} << 26U;

/// One size in which a picture is looked at, and the score from which on a line is believed there.
struct TextLevel {
    double scale;
    float score_min;
};

class TextDetector : public Detector {
public:
    /// One network for each lane. Fault::kHalt where one does not find planted text. `lanes` outlives it.
    static Result<std::unique_ptr<Detector>> make(
        std::vector<std::unique_ptr<TextNetwork>> networks, Lanes& lanes
    );

    Result<std::vector<Detection>> find(const PictureView& picture) override;
    /// A quarter of the time: without the largest size, where the picture is not small.
    Result<std::vector<Detection>> find_again(const PictureView& picture) override;
    /// Without the smallest size as well.
    Result<std::vector<Detection>> find_in_half(const PictureView& picture) override;

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    TextDetector(std::vector<std::unique_ptr<TextNetwork>> networks, Lanes& lanes);

    class Search;
    Result<std::vector<Detection>> find_in(const PictureView& picture, std::span<const TextLevel> levels);

    std::vector<std::unique_ptr<TextNetwork>> networks_;
    Lanes& lanes_;
    std::vector<Detection> doubts_;  ///< Of the last search.
};

}  // namespace efface::pipeline
