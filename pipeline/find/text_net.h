// TextNet: the text detector's network for tiles of one shape. In OpenCV 4.6 a network whose input changes
// its shape may find nothing ever after, and says so to nobody: an object here never sees a second shape, and
// none is handed out before it has found text that was planted for it. Thread rule: an object belongs to one
// thread. Exceptions of OpenCV leave this folder's door as errors (text_detector.cpp), not this class's.
#pragma once

#include "pipeline/find/tiling.h"
#include "pipeline/picture/detector.h"

#include <memory>
#include <span>
#include <vector>

namespace efface::pipeline {

class TextNet {
public:
    /// From the bytes of an ONNX file. Fault::kHalt where it does not find planted text.
    static Result<TextNet> make(std::span<const std::byte> model, const TileShape& shape);

    ~TextNet();
    TextNet(TextNet&&) noexcept;
    TextNet& operator=(TextNet&&) noexcept;

    const TileShape& shape() const { return shape_; }

    /// The lines of text of an RGB tile of that shape.
    Result<std::vector<Detection>> find(const PictureView& tile);

private:
    struct State;
    TextNet(std::unique_ptr<State> state, const TileShape& shape);
    Status check_itself();

    std::unique_ptr<State> state_;
    TileShape shape_;
};

}  // namespace efface::pipeline
