#include "pipeline/pixel/fill_frames.h"

#include "pipeline/enhance/region.h"
#include "pipeline/enhance/tone.h"
#include "pipeline/pixel/frame_planes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr float kWhite = 255;
constexpr std::array<float, 3> kLuminance{0.299F, 0.587F, 0.114F};  // ITU-R BT.601.

PixelSet hidden_of(const Mask& mask, std::uint64_t frame, const NativeImage& image) {
    PixelSet hidden{image.columns(), image.rows()};
    for (const Box& box : mask.of_frame(frame).boxes) {
        hidden.add(box);
    }
    return hidden;
}

/// Grey levels as a mark is embedded in: of grey, those of the surround's range; of colour, the luminance of
/// all that the stored bits hold.
struct GreyLevels {
    float low = 0;
    float high = 1;

    float of(float value) const { return (value - low) / (high - low) * kWhite; }

    float step() const { return kWhite / (high - low); }
};

/// Of whole stored values, so that a step between grey levels is one between stored values.
GreyLevels levels_of(
    const Planes& planes, const PixelSet& hidden, const Hole& hole, const NativeImage& image
) {
    if (planes.channels == 3) {
        return {0, static_cast<float>(2 * image.middle_value() - 1)};
    }
    const Box shown = surround_of(hole.bounds()).clipped_to(planes.columns, planes.rows);
    const ToneRange range = visible_range(part_of(planes, shown), part_of(hidden, shown));
    return {std::floor(range.low), std::ceil(range.high)};
}

GreyPlane grey_levels(const Planes& planes, const GreyLevels& levels) {
    GreyPlane grey{std::vector<float>(planes.pixels(), 0.0F), planes.columns, planes.rows};
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const float weight = planes.channels == 3 ? kLuminance.at(channel) : 1.0F;
        const auto plane = planes.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            grey.values[i] += weight * levels.of(plane[i]);
        }
    }
    return grey;
}

/// Marks what `hole` has of `planes`, in every channel alike.
EmbedResult mark_hole(
    Planes& planes, const PixelSet& hidden, const Hole& hole, const NativeImage& image,
    const FillContext& context
) {
    const GreyLevels levels = levels_of(planes, hidden, hole, image);
    const GreyPlane plain = grey_levels(planes, levels);
    GreyPlane marked = plain;
    const double step = planes.channels == 3 ? 0 : static_cast<double>(levels.step());
    const EmbedOutcome outcome =
        embed(marked, hole.parts, context.mark_key(), context.utc_seconds(), {.stored_step = step});
    if (outcome.result != EmbedResult::kEmbedded) {
        return outcome.result;
    }
    const PixelSet pixels = pixels_of(hole, planes.columns, planes.rows);
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto plane = planes.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            const float change = (marked.values[i] - plain.values[i]) / levels.step();
            plane[i] += pixels.in[i] != 0 ? change : 0.0F;
        }
    }
    return outcome.result;
}

std::vector<Hole> holes_but(const std::vector<Hole>& holes, std::size_t index) {
    std::vector<Hole> others = holes;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(index));
    return others;
}

/// One frame after another.
class FrameFiller {
public:
    FrameFiller(const NativeImage& image, const Mask& mask, const FillContext& context)
        : image_{image}, mask_{mask}, context_{context} {}

    Result<std::vector<FrameFill>> fill(
        std::span<std::byte> samples, std::uint64_t frame, const std::vector<Hole>& holes
    ) {
        const PixelSet hidden = hidden_of(mask_, frame, image_);
        const Planes visible = planes_of(samples, image_, frame, hidden);
        std::vector<FrameFill> fills;
        for (std::size_t k = 0; k < holes.size(); ++k) {
            // Each from what is visible alone: no fill is the surround of another.
            Planes planes = visible;
            EFFACE_TRY(
                FilledHole filled,
                fill_hole(
                    planes, hidden, holes[k], holes_but(holes, k),
                    {context_.generator(), context_.settings(), context_.seed(frame, holes[k])}
                )
            );
            FrameFill& done = fills.emplace_back(FrameFill{frame, std::move(filled), EmbedResult::kTooSmall});
            if (done.hole.is_filled()) {
                done.mark = mark_hole(planes, hidden, holes[k], image_, context_);
                const PixelSet pixels = both(pixels_of(holes[k], hidden.columns, hidden.rows), hidden);
                put_planes(samples, image_, frame, planes, pixels);
            }
        }
        return fills;
    }

private:
    const NativeImage& image_;
    const Mask& mask_;
    const FillContext& context_;
};

}  // namespace

