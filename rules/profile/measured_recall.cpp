// The rows. One is added when `make bench-pixels` has measured its kind, with the figure that it printed.
#include "rules/profile/measured_recall.h"

namespace efface::rules {

namespace {

/// No tomograms: those that may show text are scouts, and screens of a scanner too, which nobody has drawn.
/// Of its own ground, of every orientation, language, size and contrast (from 20 % on) the worst.
constexpr std::string_view kTextMeasuredOn =
    "drawn pictures, 12470 lines; the worst cell: 1610 Japanese lines, 97.3 to 98.6 %; seed 20261121";

constexpr MeasuredRecall kRecalls[] = {
    {ImageKind::kRadiograph, "radiographs", 97, 0, kTextMeasuredOn},
    {ImageKind::kUltrasound, "ultrasound", 97, 0, kTextMeasuredOn},
};

}  // namespace

std::span<const MeasuredRecall> measured_recalls() {
    return kRecalls;
}

bool is_measured(const PixelIdentity& identity, int percent_min, std::span<const MeasuredRecall> recalls) {
    const auto row = std::find_if(recalls.begin(), recalls.end(), [&](const MeasuredRecall& measured) {
        return measured.kind == identity.kind;
    });
    if (row == recalls.end()) {
        return false;
    }
    return (!identity.text || row->text_percent >= percent_min) &&
           (!identity.face || row->face_percent >= percent_min);
}

}  // namespace efface::rules
