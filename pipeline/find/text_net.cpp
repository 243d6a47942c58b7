#include "pipeline/find/text_net.h"

#include "pipeline/find/text_map.h"

#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

namespace efface::pipeline {
namespace {

/// The network was trained on samples from -1 to 1.
constexpr double kSampleCentre = 127.5;

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

}  // namespace

struct TextNet::State {
    cv::dnn::Net net;
};

TextNet::TextNet(std::unique_ptr<State> state, const TileShape& shape)
    : state_{std::move(state)}, shape_{shape} {}

TextNet::~TextNet() = default;
TextNet::TextNet(TextNet&&) noexcept = default;
TextNet& TextNet::operator=(TextNet&&) noexcept = default;

Result<TextNet> TextNet::make(std::span<const std::byte> model, const TileShape& shape) {
    auto state = std::make_unique<State>();
    state->net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(model.data()), model.size());
    state->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    state->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    TextNet made{std::move(state), shape};
    EFFACE_CHECK(made.check_itself());
    return made;
}

Result<std::vector<Detection>> TextNet::find(const PictureView& tile) {
    const auto columns = static_cast<int>(shape_.columns);
    const auto rows = static_cast<int>(shape_.rows);
    EFFACE_ASSERT(
        std::cmp_equal(tile.columns, columns) && std::cmp_equal(tile.rows, rows) && tile.channels == 3
    );
    EFFACE_ASSERT(tile.samples.size() == tile.columns * tile.rows * 3);
    const cv::Mat samples{rows, columns, CV_8UC3, const_cast<std::uint8_t*>(tile.samples.data())};
    // Trained on B, G, R.
    const cv::Mat input = cv::dnn::blobFromImage(
        samples, 1.0 / kSampleCentre, cv::Size{}, cv::Scalar::all(kSampleCentre), true, false
    );
    state_->net.setInput(input);
    const cv::Mat output = state_->net.forward();
    const bool is_map = output.dims == 4 && output.type() == CV_32F && output.size[0] == 1 &&
                        output.size[1] == 1 && output.size[2] == rows && output.size[3] == columns;
    if (!is_map || !cv::checkRange(output.reshape(1, rows), true, nullptr, 0.0, 1.0 + 1e-6)) {
        return fail(Fault::kRetry, "the text detector's network gave no map of its tile");
    }
    return boxes_of({{output.ptr<float>(), tile.columns * tile.rows}, columns, rows});
}

/// The planted text is covered and nothing far from it: a net that calls everything text would pass as well.
Status TextNet::check_itself() {
    const Planted planted = plant(shape_);
    EFFACE_TRY(const std::vector<Detection> found, find(planted.tile.view()));
    if (found.size() != 1) {
        return fail(
            Fault::kHalt,
            "the text detector does not find planted text as one line: its model or OpenCV is unfit"
        );
    }
    const Box& box = found.front().box;
    const Box& text = planted.text;
    const bool covers = box.left <= text.left + 2 && box.top <= text.top + 2 && box.right >= text.right - 2 &&
                        box.bottom >= text.bottom - 2;
    if (!covers || box.area() > 6 * text.area()) {
        return fail(
            Fault::kHalt, "the text detector finds planted text elsewhere: its model or OpenCV is unfit"
        );
    }
    return {};
}

}  // namespace efface::pipeline
