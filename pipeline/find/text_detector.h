// TextDetector: finds burned-in text in a picture with the detector of PP-OCRv4 (mobile), run by OpenCV:
// upright and turned by 90 degrees (upside down the network sees by itself), in more than one size. Lines
// come as axis-aligned boxes. Thread rule: an object belongs to one thread; it makes none. After load() it
// opens no file.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/find/text_net.h"
#include "pipeline/picture/detector.h"

#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What scripts/models/text_detector.py installs.
inline constexpr std::string_view kTextModelSha256 =
    "f58b7ed0046f9fba479f4217443733afc7596d6c505dcad4e3aea8651125e4d4";

/// Larger pictures are quarantined: minutes of work.
inline constexpr std::uint64_t kTextPicturePixelsMax = std::uint64_t{1} << 26U;

/// One size in which a picture is looked at, and the score from which on a line is believed there.
struct TextLevel {
    double scale;
    float score_min;
};

class TextDetector : public Detector {
public:
    /// Fault::kHalt where the file is absent, has another digest, or fails its self-test.
    static Result<std::unique_ptr<Detector>> load(const std::string& path, const Digest& expected);

    Result<std::vector<Detection>> find(const PictureView& picture) override;
    /// A quarter of the time: without the largest size, where the picture is not small.
    Result<std::vector<Detection>> find_again(const PictureView& picture) override;

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    explicit TextDetector(std::vector<std::byte> model) : model_{std::move(model)} {}

    class Search;
    Result<std::vector<Detection>> find_in(const PictureView& picture, std::span<const TextLevel> levels);
    /// The network for this shape; the ones used last are kept.
    Result<TextNet*> net_for(const TileShape& shape);

    std::vector<std::byte> model_;
    std::vector<Detection> doubts_;  ///< Of the last search.
    std::list<TextNet> nets_;        ///< The one used last stands first.
};

}  // namespace efface::pipeline
