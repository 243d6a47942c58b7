#include "pipeline/find/text_detector.h"

#include "pipeline/find/detections.h"
#include "pipeline/find/text_self_test.h"
#include "pipeline/find/tiling.h"

#include <opencv2/core/ocl.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>

#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

/// Fewer rows or columns hold no letter.
constexpr std::size_t kPictureExtentMin = 5;
/// A dark or flat picture is stretched to all levels, but noise is not blown up beyond this.
constexpr double kGainMax = 4.0;
/// Letters differ from what is around them by at least this within kStrokePixels. A tile where nothing does
/// needs no network: a quarter of the weakest contrast that is searched for would be less.
constexpr double kStrokeLevelsMin = 12.0;
constexpr int kStrokePixels = 5;
/// Text that touches the edge of what the network sees is missed: a picture gets a black margin.
constexpr int kMarginPixels = 16;

/// Each for lines of up to kLinePixelsMax of its own pixels, so that all together see letters of 4 to some
/// 150 pixels. Twice finds faint and small ones that the whole misses; a quarter sees large ones, and organs
/// too, so it must be surer. Chosen by tests/bench/tuning/tune_text.py.
constexpr std::array kLevels{
    TextLevel{2.0, 0.8F}, TextLevel{1.0, 0.85F}, TextLevel{0.5, 0.85F}, TextLevel{0.25, 0.9F}};
/// Three of these: larger pictures are not looked at in twice their size (it would be most of the time, for
/// letters that are small beyond reading on them), others not in a quarter, where whole sectors look like
/// a line and a line would be a tenth of the picture.
constexpr std::size_t kMagnifiedExtentMax = 1024;
constexpr std::size_t kLevelsOfAPicture = 3;
/// Of a larger picture the second search leaves out the largest level, which is four fifths of the time.
constexpr std::size_t kSameAgainExtentMax = 256;
/// The shorter side of a box that is one line. Of larger areas the network takes organs, rings and cavities
/// for a letter; a line that is larger is seen on the next level.
constexpr std::int64_t kLinePixelsMax = 48;

std::span<const TextLevel> levels_of(std::size_t extent) {
    return std::span{kLevels}.subspan(extent > kMagnifiedExtentMax ? 1 : 0, kLevelsOfAPicture);
}

std::span<const TextLevel> levels_again(std::size_t extent) {
    return levels_of(extent).subspan(extent > kSameAgainExtentMax ? 1 : 0);
}

int ignore_message(int, const char*, const char*, const char*, int, void*) {
    return 0;
}

/// OpenCV's process-wide switches, set before the first picture: no threads of its own, which the confined
/// worker demands; no OpenCL, which would open devices; nothing on standard error.
void quiet_opencv() {
    cv::setNumThreads(1);
    cv::ocl::setUseOpenCL(false);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::redirectError(ignore_message);
}

Status check_picture(const PictureView& picture) {
    const bool shaped =
        picture.columns > 0 && picture.rows > 0 && (picture.channels == 1 || picture.channels == 3);
    if (!shaped || picture.columns > kTextPicturePixelsMax || picture.rows > kTextPicturePixelsMax) {
        return fail(Fault::kQuarantine, "a picture has a shape that is not searched for text");
    }
    const std::uint64_t pixels = std::uint64_t{picture.columns} * picture.rows;
    if (pixels > kTextPicturePixelsMax) {
        return fail(Fault::kQuarantine, "a picture is too large to be searched for text");
    }
    if (picture.samples.size() != pixels * picture.channels) {
        return fail(Fault::kQuarantine, "a picture's samples and its size differ");
    }
    return {};
}

/// Three channels whose levels reach from 0 to 255 together.
cv::Mat stretched(const PictureView& picture) {
    const int type = picture.channels == 3 ? CV_8UC3 : CV_8UC1;
    const cv::Mat given{
        static_cast<int>(picture.rows), static_cast<int>(picture.columns), type,
        const_cast<std::uint8_t*>(picture.samples.data())};
    double darkest = 0.0;
    double brightest = 0.0;
    cv::minMaxLoc(given.reshape(1), &darkest, &brightest);
    const double gain = std::min(kGainMax, 255.0 / std::max(1.0, brightest - darkest));
    cv::Mat out;
    given.convertTo(out, -1, gain, -gain * darkest);
    if (picture.channels == 1) {
        cv::cvtColor(out, out, cv::COLOR_GRAY2RGB);
    }
    return out;
}

