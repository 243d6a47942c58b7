// The rows. One is added when `make bench-pixels` has measured its kind, with the figure that it printed.
#include "rules/profile/measured_recall.h"

namespace efface::rules {

std::span<const MeasuredRecall> measured_recalls() {
    return {};
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
