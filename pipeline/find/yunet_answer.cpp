#include "pipeline/find/yunet_answer.h"

#include "pipeline/find/detections.h"

#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr float kScoreMin = 0.6F;
/// Boxes that share more than this of their union are one face; the one with the best score stays.
constexpr double kSameFace = 0.3;
/// Exponents beyond this are no sizes of a face.
constexpr double kExponentMax = 10.0;
constexpr std::size_t kLocValues = 14;
constexpr double kPlaceVariance = 0.1;
constexpr double kSizeVariance = 0.2;

struct PriorLevel {
    std::size_t stride;
    std::array<double, 3> sizes;  ///< 0: none.
};

constexpr std::array kPriorLevels{
    PriorLevel{8, {10, 16, 24}}, PriorLevel{16, {32, 48, 0}}, PriorLevel{32, {64, 96, 0}},
    PriorLevel{64, {128, 192, 256}}};

struct Place {
    double x;
    double y;
    double width;
    double height;
};

/// Collects what is a face, and sees that every value is a number.
class Faces {
public:
    void take(float a, float b, const Place& place) {
        const double score = std::sqrt(
            std::clamp(static_cast<double>(a), 0.0, 1.0) * std::clamp(static_cast<double>(b), 0.0, 1.0)
        );
        const bool numbers = std::isfinite(a) && std::isfinite(b) && std::isfinite(place.x) &&
                             std::isfinite(place.y) && std::isfinite(place.width) &&
                             std::isfinite(place.height);
        sound_ = sound_ && numbers;
        if (!sound_ || score < kScoreMin) {
            return;
        }
        const auto edge = [](double value) { return static_cast<std::int64_t>(std::lround(value)); };
        const Box box{
            edge(place.x - place.width / 2), edge(place.y - place.height / 2),
            edge(place.x + place.width / 2), edge(place.y + place.height / 2)};
        if (!box.empty()) {
            found_.push_back({box, static_cast<float>(score)});
        }
    }

    Result<std::vector<Detection>> best() {
        if (!sound_) {
            return fail(Fault::kRetry, "the site's YuNet network gave something that is no number");
        }
        std::ranges::stable_sort(found_, [](const Detection& a, const Detection& b) {
            return a.score > b.score;
        });
        std::vector<Detection> kept;
        for (const Detection& one : found_) {
            if (std::ranges::none_of(kept, [&](const Detection& other) {
                    return are_one(one.box, other.box);
                })) {
                kept.push_back(one);
            }
            if (kept.size() > kDetectionsMax) {
                return fail(Fault::kQuarantine, "a picture shows more faces than are handled");
            }
        }
        return kept;
    }

private:
    static bool are_one(const Box& a, const Box& b) {
        const Box both{
            std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
            std::min(a.bottom, b.bottom)};
        const auto shared = static_cast<double>(both.area());
        return shared > kSameFace * (static_cast<double>(a.area() + b.area()) - shared);
    }

    std::vector<Detection> found_;
    bool sound_ = true;
};

/// NaN stays one, so that it is seen.
double grown(float exponent) {
    return std::isfinite(exponent) ? std::exp(std::min(static_cast<double>(exponent), kExponentMax))
                                   : static_cast<double>(exponent);
}

tl::unexpected<Error> wrong_size() {
    return fail(Fault::kRetry, "the site's YuNet network gave an answer of another size");
}

}  // namespace

std::size_t yunet_prior_count(std::size_t side) {
    std::size_t count = 0;
    for (const PriorLevel& level : kPriorLevels) {
        const auto sizes =
            static_cast<std::size_t>(std::ranges::count_if(level.sizes, [](double size) { return size > 0; })
            );
        count += (side / level.stride) * (side / level.stride) * sizes;
    }
    return count;
}

Result<std::vector<Detection>> faces_of(std::span<const YunetCells> strides, std::size_t side) {
    Faces faces;
    for (const YunetCells& cells : strides) {
        const std::size_t across = side / cells.stride;
        const std::size_t count = across * across;
        if (cells.cls.size() != count || cells.obj.size() != count || cells.bbox.size() != 4 * count) {
            return wrong_size();
        }
        const auto stride = static_cast<double>(cells.stride);
        for (std::size_t i = 0; i < count; ++i) {
            const auto box = cells.bbox.subspan(4 * i, 4);
            faces.take(
                cells.cls[i], cells.obj[i],
                {(static_cast<double>(i % across) + box[0]) * stride,
                 (static_cast<double>(i / across) + box[1]) * stride, grown(box[2]) * stride,
                 grown(box[3]) * stride}
            );
        }
    }
    return faces.best();
}

Result<std::vector<Detection>> faces_of(const YunetPriors& priors, std::size_t side) {
    const std::size_t count = yunet_prior_count(side);
    if (priors.loc.size() != kLocValues * count || priors.conf.size() != 2 * count ||
        priors.iou.size() != count) {
        return wrong_size();
    }
    Faces faces;
    std::size_t i = 0;
    for (const PriorLevel& level : kPriorLevels) {
        const std::size_t across = side / level.stride;
        for (std::size_t cell = 0; cell < across * across; ++cell) {
            for (const double size : level.sizes) {
                if (size == 0) {
                    continue;
                }
                const auto loc = priors.loc.subspan(kLocValues * i, 4);
                const auto stride = static_cast<double>(level.stride);
                faces.take(
                    priors.conf[2 * i + 1], priors.iou[i],
                    {(static_cast<double>(cell % across) + 0.5) * stride + loc[0] * kPlaceVariance * size,
                     (static_cast<double>(cell / across) + 0.5) * stride + loc[1] * kPlaceVariance * size,
                     size * grown(static_cast<float>(loc[2] * kSizeVariance)),
                     size * grown(static_cast<float>(loc[3] * kSizeVariance))}
                );
                ++i;
            }
        }
    }
    return faces.best();
}

}  // namespace efface::pipeline
