#include "pipeline/find/text_self_test.h"

#include "pipeline/find/text_map.h"
#include "pipeline/find/tiling.h"

#include <opencv2/imgproc.hpp>

#include <array>
#include <string>

namespace efface::pipeline {
namespace {

/// Of 640 x 480 with its margin, and turned.
constexpr std::array kTestedShapes{TileShape{672, 512}, TileShape{512, 672}};

struct Planted {
    Picture tile;
    Box text;
};

Planted plant(const TileShape& shape) {
    Planted made{{static_cast<std::size_t>(shape.columns), static_cast<std::size_t>(shape.rows), 3}, {}};
    cv::Mat tile{
        static_cast<int>(shape.rows), static_cast<int>(shape.columns), CV_8UC3, made.tile.samples.data()};
    tile.setTo(cv::Scalar::all(40));
    const std::string text = "TEST 1970";
    const double scale = 0.6;
    int below = 0;
    const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, 1, &below);
    const cv::Point at{(tile.cols - size.width) / 2, (tile.rows + size.height) / 2};
    cv::putText(tile, text, at, cv::FONT_HERSHEY_SIMPLEX, scale, cv::Scalar::all(200), 1, cv::LINE_AA);
    made.text = {at.x, at.y - size.height, at.x + size.width, at.y};
    return made;
}

Status check_shape(TextNetwork& network, const TileShape& shape) {
    const Planted planted = plant(shape);
    EFFACE_TRY(const std::vector<Detection> found, lines_of(planted.tile.view(), network));
    if (found.size() != 1) {
        return fail(
            Fault::kHalt,
            "the text detector does not find planted text as one line: its model or LibTorch is unfit"
        );
    }
    const Box& box = found.front().box;
    const Box& text = planted.text;
    const bool covers = box.left <= text.left + 2 && box.top <= text.top + 2 && box.right >= text.right - 2 &&
                        box.bottom >= text.bottom - 2;
    if (!covers || box.area() > 6 * text.area()) {
        return fail(
            Fault::kHalt, "the text detector finds planted text elsewhere: its model or LibTorch is unfit"
        );
    }
    return {};
}

}  // namespace

Result<std::vector<Detection>> lines_of(const PictureView& tile, TextNetwork& network) {
    EFFACE_TRY(const std::vector<float> map, network.map_of(tile));
    if (map.size() != tile.columns * tile.rows) {
        return fail(Fault::kRetry, "the text detector's network gave no map of its tile");
    }
    return boxes_of({map, static_cast<int>(tile.columns), static_cast<int>(tile.rows)});
}

Status check_text_network(TextNetwork& network) {
    for (const TileShape& shape : kTestedShapes) {
        EFFACE_CHECK(check_shape(network, shape));
    }
    return {};
}

}  // namespace efface::pipeline
