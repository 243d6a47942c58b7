#include "pipeline/inference/picture_turn.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace efface::pipeline {
namespace {

constexpr std::uint8_t kBeyond = 128;

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

std::int64_t floor_of(double value) {
    const auto towards_zero = static_cast<std::int64_t>(value);
    return towards_zero - (static_cast<double>(towards_zero) > value ? 1 : 0);
}

/// The samples at a place given in steps from the centre of the first pixel, from the four pixels about it.
void interpolate(const PictureView& picture, Point at, std::uint8_t* out) {
    const std::int64_t x = floor_of(at.x);
    const std::int64_t y = floor_of(at.y);
    const auto columns = static_cast<std::int64_t>(picture.columns);
    const auto rows = static_cast<std::int64_t>(picture.rows);
    if (x < -1 || y < -1 || x >= columns || y >= rows) {
        std::fill_n(out, picture.channels, kBeyond);
        return;
    }
    const double right = at.x - static_cast<double>(x);
    const double lower = at.y - static_cast<double>(y);
    for (std::size_t channel = 0; channel < picture.channels; ++channel) {
        const auto value = [&](std::int64_t column, std::int64_t row) -> double {
            const bool inside = column >= 0 && row >= 0 && column < columns && row < rows;
            return inside
                       ? picture.at(static_cast<std::size_t>(column), static_cast<std::size_t>(row), channel)
                       : kBeyond;
        };
        const double above = value(x, y) * (1 - right) + value(x + 1, y) * right;
        const double below = value(x, y + 1) * (1 - right) + value(x + 1, y + 1) * right;
        out[channel] = static_cast<std::uint8_t>(above * (1 - lower) + below * lower + 0.5);
    }
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

/// By quarters every pixel of the canvas is one of the picture: what interpolation gives too, ten times as
/// quick.
Picture PictureTurn::apply_quarters(const PictureView& picture) const {
    Picture canvas{canvas_columns_, canvas_rows_, picture.channels};
    std::uint8_t* out = canvas.samples.data();
    const auto across = static_cast<std::int64_t>(cosine_);
    const auto down = static_cast<std::int64_t>(-sine_);
    for (std::size_t row = 0; row < canvas_rows_; ++row) {
        const Point start = back({0.5, static_cast<double>(row) + 0.5});
        const std::int64_t first_x = floor_of(start.x);
        const std::int64_t first_y = floor_of(start.y);
        for (std::int64_t column = 0; column < static_cast<std::int64_t>(canvas_columns_); ++column) {
            const auto x = static_cast<std::size_t>(first_x + across * column);
            const auto y = static_cast<std::size_t>(first_y + down * column);
            out = std::copy_n(&picture.samples[(y * columns_ + x) * picture.channels], picture.channels, out);
        }
    }
    return canvas;
}

Picture PictureTurn::apply(const PictureView& picture) const {
    EFFACE_ASSERT(picture.columns == columns_ && picture.rows == rows_);
    if (cosine_ == 0 || sine_ == 0) {
        return apply_quarters(picture);
    }
    Picture canvas{canvas_columns_, canvas_rows_, picture.channels};
    std::uint8_t* out = canvas.samples.data();
    for (std::size_t row = 0; row < canvas_rows_; ++row) {
        // Samples stand for pixel centres.
        const Point start = back({0.5, static_cast<double>(row) + 0.5});
        for (std::size_t column = 0; column < canvas_columns_; ++column) {
            const double x = start.x + cosine_ * static_cast<double>(column);
            const double y = start.y - sine_ * static_cast<double>(column);
            interpolate(picture, {x - 0.5, y - 0.5}, out);
            out += picture.channels;
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