bool has_strokes(const cv::Mat& tile) {
    const cv::Mat around = cv::Mat::ones(kStrokePixels, kStrokePixels, CV_8U);
    cv::Mat high;
    cv::Mat low;
    cv::dilate(tile, high, around);
    cv::erode(tile, low, around);
    double most = 0.0;
    cv::minMaxLoc(cv::Mat{high - low}.reshape(1), nullptr, &most);
    return most >= kStrokeLevelsMin;
}

cv::Rect rectangle(const Box& box) {
    return {
        static_cast<int>(box.left), static_cast<int>(box.top), static_cast<int>(box.width()),
        static_cast<int>(box.height())};
}

Box shifted(const Box& box, std::int64_t right, std::int64_t down) {
    return {box.left + right, box.top + down, box.right + right, box.bottom + down};
}

/// The box in the picture that was scaled by that, rounded outwards.
Box unscaled(const Box& box, double scale) {
    const auto low = [&](std::int64_t value) {
        return static_cast<std::int64_t>(std::floor(static_cast<double>(value) / scale));
    };
    const auto high = [&](std::int64_t value) {
        return static_cast<std::int64_t>(std::ceil(static_cast<double>(value) / scale));
    };
    return {low(box.left), low(box.top), high(box.right), high(box.bottom)};
}

cv::Mat scaled(const cv::Mat& picture, double scale) {
    const auto extent = [&](int value) { return std::max(1, cvRound(value * scale)); };
    cv::Mat out;
    const cv::Size size{extent(picture.cols), extent(picture.rows)};
    cv::resize(picture, out, size, 0.0, 0.0, scale < 1.0 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return out;
}

Box clipped(const Box& box, const cv::Mat& picture) {
    return box.clipped_to(static_cast<std::size_t>(picture.cols), static_cast<std::size_t>(picture.rows));
}

}  // namespace

/// One search of one picture, which collects boxes in the coordinates of the picture that was given.
class TextDetector::Search {
public:
    explicit Search(TextDetector& detector) : detector_{detector} {}

    Status run(const cv::Mat& picture, const TextLevel& level) {
        const cv::Mat upright = scaled(picture, level.scale);
        cv::Mat turned;
        cv::rotate(upright, turned, cv::ROTATE_90_CLOCKWISE);
        EFFACE_TRY(const std::vector<Detection> lines, look(upright, turned, level.score_min));
        for (const Detection& line : lines) {
            take({unscaled(line.box, level.scale), line.score}, level);
        }
        return check_count(found_);
    }

    std::vector<Detection> take() { return std::move(found_); }

    std::vector<Detection> take_doubts() { return std::move(doubts_); }

private:
    void take(const Detection& line, const TextLevel& level) {
        if (line.score >= level.score_min) {
            found_.push_back(line);
        } else if (doubts_.size() < kDetectionsMax) {
            doubts_.push_back(line);
        }
    }

    static Status check_count(const std::vector<Detection>& found) {
        if (found.size() > kDetectionsMax) {
            return fail(Fault::kQuarantine, "a picture shows more lines of text than are handled");
        }
        return {};
    }

    /// The lines of text of a picture as it stands and turned, and those that are nearly so, tile by
    /// tile, each tile in whichever lane is free.
    Result<std::vector<Detection>> look(const cv::Mat& upright, const cv::Mat& turned, float score_min) {
        const std::vector<Box> upright_tiles = tiles_with_margin(upright);
        const std::vector<Box> turned_tiles = tiles_with_margin(turned);
        std::vector<Result<std::vector<Detection>>> seen(upright_tiles.size() + turned_tiles.size());
        detector_.lanes_.run(seen.size(), [&](std::size_t job, std::size_t lane) {
            const bool is_upright = job < upright_tiles.size();
            const Box& tile = is_upright ? upright_tiles[job] : turned_tiles[job - upright_tiles.size()];
            seen[job] = guarded_look(is_upright ? upright : turned, tile, *detector_.networks_[lane]);
        });
        std::vector<Detection> lines;
        for (std::size_t job = 0; job < seen.size(); ++job) {
            const bool is_upright = job < upright_tiles.size();
            EFFACE_TRY(const std::vector<Detection> found, std::move(seen[job]));
            for (const Detection& line : found) {
                const Box box = clipped(line.box, is_upright ? upright : turned);
                if (line.score >= score_min - kDoubtMargin &&
                    std::min(box.width(), box.height()) <= kLinePixelsMax) {
                    lines.push_back(is_upright ? line : turned_back(line, upright.rows));
                }
            }
            EFFACE_CHECK(check_count(lines));
        }
        return lines;
    }

