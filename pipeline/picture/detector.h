// Detector: something that finds areas of one kind (text, faces) in a picture. What it finds is redacted;
// that it found nothing is evidence only for a kind of image whose measured recall stands in docs/pixels.md.
// Thread rule: an object belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <vector>

namespace efface::pipeline {

struct Detection {
    Box box;             ///< In the picture that was searched; may reach beyond its edges.
    float score = 0.0F;  ///< 0 to 1, of its own detector's scale.

    bool operator==(const Detection&) const = default;
};

/// Of scores from 0 to 1: as close to a threshold, what is not found is a doubt.
inline constexpr float kDoubtMargin = 0.1F;

class Detector {
public:
    virtual ~Detector() = default;
    /// Fault::kRetry: the model failed; never an empty answer instead.
    virtual Result<std::vector<Detection>> find(const PictureView& picture) = 0;

    /// For a picture that was searched before it was blackened, to see whether anything is left: may be
    /// quicker, and see less.
    virtual Result<std::vector<Detection>> find_again(const PictureView& picture) { return find(picture); }

    /// As find_again(), for a picture that was drawn half as large: what would be too large for find() in the
    /// whole need not be looked for.
    virtual Result<std::vector<Detection>> find_in_half(const PictureView& picture) {
        return find_again(picture);
    }

    /// What the last search saw below its threshold, but within kDoubtMargin of it. May say again what was
    /// found.
    virtual std::vector<Detection> doubts() const { return {}; }
};

}  // namespace efface::pipeline
