#include "pipeline/evaluate/case_views.h"

#include "config/assert.h"
#include "pipeline/enhance/region.h"
#include "pipeline/picture/png.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr int kCell = 256;
constexpr int kGap = 6;
constexpr int kHead = 30;   // Above the columns.
constexpr int kLabel = 22;  // Above each row.
constexpr double kLetters = 0.5;
const cv::Scalar kPaper{255, 255, 255};
const cv::Scalar kInk{0, 0, 0};

/// A view that shares the picture's samples, which it only reads.
cv::Mat view_of(const Picture& picture) {
    return cv::Mat{
        static_cast<int>(picture.rows), static_cast<int>(picture.columns),
        picture.channels == 3 ? CV_8UC3 : CV_8UC1, const_cast<std::uint8_t*>(picture.samples.data())};
}

Picture picture_of(const cv::Mat& mat) {
    Picture out{
        static_cast<std::size_t>(mat.cols), static_cast<std::size_t>(mat.rows),
        static_cast<std::size_t>(mat.channels())};
    for (int y = 0; y < mat.rows; ++y) {
        const std::size_t row_bytes = out.columns * out.channels;
        std::copy_n(
            mat.ptr(y), row_bytes,
            out.samples.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * row_bytes)
        );
    }
    return out;
}

void write(cv::Mat& sheet, std::string_view text, int x, int y) {
    cv::putText(sheet, std::string{text}, {x, y}, cv::FONT_HERSHEY_SIMPLEX, kLetters, kInk, 1, cv::LINE_AA);
}

}  // namespace

Picture shown_picture(const Planes& planes, const ToneRange& range) {
    constexpr float kWhite = 255;
    Picture out{planes.columns, planes.rows, planes.channels};
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto plane = planes.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            out.samples[i * planes.channels + channel] =
                static_cast<std::uint8_t>(std::lround((range.to_unit(plane[i]) + 1) / 2 * kWhite));
        }
    }
    return out;
}

Picture grid_cell(const Picture& picture, const Box& bounds) {
    const Box shown = surround_of(bounds).clipped_to(picture.columns, picture.rows);
    const cv::Rect part{
        static_cast<int>(shown.left), static_cast<int>(shown.top), static_cast<int>(shown.width()),
        static_cast<int>(shown.height())};
    const double scale = static_cast<double>(kCell) / std::max(part.width, part.height);
    const cv::Size size{
        std::max(1, static_cast<int>(std::lround(part.width * scale))),
        std::max(1, static_cast<int>(std::lround(part.height * scale)))};
    cv::Mat scaled;
    cv::resize(view_of(picture)(part), scaled, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
    return picture_of(scaled);
}

Result<std::string> grid_png(const std::vector<std::string_view>& titles, const std::vector<GridRow>& rows) {
    const int across = kGap + static_cast<int>(titles.size()) * (kCell + kGap);
    const int down = kHead + static_cast<int>(rows.size()) * (kLabel + kCell + kGap);
    cv::Mat sheet{down, across, CV_8UC3, kPaper};
    for (std::size_t column = 0; column < titles.size(); ++column) {
        write(sheet, titles[column], kGap + static_cast<int>(column) * (kCell + kGap), kHead - 9);
    }
    int top = kHead;
    for (const GridRow& row : rows) {
        EFFACE_ASSERT(row.columns.size() == titles.size());
        write(sheet, row.label, kGap, top + kLabel - 7);
        top += kLabel;
        for (std::size_t column = 0; column < row.columns.size(); ++column) {
            cv::Mat cell = view_of(row.columns[column]);
            cv::Mat coloured = cell;
            if (cell.channels() == 1) {
                cv::cvtColor(cell, coloured, cv::COLOR_GRAY2RGB);
            }
            const cv::Rect place{
                kGap + static_cast<int>(column) * (kCell + kGap) + (kCell - coloured.cols) / 2,
                top + (kCell - coloured.rows) / 2, coloured.cols, coloured.rows};
            coloured.copyTo(sheet(place));
        }
        top += kCell + kGap;
    }
    return encode_png(picture_of(sheet).view());
}

}  // namespace efface::pipeline
