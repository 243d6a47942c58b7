// LineReader: reads one short line of burned-in capitals. Reading spares an allowed marker (L, AP) of what
// was found and would be blackened; that nothing is read never says that a picture is clean. Thread rule: an
// object belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <string>

namespace efface::pipeline {

class LineReader {
public:
    virtual ~LineReader() = default;
    /// The letters in `line` and close around it, where every stroke there is read with confidence as one
    /// upright word; empty where not. Fault::kRetry: the reader failed.
    virtual Result<std::string> read(const PictureView& picture, const Box& line) = 0;
};

}  // namespace efface::pipeline
