#include "pipeline/inference/area_sampler.h"

namespace efface::pipeline {
namespace {

/// The pixels under sample `i` of `count` over `length` pixels: all that it touches.
struct Stretch {
    std::int64_t from;
    std::int64_t to;
};

std::vector<Stretch> stretches(std::int64_t start, std::int64_t length, std::size_t count) {
    const auto parts = static_cast<std::int64_t>(count);
    std::vector<Stretch> out(count);
    for (std::int64_t i = 0; i < parts; ++i) {
        out[static_cast<std::size_t>(i)] = {
            start + i * length / parts, start + ((i + 1) * length + parts - 1) / parts};
    }
    return out;
}

}  // namespace

AreaSampler::AreaSampler(const PictureView& picture)
    : columns_{picture.columns}, rows_{picture.rows}, channels_{picture.channels} {
    EFFACE_ASSERT(columns_ > 0 && rows_ > 0 && rows_ <= kPixelsMax / columns_);
    EFFACE_ASSERT(picture.samples.size() == columns_ * rows_ * channels_);
    const std::size_t stride = columns_ + 1;
    sums_.resize(stride * (rows_ + 1) * channels_);
    for (std::size_t channel = 0; channel < channels_; ++channel) {
        std::uint32_t* sums = sums_.data() + stride * (rows_ + 1) * channel;
        for (std::size_t y = 0; y < rows_; ++y) {
            std::uint32_t row = 0;
            for (std::size_t x = 0; x < columns_; ++x) {
                row += picture.at(x, y, channel);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
    }
}

std::uint32_t AreaSampler::sum(std::size_t channel, const Box& box) const {
    const Box inside = box.clipped_to(columns_, rows_);
    const std::size_t stride = columns_ + 1;
    const std::uint32_t* sums = sums_.data() + stride * (rows_ + 1) * channel;
    const auto at = [&](std::int64_t x, std::int64_t y) {
        return sums[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)];
    };
    // Differences modulo 2^32 are right, since the result fits.
    return at(inside.right, inside.bottom) - at(inside.left, inside.bottom) - at(inside.right, inside.top) +
           at(inside.left, inside.top);
}

void AreaSampler::sample(const Box& box, std::size_t columns, std::size_t rows, std::span<float> planes)
    const {
    EFFACE_ASSERT(!box.empty() && planes.size() == columns * rows * kPlanes);
    const std::vector<Stretch> across = stretches(box.left, box.width(), columns);
    const std::vector<Stretch> down = stretches(box.top, box.height(), rows);
    for (std::size_t channel = 0; channel < kPlanes; ++channel) {
        float* out = planes.data() + channel * columns * rows;
        if (channel >= channels_) {
            std::copy_n(planes.data(), columns * rows, out);
            continue;
        }
        for (const Stretch& y : down) {
            for (const Stretch& x : across) {
                const Box under{x.from, y.from, x.to, y.to};
                *out++ = static_cast<float>(sum(channel, under)) / static_cast<float>(under.area());
            }
        }
    }
}

}  // namespace efface::pipeline
