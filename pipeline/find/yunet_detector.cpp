#include "pipeline/find/yunet_detector.h"

#include "pipeline/find/yunet_answer.h"

#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include <array>

namespace efface::pipeline {
namespace {

constexpr std::array<std::size_t, 3> kStrides{8, 16, 32};

/// What a layout names its outputs that are read.
std::vector<std::string> names_of_cells() {
    std::vector<std::string> names;
    for (const std::size_t stride : kStrides) {
        for (const char* kind : {"cls_", "obj_", "bbox_"}) {
            names.push_back(kind + std::to_string(stride));
        }
    }
    return names;
}

bool has_all(const std::vector<std::string>& outputs, const std::vector<std::string>& names) {
    return std::ranges::all_of(names, [&](const std::string& name) {
        return std::ranges::find(outputs, name) != outputs.end();
    });
}

Result<std::span<const float>> floats_of(const cv::Mat& output) {
    if (output.type() != CV_32F || !output.isContinuous()) {
        return fail(Fault::kRetry, "the site's YuNet network gave an answer of another kind");
    }
    return std::span{output.ptr<float>(), output.total()};
}

}  // namespace

struct YunetDetector::State {
    cv::dnn::Net net;
    std::vector<std::string> outputs;
    bool has_cells = false;
};

YunetDetector::YunetDetector(std::unique_ptr<State> state) : state_{std::move(state)} {}

YunetDetector::~YunetDetector() = default;

Result<std::unique_ptr<Detector>> YunetDetector::make(std::span<const std::byte> model) {
    try {
        auto state = std::make_unique<State>();
        state->net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(model.data()), model.size());
        state->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        state->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        const std::vector<std::string> outputs = state->net.getUnconnectedOutLayersNames();
        state->has_cells = has_all(outputs, names_of_cells());
        state->outputs = state->has_cells ? names_of_cells() : std::vector<std::string>{"loc", "conf", "iou"};
        if (!has_all(outputs, state->outputs)) {
            return fail(Fault::kHalt, "the site's face detector is neither TorchScript nor a YuNet network");
        }
        std::unique_ptr<YunetDetector> made{new YunetDetector{std::move(state)}};
        EFFACE_CHECK(made->check_itself());
        return std::unique_ptr<Detector>{std::move(made)};
    } catch (const std::exception&) {
        return fail(Fault::kHalt, "OpenCV does not take the site's face detector as a YuNet network");
    }
}

Result<std::vector<Detection>> YunetDetector::find(const PictureView& picture) {
    if (picture.columns > kSide || picture.rows > kSide || picture.columns == 0 || picture.rows == 0 ||
        picture.samples.size() != picture.columns * picture.rows * picture.channels) {
        return fail(Fault::kQuarantine, "a picture has a shape that is not searched for faces");
    }
    try {
        const cv::Mat given{
            static_cast<int>(picture.rows), static_cast<int>(picture.columns),
            picture.channels == 3 ? CV_8UC3 : CV_8UC1, const_cast<std::uint8_t*>(picture.samples.data())};
        cv::Mat canvas = cv::Mat::zeros(kSide, kSide, CV_8UC3);
        // Trained on B, G, R from 0 to 255.
        cv::cvtColor(
            given, canvas(cv::Rect{0, 0, given.cols, given.rows}),
            picture.channels == 3 ? cv::COLOR_RGB2BGR : cv::COLOR_GRAY2BGR
        );
        state_->net.setInput(cv::dnn::blobFromImage(canvas));
        std::vector<cv::Mat> outputs;
        state_->net.forward(outputs, state_->outputs);
        std::vector<std::span<const float>> values;
        for (const cv::Mat& output : outputs) {
            EFFACE_TRY(const std::span<const float> floats, floats_of(output));
            values.push_back(floats);
        }
        if (!state_->has_cells) {
            return faces_of(YunetPriors{values.at(0), values.at(1), values.at(2)}, kSide);
        }
        std::vector<YunetCells> cells;
        for (std::size_t i = 0; i < kStrides.size(); ++i) {
            cells.push_back({kStrides[i], values.at(3 * i), values.at(3 * i + 1), values.at(3 * i + 2)});
        }
        return faces_of(cells, kSide);
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "OpenCV failed in the search for faces");
    }
}

/// An answer of the layout's size, of numbers, for any picture.
Status YunetDetector::check_itself() {
    Picture noise{kSide, kSide, 3};
    std::uint32_t state = 1;
    for (std::uint8_t& sample : noise.samples) {
        state = state * 1664525U + 1013904223U;
        sample = static_cast<std::uint8_t>(state >> 24U);
    }
    const auto found = find(noise.view());
    if (!found) {
        return fail(Fault::kHalt, "the site's face detector gives no answer that a YuNet network gives");
    }
    return {};
}

}  // namespace efface::pipeline