std::optional<Literal> obstacle_to_fill(const NativeImage& image, std::span<const Hole> holes) {
    if (holes.empty()) {
        return std::nullopt;
    }
    if (!can_be_filled(image)) {
        return Literal{"occluded areas left black: samples of this kind are not filled"};
    }
    if (image.columns() * image.rows() > kFilledFramePixelsMax) {
        return Literal{"occluded areas left black: frames of more than 16777216 pixels are not filled"};
    }
    if (image.bytes() > kFilledBytesMax) {
        return Literal{"occluded areas left black: more than 512 MiB of samples are not filled"};
    }
    std::uint64_t fills = 0;  // At most 4096 holes of 65535 frames each.
    for (const Hole& hole : holes) {
        fills += std::min(hole.frames.count, image.frame_count());
    }
    if (fills > kFillsMax) {
        return Literal{"occluded areas left black: there are more than 512, counted in each frame"};
    }
    return std::nullopt;
}

std::uint32_t utc_seconds_of(UnixMicros at) {
    constexpr UnixMicros kMicrosPerSecond = 1'000'000;
    return static_cast<std::uint32_t>(at / kMicrosPerSecond);
}

FillContext::FillContext(
    Generator& generator, const rules::EnhanceSettings& settings, const rules::ProjectKey& key,
    std::string new_uid, UnixMicros at
)
    : generator_{generator},
      settings_{settings},
      seed_key_{key.derive("fill-seed")},
      mark_key_{watermark_key(key)},
      new_uid_{std::move(new_uid)},
      utc_seconds_{utc_seconds_of(at)} {}

Digest FillContext::seed(std::uint64_t frame, const Hole& hole) const {
    const Box bounds = hole.bounds();
    std::string text = new_uid_ + "/" + to_hex(generator_.facts().digest) + "/" + std::to_string(frame);
    for (const std::int64_t edge : {bounds.left, bounds.top, bounds.right, bounds.bottom}) {
        text += "/" + std::to_string(edge);
    }
    return hmac_sha256(seed_key_.bytes(), text);
}

Result<std::vector<FrameFill>> fill_frames(
    std::span<std::byte> samples, const NativeImage& image, const Mask& mask, std::span<const Hole> holes,
    const FillContext& context
) {
    if (const auto obstacle = obstacle_to_fill(image, holes)) {
        return fail(Fault::kQuarantine, *obstacle, Where::tag(0x7FE00010));
    }
    FrameFiller filler{image, mask, context};
    std::vector<FrameFill> fills;
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        std::vector<Hole> here;
        std::ranges::copy_if(holes, std::back_inserter(here), [&](const Hole& hole) {
            return hole.frames.holds(frame);
        });
        if (here.empty()) {
            continue;
        }
        EFFACE_TRY(const std::vector<FrameFill> done, filler.fill(samples, frame, here));
        fills.insert(fills.end(), done.begin(), done.end());
    }
    return fills;
}

bool mark_reads(
    std::span<const std::byte> samples, const NativeImage& image, const Mask& mask, const FrameFill& fill,
    const FillContext& context
) {
    const Hole& hole = fill.hole.hole;
    const PixelSet hidden = hidden_of(mask, fill.frame, image);
    const GreyLevels levels = levels_of(planes_of(samples, image, fill.frame, hidden), hidden, hole, image);
    const PixelSet nothing{image.columns(), image.rows()};
    const GreyPlane shown = grey_levels(planes_of(samples, image, fill.frame, nothing), levels);
    const std::optional<Reading> reading = read(shown, hole.parts, context.mark_key());
    return reading && reading->utc_seconds == context.utc_seconds();
}

double grey_difference_in(
    std::span<const std::byte> samples, const NativeImage& image, const Mask& mask, const FrameFill& fill
) {
    const Hole& hole = fill.hole.hole;
    const PixelSet hidden = hidden_of(mask, fill.frame, image);
    const PixelSet inside = both(pixels_of(hole, image.columns(), image.rows()), hidden);
    const Box box = surround_of(hole.bounds()).clipped_to(image.columns(), image.rows());
    const Planes shown = planes_of(samples, image, fill.frame, PixelSet{image.columns(), image.rows()});
    return grey_difference(part_of(shown, box), part_of(inside, box), part_of(hidden, box));
}

}  // namespace efface::pipeline
