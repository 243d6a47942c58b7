// JpegEditor: the quantised coefficients of a lossy JPEG stream of 8 bits, some blocks replaced, written as a
// stream again: every other coefficient, the quantisation tables, sampling and restart interval stay. Entropy
// coding is made anew. For what changes frames only: the gate compares with jpeg_coefficients.h.
// Thread rule: an object belongs to one thread.
#pragma once

#include "pipeline/codec/jpeg_coefficients.h"
#include "pipeline/codec/turbo_session.h"
#include "pipeline/picture/picture.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// Blocks [left, right) x [top, bottom) of one component.
struct BlockArea {
    JDIMENSION left = 0;
    JDIMENSION top = 0;
    JDIMENSION right = 0;
    JDIMENSION bottom = 0;
};

using JpegBlock = std::span<const std::int16_t, kJpegBlockCoefficients>;

class JpegEditor {
public:
    /// `frame` outlives it. Fault::kQuarantine: as read_dct_header(), or a stream that is broken.
    static Result<std::unique_ptr<JpegEditor>> open(
        std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric
    );

    JpegEditor(const JpegEditor&) = delete;
    JpegEditor& operator=(const JpegEditor&) = delete;

    JpegColour colour() const { return colour_; }

    std::size_t components() const { return header_.components; }

    /// Of the first coefficient of component `index`; 0: it has no table.
    std::int64_t first_step(std::size_t index);

    /// Of component `index`: the blocks of every minimum coded unit that the box touches.
    BlockArea area(std::size_t index, const Box& box);

    /// Replaces one block. Fault::kQuarantine: it cannot be reached.
    Status put(std::size_t index, JDIMENSION column, JDIMENSION row, JpegBlock block);

    /// `samples`, as decode_jpeg_dct() gives those of this stream, transformed and quantised as this stream
    /// is: another stream. Fault::kQuarantine: the library refuses, or a quantisation step is none that it
    /// can divide by (ISO/IEC 10918-1 B.2.4.1 has 1 to 255 in streams of 8 bits).
    Result<std::vector<std::byte>> encode_alike(std::span<const std::byte> samples);

    /// The edited stream; the object is of no use afterwards. Fault::kQuarantine: it cannot be written in the
    /// process that it came in, or would say its colour in another way.
    Result<std::vector<std::byte>> write();

private:
    JpegEditor(const JpegHeader& header, const SampleShape& shape, JpegColour colour)
        : header_{header}, shape_{shape}, colour_{colour}, unit_{jpeg_unit(header)} {}

    bool begin(std::span<const std::byte> frame);
    bool has_usable_steps();

    JpegHeader header_;
    SampleShape shape_;
    JpegColour colour_;
    JpegUnit unit_;
    TurboErrors errors_;
    TurboReader reader_{errors_};
    jvirt_barray_ptr* blocks_ = nullptr;
};

}  // namespace efface::pipeline
