#include "tests/unit/pipeline/find/planted_text.h"

#include <opencv2/imgproc.hpp>

#include <array>
#include <cmath>
#include <map>
#include <random>

namespace efface::testing {
namespace {

using pipeline::Picture;

using Glyph = std::array<std::uint8_t, 7>;  // Rows of five pixels, the leftmost is the highest bit.

const std::map<char, Glyph>& glyphs() {
    static const std::map<char, Glyph> all{
        {'A', {0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11}},
        {'D', {0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E}},
        {'E', {0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F}},
        {'J', {0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C}},
        {'N', {0x11, 0x19, 0x15, 0x15, 0x15, 0x13, 0x11}},
        {'O', {0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E}},
        {'0', {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E}},
        {'1', {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E}},
        {'7', {0x1F, 0x01, 0x02, 0x04, 0x04, 0x04, 0x04}},
        {'9', {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x01, 0x0E}},
        {' ', {0, 0, 0, 0, 0, 0, 0}}};
    return all;
}

/// Letters as an old display draws them: blocks without grey levels, the height rounded to whole blocks.
cv::Mat bitmap_letters(const std::string& text, int height) {
    cv::Mat small{7, static_cast<int>(text.size()) * 6 - 1, CV_8U, cv::Scalar{0}};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const Glyph& glyph = glyphs().at(text[i]);
        for (int y = 0; y < 7; ++y) {
            for (int x = 0; x < 5; ++x) {
                const bool ink = ((glyph[static_cast<std::size_t>(y)] >> (4 - x)) & 1) != 0;
                small.at<std::uint8_t>(y, static_cast<int>(i) * 6 + x) = ink ? 255 : 0;
            }
        }
    }
    cv::Mat blocks;
    const int block = std::max(1, (height + 3) / 7);
    cv::resize(small, blocks, cv::Size{}, block, block, cv::INTER_NEAREST);
    return blocks;
}

cv::Mat drawn_letters(const std::string& text, int height, int font, int line) {
    const int thickness = std::max(1, height / 12);
    const double scale = cv::getFontScaleFromHeight(font, height, thickness);
    int below = 0;
    const cv::Size size = cv::getTextSize(text, font, scale, thickness, &below);
    cv::Mat drawn{size.height + 2 * below + 8, size.width + 8, CV_8U, cv::Scalar{0}};
    cv::putText(drawn, text, {4, size.height + below}, font, scale, 255, thickness, line);
    cv::Mat ink;
    cv::findNonZero(drawn, ink);
    return drawn(cv::boundingRect(ink)).clone();
}

cv::Mat letters_of(const Plan& plan) {
    cv::Mat letters;
    switch (plan.look) {
        case Look::kBitmap:
            letters = bitmap_letters(plan.text, plan.height);
            break;
        case Look::kStrokes:
            letters = drawn_letters(plan.text, plan.height, cv::FONT_HERSHEY_SIMPLEX, cv::LINE_AA);
            break;
        case Look::kSerifs:
            letters = drawn_letters(plan.text, plan.height, cv::FONT_HERSHEY_COMPLEX, cv::LINE_8);
            break;
    }
    for (int turn = 0; turn < plan.quarter_turns; ++turn) {
        cv::Mat turned;
        cv::rotate(letters, turned, cv::ROTATE_90_CLOCKWISE);
        letters = turned;
    }
    return letters;
}

double ellipses_at(double x, double y) {
    double sum = 12.0;
    for (const auto& [cx, cy, rx, ry, level] :
         {std::tuple{0.5, 0.5, 0.42, 0.46, 70.0},
          {0.5, 0.5, 0.38, 0.42, 30.0},
          {0.35, 0.45, 0.11, 0.2, -60.0},
          {0.65, 0.45, 0.11, 0.2, -60.0},
          {0.5, 0.72, 0.06, 0.05, 90.0}}) {
        const double inside = std::hypot((x - cx) / rx, (y - cy) / ry);
        sum += level / (1.0 + std::exp(40.0 * (inside - 1.0)));
    }
    return sum;
}

}  // namespace

Picture background(Background kind, std::size_t columns, std::size_t rows, std::uint32_t seed) {
    Picture made{columns, rows, 1};
    std::mt19937 random{seed};
    const double sigma = kind == Background::kNoise ? 6.0 : 1.5;
    for (std::size_t y = 0; y < rows; ++y) {
        for (std::size_t x = 0; x < columns; ++x) {
            const double across = static_cast<double>(x) / static_cast<double>(columns);
            const double down = static_cast<double>(y) / static_cast<double>(rows);
            double level = 90.0;
            if (kind == Background::kSlope) {
                level = 20.0 + 100.0 * across + 50.0 * down;
            } else if (kind == Background::kEllipses) {
                level = ellipses_at(across, down);
            }
            // A sum of four uniforms is normal enough, and the same with every standard library.
            double noise = -2.0;
            for (int i = 0; i < 4; ++i) {
                noise += static_cast<double>(random()) / 4294967296.0;
            }
            made.samples[y * columns + x] = cv::saturate_cast<std::uint8_t>(level + sigma * 1.73 * noise);
        }
    }
    made.samples.front() = 0;
    made.samples.back() = 255;
    return made;
}

Planted plant(Picture& picture, const Plan& plan) {
    const cv::Mat letters = letters_of(plan);
    EFFACE_ASSERT(plan.left >= 0 && plan.top >= 0 && picture.channels == 1);
    EFFACE_ASSERT(static_cast<std::size_t>(plan.left + letters.cols) <= picture.columns);
    EFFACE_ASSERT(static_cast<std::size_t>(plan.top + letters.rows) <= picture.rows);
    cv::Mat whole{
        static_cast<int>(picture.rows), static_cast<int>(picture.columns), CV_8UC1, picture.samples.data()};
    cv::Mat part = whole(cv::Rect{plan.left, plan.top, letters.cols, letters.rows});
    cv::Mat ink;
    letters.convertTo(ink, CV_8U, plan.contrast_percent / 100.0);
    const bool room = cv::mean(part)[0] + 2.55 * plan.contrast_percent <= 260.0 || cv::mean(part)[0] < 128.0;
    part = room ? part + ink : part - ink;
    return {
        {plan.left, plan.top, plan.left + letters.cols, plan.top + letters.rows},
        {letters.datastart, letters.dataend}};
}

}  // namespace efface::testing
