// TesseractReader: reads one line of capitals with Tesseract (its LSTM network, English), in two sizes.
// Thread rule: an object belongs to one thread; it makes none. It opens no file.
#pragma once

#include "pipeline/picture/line_reader.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// Where Debian's package tesseract-ocr-eng has it, and that package's file.
inline constexpr std::string_view kReaderModelPath = "/usr/share/tesseract-ocr/5/tessdata/eng.traineddata";
inline constexpr std::string_view kReaderModelSha256 =
    "7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2";

class TesseractReader : public LineReader {
public:
    /// From the bytes of that file. Fault::kHalt where it does not read what is planted for it.
    static Result<std::unique_ptr<LineReader>> make(std::span<const std::byte> model);

    ~TesseractReader() override;

    Result<std::string> read(const PictureView& picture, const Box& line) override;

private:
    struct State;
    explicit TesseractReader(std::unique_ptr<State> state);
    /// The same letters of the same picture in one height; empty where one is not sure.
    Result<std::string> read_at(const Picture& letters, std::size_t strokes, std::size_t height);
    Status check_itself();

    std::unique_ptr<State> state_;
};

}  // namespace efface::pipeline
