// Detectors that see what a test has drawn: all pixels of one value, or bright ones in one half of a picture.
#pragma once

#include "pipeline/picture/detector.h"

#include <cstdint>
#include <vector>

namespace efface::testing {

inline bool within(const pipeline::Box& box, std::size_t x, std::size_t y) {
    const auto column = static_cast<std::int64_t>(x);
    const auto row = static_cast<std::int64_t>(y);
    return column >= box.left && column < box.right && row >= box.top && row < box.bottom;
}

/// Sees the smallest box around all pixels that `is_seen` (picture, x, y) names.
class SeeingDetector : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView& picture) override {
        pipeline::Box box{
            static_cast<std::int64_t>(picture.columns), static_cast<std::int64_t>(picture.rows), 0, 0};
        for (std::size_t y = 0; y < picture.rows && !blind; ++y) {
            for (std::size_t x = 0; x < picture.columns; ++x) {
                if (is_seen(picture, x, y)) {
                    const auto column = static_cast<std::int64_t>(x);
                    const auto row = static_cast<std::int64_t>(y);
                    box = {
                        std::min(box.left, column), std::min(box.top, row), std::max(box.right, column + 1),
                        std::max(box.bottom, row + 1)};
                }
            }
        }
        return box.empty() ? std::vector<pipeline::Detection>{}
                           : std::vector<pipeline::Detection>{{box, 1.0F}};
    }

    bool blind = false;  ///< Grey is stretched for the finders: something is always bright.

protected:
    virtual bool is_seen(const pipeline::PictureView& picture, std::size_t x, std::size_t y) const = 0;
};

/// Pixels whose first channel has one value.
class ValueDetector final : public SeeingDetector {
public:
    explicit ValueDetector(std::uint8_t value) : value_{value} {}

private:
    bool is_seen(const pipeline::PictureView& picture, std::size_t x, std::size_t y) const override {
        return picture.at(x, y) == value_;
    }

    std::uint8_t value_;
};

/// Bright pixels of one half of the picture.
class HalfDetector final : public SeeingDetector {
public:
    explicit HalfDetector(bool right) : right_{right} {}

    bool inverse = false;

private:
    bool is_seen(const pipeline::PictureView& picture, std::size_t x, std::size_t y) const override {
        constexpr std::uint8_t kBright = 235;
        const bool reached = inverse ? picture.at(x, y) <= 255 - kBright : picture.at(x, y) >= kBright;
        return reached && right_ == (x >= picture.columns / 2);
    }

    bool right_;
};

}  // namespace efface::testing
