#include "pipeline/pixel/cine.h"

#include <algorithm>
#include <vector>

namespace efface::pipeline {

bool is_cine(const NativeImage& image, const rules::PixelIdentity& identity) {
    const bool one_scene =
        identity.kind == rules::ImageKind::kUltrasound || identity.kind == rules::ImageKind::kFluoroscopy;
    return one_scene && image.frame_count() >= kCineFramesMin;
}

std::uint64_t cine_face_step(const NativeImage& image) {
    return (image.frame_count() + kCineFaceFramesMax - 1) / kCineFaceFramesMax;
}

FrameWindow text_window(const NativeImage& image, const rules::PixelIdentity& identity) {
    const std::uint64_t count = image.frame_count();
    return {count, count, is_cine(image, identity) ? kCineNeighbours : kSingleNeighbours};
}

FrameWindow face_window(const NativeImage& image, const rules::PixelIdentity& identity) {
    if (!is_cine(image, identity)) {
        return text_window(image, identity);
    }
    const std::uint64_t step = cine_face_step(image);
    const std::uint64_t count = image.frame_count();
    return {count, (count + step - 1) / step, std::max(step, kCineNeighbours)};
}

std::array<Picture, 3> projections(
    const NativeImage& image, std::span<const std::byte> samples, std::span<const std::byte> like
) {
    Picture most = image.picture(samples, 0, like);
    Picture least = most;
    std::vector<std::uint64_t> sums(most.samples.begin(), most.samples.end());
    for (std::uint64_t frame = 1; frame < image.frame_count(); ++frame) {
        const Picture picture = image.picture(samples, frame, like);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::uint8_t value = picture.samples[i];
            most.samples[i] = std::max(most.samples[i], value);
            least.samples[i] = std::min(least.samples[i], value);
            sums[i] += value;
        }
    }
    Picture mean = most;
    std::ranges::transform(sums, mean.samples.begin(), [&](std::uint64_t sum) {
        return static_cast<std::uint8_t>((sum + image.frame_count() / 2) / image.frame_count());
    });
    return {std::move(mean), std::move(most), std::move(least)};
}

Picture halved(const PictureView& picture) {
    Picture half{
        std::max<std::size_t>(1, picture.columns / 2), std::max<std::size_t>(1, picture.rows / 2),
        picture.channels};
    const std::size_t right = picture.columns > 1 ? 1 : 0;
    const std::size_t below = picture.rows > 1 ? 1 : 0;
    auto out = half.samples.begin();
    for (std::size_t y = 0; y < half.rows; ++y) {
        for (std::size_t x = 0; x < half.columns; ++x) {
            for (std::size_t channel = 0; channel < picture.channels; ++channel) {
                const unsigned sum = picture.at(2 * x, 2 * y, channel) +
                                     picture.at(2 * x + right, 2 * y, channel) +
                                     picture.at(2 * x, 2 * y + below, channel) +
                                     picture.at(2 * x + right, 2 * y + below, channel);
                *out++ = static_cast<std::uint8_t>((sum + 2) / 4);
            }
        }
    }
    return half;
}

Box doubled(const Box& box) {
    return {2 * box.left, 2 * box.top, 2 * box.right, 2 * box.bottom};
}

}  // namespace efface::pipeline