    /// Column x of the turned picture is row rows - 1 - x of the picture.
    static Detection turned_back(const Detection& line, std::int64_t rows) {
        const Box& box = line.box;
        return {{box.top, rows - box.right, box.bottom, rows - box.left}, line.score};
    }

    static std::vector<Box> tiles_with_margin(const cv::Mat& picture) {
        std::vector<Box> tiles =
            tiles_of(picture.cols + 2 * kMarginPixels, picture.rows + 2 * kMarginPixels).tiles;
        for (Box& tile : tiles) {
            tile = shifted(tile, -kMarginPixels, -kMarginPixels);
        }
        return tiles;
    }

    /// Lanes know no exceptions.
    static Result<std::vector<Detection>> guarded_look(
        const cv::Mat& picture, const Box& tile, TextNetwork& network
    ) {
        try {
            return look_at(picture, tile, network);
        } catch (const std::exception&) {
            return fail(Fault::kRetry, "OpenCV failed in the search for text");
        }
    }

    /// The lines of one tile, in coordinates of the picture. It is black where it reaches beyond the picture.
    static Result<std::vector<Detection>> look_at(
        const cv::Mat& picture, const Box& tile, TextNetwork& network
    ) {
        const Box inside = clipped(tile, picture);
        const cv::Mat part = picture(rectangle(inside));
        if (!has_strokes(part)) {
            return std::vector<Detection>{};
        }
        Picture samples{static_cast<std::size_t>(tile.width()), static_cast<std::size_t>(tile.height()), 3};
        cv::Mat to{
            static_cast<int>(tile.height()), static_cast<int>(tile.width()), CV_8UC3, samples.samples.data()};
        part.copyTo(to(rectangle(shifted(inside, -tile.left, -tile.top))));
        EFFACE_TRY(std::vector<Detection> lines, lines_of(samples.view(), network));
        for (Detection& line : lines) {
            line.box = shifted(line.box, tile.left, tile.top);
        }
        return lines;
    }

    TextDetector& detector_;
    std::vector<Detection> found_;
    std::vector<Detection> doubts_;
};

TextDetector::TextDetector(std::vector<std::unique_ptr<TextNetwork>> networks, Lanes& lanes)
    : networks_{std::move(networks)}, lanes_{lanes} {}

Result<std::unique_ptr<Detector>> TextDetector::make(
    std::vector<std::unique_ptr<TextNetwork>> networks, Lanes& lanes
) {
    EFFACE_ASSERT(networks.size() == lanes.count());
    try {
        quiet_opencv();
        for (const std::unique_ptr<TextNetwork>& network : networks) {
            EFFACE_CHECK(check_text_network(*network));
        }
    } catch (const std::exception&) {
        return fail(Fault::kHalt, "OpenCV fails in the text detector's self-test");
    }
    return std::unique_ptr<Detector>{new TextDetector{std::move(networks), lanes}};
}

Result<std::vector<Detection>> TextDetector::find(const PictureView& picture) {
    return find_in(picture, levels_of(std::max(picture.columns, picture.rows)));
}

Result<std::vector<Detection>> TextDetector::find_again(const PictureView& picture) {
    return find_in(picture, levels_again(std::max(picture.columns, picture.rows)));
}

Result<std::vector<Detection>> TextDetector::find_in_half(const PictureView& picture) {
    const std::span<const TextLevel> levels = levels_again(std::max(picture.columns, picture.rows));
    return find_in(picture, levels.first(levels.size() - 1));
}

Result<std::vector<Detection>> TextDetector::find_in(
    const PictureView& picture, std::span<const TextLevel> levels
) {
    doubts_.clear();
    EFFACE_CHECK(check_picture(picture));
    if (std::min(picture.columns, picture.rows) < kPictureExtentMin) {
        return std::vector<Detection>{};
    }
    try {
        const cv::Mat given = stretched(picture);
        Search search{*this};
        for (const TextLevel& level : levels) {
            EFFACE_CHECK(search.run(given, level));
        }
        std::vector<Detection> found = search.take();
        doubts_ = without_inner(search.take_doubts());
        for (Detection& line : found) {
            line.box = line.box.clipped_to(picture.columns, picture.rows);
        }
        std::erase_if(found, [](const Detection& line) { return line.box.empty(); });
        return without_inner(std::move(found));
    } catch (const std::exception&) {
        return fail(Fault::kRetry, "OpenCV failed in the search for text");
    }
}

}  // namespace efface::pipeline
