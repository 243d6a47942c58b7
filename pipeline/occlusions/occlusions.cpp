#include "pipeline/occlusions/occlusions.h"

#include "pipeline/occlusions/bands.h"
#include "pipeline/occlusions/blurred_boxes.h"
#include "pipeline/occlusions/blurs.h"
#include "pipeline/occlusions/constant_regions.h"
#include "pipeline/occlusions/mosaics.h"

#include <algorithm>
#include <tuple>

namespace efface::pipeline {

namespace {

constexpr std::size_t kSideMin = 24;  ///< Nothing is judged in smaller pictures.
constexpr int kCompressed = 4;  ///< How far samples of one value lie apart after a JPEG of usual quality.
constexpr int kCompressedLine = 16;  ///< The same of a line, next to what it crosses.
constexpr double kSame = 0.4;
constexpr double kPart = 0.7;
constexpr double kWholePart = 0.9;
constexpr double kAlmostAll = 0.9;

double common_area(const Box& a, const Box& b) {
    const Box both{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
    return both.empty() ? 0.0 : static_cast<double>(both.area());
}

/// Of `part`, how much lies in `whole`.
double share_within(const Box& part, const Box& whole) {
    return common_area(part, whole) / static_cast<double>(std::max<std::int64_t>(1, part.area()));
}

/// What is found first holds: the kinds are asked from the surest to the least sure. But where one comes to
/// light of which others were only parts, it holds instead.
void add(std::vector<Occlusion>& all, std::vector<Occlusion> found) {
    std::ranges::stable_sort(found, [](const Occlusion& a, const Occlusion& b) { return a.score > b.score; });
    for (const Occlusion& occlusion : found) {
        const bool known = std::ranges::any_of(all, [&](const Occlusion& other) {
            const bool is_part =
                other.kind == occlusion.kind && share_within(other.box, occlusion.box) > kWholePart;
            return share_within(occlusion.box, other.box) > (is_part ? kAlmostAll : kSame);
        });
        if (!known) {
            std::erase_if(all, [&](const Occlusion& other) {
                return share_within(other.box, occlusion.box) > kPart;
            });
            all.push_back(occlusion);
        }
    }
}

bool earlier(const Occlusion& a, const Occlusion& b) {
    return std::tuple(a.kind, a.box.top, a.box.left) < std::tuple(b.kind, b.box.top, b.box.left);
}

}  // namespace

std::string_view occlusion_kind_name(OcclusionKind kind) {
    switch (kind) {
        case OcclusionKind::kBox:
            return "box";
        case OcclusionKind::kEllipse:
            return "ellipse";
        case OcclusionKind::kMosaic:
            return "mosaic";
        case OcclusionKind::kBlur:
            return "blur";
        case OcclusionKind::kBand:
            return "band";
        case OcclusionKind::kScribble:
            return "scribble";
    }
    return "box";
}

Result<std::vector<Occlusion>> find_occlusions(const PictureView& picture) {
    constexpr std::size_t kSideMax = 65'535;
    const bool is_picture = (picture.channels == 1 || picture.channels == 3) && picture.columns <= kSideMax &&
                            picture.rows <= kSideMax &&
                            picture.samples.size() == picture.columns * picture.rows * picture.channels;
    if (!is_picture) {
        return fail(Fault::kQuarantine, "what is searched for earlier occlusions is no picture");
    }
    std::vector<Occlusion> all;
    if (std::min(picture.columns, picture.rows) < kSideMin) {
        return all;
    }
    const Plane plane = luma_of(picture);
    const Plane turned = transposed(plane);
    const Profiles profiles{plane, turned, StepProfile{plane}, StepProfile{turned}};
    add(all, find_mosaics(profiles));
    add(all, constant_regions(picture, plane, 0));
    add(all, constant_regions(picture, plane, kCompressed));
    add(all, constant_regions(picture, plane, kCompressedLine));
    add(all, find_bands(profiles));
    add(all, find_blurs(plane));
    add(all, find_blurred_boxes(profiles));
    if (all.size() > kOcclusionsMax) {
        return fail(Fault::kQuarantine, "more earlier occlusions are found than a picture can hold");
    }
    std::ranges::stable_sort(all, earlier);
    return all;
}

}  // namespace efface::pipeline
