// YunetDetector: upright faces by a YuNet file of the site's own, run by OpenCV. Both published layouts are
// read: cells of three strides with cls, obj and bbox (2023), and priors of four with loc, conf and iou
// (2022). Pictures of up to kSide pixels a side: RotatingDetector turns and tiles them. One input shape for
// ever, as text_net.h says why. Thread rule: an object belongs to one thread; it makes none. It opens no
// file.
#pragma once

#include "pipeline/picture/detector.h"

#include <memory>
#include <span>

namespace efface::pipeline {

class YunetDetector : public Detector {
public:
    static constexpr std::size_t kSide = 640;

    /// From the bytes of an ONNX file, once a TextDetector is loaded: it settles OpenCV for the process.
    /// Fault::kHalt where it is no YuNet, or gives no answer of its layout. That it sees faces is not tested:
    /// no picture of one is at hand.
    static Result<std::unique_ptr<Detector>> make(std::span<const std::byte> model);

    ~YunetDetector() override;

    Result<std::vector<Detection>> find(const PictureView& picture) override;

private:
    struct State;
    explicit YunetDetector(std::unique_ptr<State> state);
    Status check_itself();

    std::unique_ptr<State> state_;
};

}  // namespace efface::pipeline
