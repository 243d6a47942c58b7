#include "pipeline/unit/preview.h"

#include "pipeline/picture/png.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/scan/part10.h"

namespace efface::pipeline {
namespace {

constexpr std::array<std::uint8_t, 3> kOutline{255, 176, 0};

/// Every `step`-th pixel of every `step`-th row.
Picture thinned(const Picture& picture, std::size_t step) {
    Picture thin{(picture.columns + step - 1) / step, (picture.rows + step - 1) / step, 3};
    for (std::size_t y = 0; y < thin.rows; ++y) {
        for (std::size_t x = 0; x < thin.columns; ++x) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                thin.samples[(y * thin.columns + x) * 3 + channel] =
                    picture.view().at(x * step, y * step, picture.channels == 3 ? channel : 0);
            }
        }
    }
    return thin;
}

/// Pixels under the mask with one outside beside them.
void draw_outline(Picture& picture, const std::vector<Box>& boxes, std::size_t step) {
    const auto scaled = [&](std::int64_t value) { return value / static_cast<std::int64_t>(step); };
    Mask mask;
    for (const Box& box : boxes) {
        mask.boxes.push_back({scaled(box.left), scaled(box.top), scaled(box.right), scaled(box.bottom)});
    }
    const auto mark = [&](std::int64_t x, std::int64_t y) {
        const bool inside =
            mask.covers(x - 1, y) && mask.covers(x + 1, y) && mask.covers(x, y - 1) && mask.covers(x, y + 1);
        if (!inside) {
            const auto at = (static_cast<std::size_t>(y) * picture.columns + static_cast<std::size_t>(x)) * 3;
            std::ranges::copy(kOutline, picture.samples.begin() + static_cast<std::ptrdiff_t>(at));
        }
    };
    for (const Box& whole : mask.boxes) {
        const Box box = whole.clipped_to(picture.columns, picture.rows);
        for (std::int64_t x = box.left; x < box.right; ++x) {
            mark(x, box.top);
            mark(x, box.bottom - 1);
        }
        for (std::int64_t y = box.top; y < box.bottom; ++y) {
            mark(box.left, y);
            mark(box.right - 1, y);
        }
    }
}

/// Left with the boxes black, right as it is.
Picture side_by_side(const Picture& whole, const std::vector<Box>& boxes, std::size_t step) {
    Picture occluded = whole;
    for (const Box& box : boxes) {
        const Box inside = box.clipped_to(whole.columns, whole.rows);
        for (std::int64_t y = inside.top; y < inside.bottom; ++y) {
            const std::size_t row = static_cast<std::size_t>(y) * whole.columns;
            const auto begin =
                occluded.samples.begin() +
                static_cast<std::ptrdiff_t>((row + static_cast<std::size_t>(inside.left)) * whole.channels);
            std::fill_n(begin, static_cast<std::size_t>(inside.width()) * whole.channels, std::uint8_t{0});
        }
    }
    const Picture left = thinned(occluded, step);
    const Picture right = thinned(whole, step);
    Picture pair{2 * left.columns, left.rows, 3};
    const std::size_t bytes = 3 * left.columns;
    for (std::size_t y = 0; y < left.rows; ++y) {
        const auto into = pair.samples.begin() + static_cast<std::ptrdiff_t>(2 * y * bytes);
        std::copy_n(left.samples.begin() + static_cast<std::ptrdiff_t>(y * bytes), bytes, into);
        std::copy_n(
            right.samples.begin() + static_cast<std::ptrdiff_t>(y * bytes), bytes,
            into + static_cast<std::ptrdiff_t>(bytes)
        );
    }
    return pair;
}

}  // namespace

Result<std::string> preview_png(std::span<const std::byte> file, const PreviewRequest& request) {
    EFFACE_TRY(const Part10 part10, parse_part10(file));
    EFFACE_TRY(const rules::TransferSyntax* syntax, scannable_syntax(part10));
    EFFACE_TRY(const Samples samples, read_samples(file.subspan(part10.data_set_offset), *syntax));
    if (request.frame >= samples.image.frame_count()) {
        return fail(Fault::kRefuse, "there is no such frame");
    }
    const Picture whole = samples.image.picture(samples.bytes, request.frame, samples.bytes);
    const std::size_t side = std::max(whole.columns, whole.rows);
    if (request.whole && whole.columns * whole.rows > kWholePixelsMax) {
        return fail(Fault::kQuarantine, "a frame is too large to be shown as a whole");
    }
    const std::size_t step = request.whole ? 1 : (side + kPreviewSideMax - 1) / kPreviewSideMax;
    if (request.pair) {
        return encode_png(side_by_side(whole, request.mask, step).view());
    }
    Picture shown = thinned(whole, step);
    draw_outline(shown, request.mask, step);
    return encode_png(shown.view());
}

}  // namespace efface::pipeline
