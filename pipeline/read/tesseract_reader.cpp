#include "pipeline/read/tesseract_reader.h"

#include "pipeline/read/line_ink.h"

#include <array>
#include <cmath>
#include <omp.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

namespace efface::pipeline {
namespace {

/// Of 100, for every letter.
constexpr float kConfidenceMin = 90.0F;
/// The letters' heights in which a line is read: that of print at 300 dots an inch, and enlarged.
constexpr std::array<std::size_t, 2> kHeights{32, 48};
constexpr std::size_t kWhite = 20;

/// A confined worker may make no thread, and Tesseract asks OpenMP for four by number: no region is parallel
/// while this lives. Nobody else's regions are: they run before or after.
class OneThread {
public:
    OneThread() : levels_{omp_get_max_active_levels()} { omp_set_max_active_levels(0); }

    ~OneThread() { omp_set_max_active_levels(levels_); }

    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int levels_;
};

/// `letters` in another height, on white. Each pixel is the mean of what it covers, or between its
/// neighbours.
Picture enlarged(const Picture& letters, std::size_t height) {
    const double scale = static_cast<double>(height) / static_cast<double>(letters.rows);
    const auto width =
        static_cast<std::size_t>(std::max<long>(1, std::lround(scale * static_cast<double>(letters.columns)))
        );
    Picture out{width + 2 * kWhite, height + 2 * kWhite, 1};
    std::ranges::fill(out.samples, std::uint8_t{255});
    const int steps = std::max(1, static_cast<int>(std::ceil(1.0 / scale)));
    const auto level = [&](double x, double y) {
        const auto inside = [](double value, std::size_t end) {
            return std::clamp(value, 0.0, static_cast<double>(end - 1));
        };
        const double cx = inside(x - 0.5, letters.columns);
        const double cy = inside(y - 0.5, letters.rows);
        const auto left = static_cast<std::size_t>(cx);
        const auto top = static_cast<std::size_t>(cy);
        const std::size_t right = std::min(left + 1, letters.columns - 1);
        const std::size_t bottom = std::min(top + 1, letters.rows - 1);
        const double fx = cx - static_cast<double>(left);
        const double fy = cy - static_cast<double>(top);
        const PictureView from = letters.view();
        return (from.at(left, top) * (1 - fx) + from.at(right, top) * fx) * (1 - fy) +
               (from.at(left, bottom) * (1 - fx) + from.at(right, bottom) * fx) * fy;
    };
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            double sum = 0.0;
            for (int j = 0; j < steps * steps; ++j) {
                const double dx = (j % steps + 0.5) / steps;
                const double dy = (j / steps + 0.5) / steps;
                sum += level((static_cast<double>(x) + dx) / scale, (static_cast<double>(y) + dy) / scale);
            }
            out.samples[(y + kWhite) * out.columns + x + kWhite] =
                static_cast<std::uint8_t>(std::lround(sum / (steps * steps)));
        }
    }
    return out;
}

/// Bars that make letters of capitals' height: H, L and T need no curve.
struct PlantedLine {
    Picture picture{160, 80, 1};
    Box box{40, 20, 40, 60};

    void bar(std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom) {
        for (std::int64_t y = top; y < bottom; ++y) {
            for (std::int64_t x = left; x < right; ++x) {
                picture.samples[static_cast<std::size_t>((20 + y) * 160 + box.right + x)] = 220;
            }
        }
    }

    void letter(char which) {
        const bool is_t = which == 'T';
        bar(is_t ? 11 : 0, 0, is_t ? 17 : 6, 40);
        if (is_t) {
            bar(0, 0, 28, 6);
        } else if (which == 'L') {
            bar(0, 34, 24, 40);
        } else {
            bar(24, 0, 30, 40);
            bar(0, 17, 30, 23);
        }
        box.right += 34;
    }
};

}  // namespace

struct TesseractReader::State {
    tesseract::TessBaseAPI api;
};

TesseractReader::TesseractReader(std::unique_ptr<State> state) : state_{std::move(state)} {}

TesseractReader::~TesseractReader() = default;

Result<std::unique_ptr<LineReader>> TesseractReader::make(std::span<const std::byte> model) {
    try {
        const OneThread one;
        auto state = std::make_unique<State>();
        // A dictionary would make words of letters.
        const std::vector<std::string> names{"load_system_dawg", "load_freq_dawg"};
        const std::vector<std::string> values{"0", "0"};
        const int failed = state->api.Init(
            reinterpret_cast<const char*>(model.data()), static_cast<int>(model.size()), "eng",
            tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values, false, nullptr
        );
        if (failed != 0) {
            return fail(Fault::kHalt, "Tesseract does not take the reader's model");
        }
        state->api.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
        std::unique_ptr<TesseractReader> made{new TesseractReader{std::move(state)}};
        EFFACE_CHECK(made->check_itself());
        return std::unique_ptr<LineReader>{std::move(made)};
    } catch (const std::exception&) {
        return fail(Fault::kHalt, "Tesseract does not take the reader's model");
    }
}

Result<std::string> TesseractReader::read_at(
    const Picture& letters, std::size_t strokes, std::size_t height
) {
    const Picture line = enlarged(letters, height);
    tesseract::TessBaseAPI& api = state_->api;
    api.SetImage(
        line.samples.data(), static_cast<int>(line.columns), static_cast<int>(line.rows), 1,
        static_cast<int>(line.columns)
    );
    api.SetSourceResolution(300);
    if (api.Recognize(nullptr) != 0) {
        api.Clear();
        return fail(Fault::kRetry, "Tesseract failed to read a line");
    }
    std::string text;
    std::size_t letters_read = 0;
    bool sure = true;
    const std::unique_ptr<tesseract::ResultIterator> at{api.GetIterator()};
    if (at != nullptr) {
        do {
            const std::unique_ptr<const char[]> symbol{at->GetUTF8Text(tesseract::RIL_SYMBOL)};
            if (symbol == nullptr) {
                break;
            }
            text += symbol.get();
            sure = sure && at->Confidence(tesseract::RIL_SYMBOL) >= kConfidenceMin;
        } while (++letters_read <= kLettersMax && at->Next(tesseract::RIL_SYMBOL));
    }
    api.Clear();
    return sure && letters_read == strokes ? text : std::string{};
}

Result<std::string> TesseractReader::read(const PictureView& picture, const Box& line) {
    const std::optional<LineInk> ink = line_ink(picture, line);
    if (!ink) {
        return std::string{};
    }
    try {
        const OneThread one;
        std::string text;
        for (const std::size_t height : kHeights) {
            EFFACE_TRY(const std::string read, read_at(ink->letters, ink->strokes, height));
            if (read.empty() || (!text.empty() && read != text)) {
                return std::string{};
            }
            text = read;
        }
        return text;
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "Tesseract failed to read a line");
    }
}

Status TesseractReader::check_itself() {
    for (const std::string word : {"LT", "HT"}) {
        PlantedLine planted;
        std::ranges::for_each(word, [&](char letter) { planted.letter(letter); });
        EFFACE_TRY(const std::string text, read(planted.picture.view(), planted.box));
        if (text != word) {
            return fail(
                Fault::kHalt, "Tesseract does not read planted letters: its model or library is unfit"
            );
        }
    }
    return {};
}

}  // namespace efface::pipeline
