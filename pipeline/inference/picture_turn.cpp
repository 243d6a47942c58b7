#include "pipeline/inference/picture_turn.h"

#include <cmath>
#include <numbers>

namespace efface::pipeline {
namespace {

constexpr double kBeyond = 128;

double exact_cosine(int degrees) {
    const int within = ((degrees % 360) + 360) % 360;
    if (within % 90 == 0) {
        return within == 0 ? 1 : within == 180 ? -1 : 0;
    }
    return std::cos(within * std::numbers::pi / 180);
}

// Rounding noise must not add a row that holds nothing.
std::size_t canvas_length(double length) {
    return static_cast<std::size_t>(std::ceil(length - 1e-9));
}

}  // namespace

PictureTurn::PictureTurn(std::size_t columns, std::size_t rows, int degrees)
    : columns_{columns}, rows_{rows}, cosine_{exact_cosine(degrees)}, sine_{exact_cosine(degrees - 90)} {
    EFFACE_ASSERT(columns > 0 && rows > 0);
    const auto width = static_cast<double>(columns);
    const auto height = static_cast<double>(rows);
    canvas_columns_ = canvas_length(width * std::abs(cosine_) + height * std::abs(sine_));
    canvas_rows_ = canvas_length(width * std::abs(sine_) + height * std::abs(cosine_));
}

Point PictureTurn::back(Point canvas) const {
    const double x = canvas.x - static_cast<double>(canvas_columns_) / 2;
    const double y = canvas.y - static_cast<double>(canvas_rows_) / 2;
    return {
        cosine_ * x + sine_ * y + static_cast<double>(columns_) / 2,
        cosine_ * y - sine_ * x + static_cast<double>(rows_) / 2};
}

Point PictureTurn::forth(Point picture) const {
    const double x = picture.x - static_cast<double>(columns_) / 2;
    const double y = picture.y - static_cast<double>(rows_) / 2;
    return {
        cosine_ * x - sine_ * y + static_cast<double>(canvas_columns_) / 2,
        cosine_ * y + sine_ * x + static_cast<double>(canvas_rows_) / 2};
}

Extent PictureTurn::back_ellipse(const Box& canvas) const {
    const double half_width = static_cast<double>(canvas.width()) / 2;
    const double half_height = static_cast<double>(canvas.height()) / 2;
    const Point centre =
        back({static_cast<double>(canvas.left) + half_width, static_cast<double>(canvas.top) + half_height});
    const double across = std::hypot(half_width * cosine_, half_height * sine_);
    const double down = std::hypot(half_width * sine_, half_height * cosine_);
    return {centre.x - across, centre.y - down, centre.x + across, centre.y + down};
}

Picture PictureTurn::apply(const PictureView& picture) const {
    EFFACE_ASSERT(picture.columns == columns_ && picture.rows == rows_);
    Picture canvas{canvas_columns_, canvas_rows_, picture.channels};
    const auto value = [&](std::int64_t x, std::int64_t y, std::size_t channel) {
        const bool inside = x >= 0 && y >= 0 && x < static_cast<std::int64_t>(columns_) &&
                            y < static_cast<std::int64_t>(rows_);
        return inside ? picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y), channel)
                      : kBeyond;
    };
    std::size_t out = 0;
    for (std::size_t row = 0; row < canvas_rows_; ++row) {
        for (std::size_t column = 0; column < canvas_columns_; ++column) {
            // Samples stand for pixel centres.
            const Point at = back({static_cast<double>(column) + 0.5, static_cast<double>(row) + 0.5});
            const double left = std::floor(at.x - 0.5);
            const double top = std::floor(at.y - 0.5);
            const double right_share = at.x - 0.5 - left;
            const double lower_share = at.y - 0.5 - top;
            const auto x = static_cast<std::int64_t>(left);
            const auto y = static_cast<std::int64_t>(top);
            for (std::size_t channel = 0; channel < picture.channels; ++channel) {
                const double upper =
                    value(x, y, channel) * (1 - right_share) + value(x + 1, y, channel) * right_share;
                const double lower =
                    value(x, y + 1, channel) * (1 - right_share) + value(x + 1, y + 1, channel) * right_share;
                canvas.samples[out++] =
                    static_cast<std::uint8_t>(std::lround(upper * (1 - lower_share) + lower * lower_share));
            }
        }
    }
    return canvas;
}

Picture shrunk(const PictureView& picture, const Box& part, std::size_t columns, std::size_t rows) {
    EFFACE_ASSERT(!part.empty() && part == part.clipped_to(picture.columns, picture.rows));
    EFFACE_ASSERT(
        columns > 0 && rows > 0 && columns <= static_cast<std::size_t>(part.width()) &&
        rows <= static_cast<std::size_t>(part.height())
    );
    const auto edge = [](std::int64_t start, std::int64_t length, std::size_t i, std::size_t count) {
        return static_cast<std::size_t>(start) + static_cast<std::size_t>(length) * i / count;
    };
    Picture small{columns, rows, picture.channels};
    std::size_t out = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t top = edge(part.top, part.height(), row, rows);
        const std::size_t bottom = edge(part.top, part.height(), row + 1, rows);
        for (std::size_t column = 0; column < columns; ++column) {
            const std::size_t left = edge(part.left, part.width(), column, columns);
            const std::size_t right = edge(part.left, part.width(), column + 1, columns);
            const std::uint64_t count = (right - left) * (bottom - top);
            for (std::size_t channel = 0; channel < picture.channels; ++channel) {
                std::uint64_t sum = 0;
                for (std::size_t y = top; y < bottom; ++y) {
                    for (std::size_t x = left; x < right; ++x) {
                        sum += picture.at(x, y, channel);
                    }
                }
                small.samples[out++] = static_cast<std::uint8_t>((sum + count / 2) / count);
            }
        }
    }
    return small;
}

}  // namespace efface::pipeline
