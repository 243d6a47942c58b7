#include "rules/matching/pixel_judgement.h"

namespace efface::rules {
namespace {

const PixelDoubtRow& row_of(PixelDoubt doubt) {
    return *std::find_if(kPixelDoubts.begin(), kPixelDoubts.end(), [=](const PixelDoubtRow& row) {
        return row.doubt == doubt;
    });
}

bool is_possible(const PixelIdentity& identity) {
    return identity.text || identity.face;
}

}  // namespace

bool quarantines(const Rule& rule, PixelDoubt doubt) {
    const PixelDoubtRow& row = row_of(doubt);
    if (rule.pixel_policy == PixelPolicy::kHeaderOnly) {
        return false;
    }
    if (row.only_where_proof_is_claimed && rule.pixel_policy != PixelPolicy::kRequireClean) {
        return false;
    }
    return !(row.may_be_accepted && rule.pixels.accepts(doubt));
}

std::optional<PixelDoubt> doubt_before_search(const PixelCase& asked) {
    const auto [rule, identity, has_declared_regions, recalls] = asked;
    if (!is_possible(identity)) {
        return std::nullopt;
    }
    const std::pair<PixelDoubt, bool> cases[] = {
        {PixelDoubt::kBeyondSearch, identity.face && identity.is_volume},
        // What is not searched has no recall either.
        {PixelDoubt::kUnmeasured, !is_measured(identity, rule.pixels.recall_percent_min, recalls) ||
                                      identity.face != identity.face_is_searched()},
        {PixelDoubt::kNoTemplate, identity.text && identity.is_screen() && !has_declared_regions},
    };
    for (const auto& [doubt, is_there] : cases) {
        if (is_there && quarantines(rule, doubt)) {
            return doubt;
        }
    }
    return std::nullopt;
}

PixelIdentity possible_where(PixelIdentity identity, bool outside_regions_is_black) {
    if (identity.face_outside_regions && !outside_regions_is_black) {
        identity.face = true;
        identity.why = "ultrasound: what stands beside the regions is not blackened and may show a face";
    }
    return identity;
}

MarkerSet markers_left(const Rule& rule, const PixelIdentity& identity) {
    const bool may_stay =
        rule.pixel_policy == PixelPolicy::kRemoveFound && identity.text && identity.has_markers();
    return may_stay ? rule.pixels.allowed_markers : MarkerSet{};
}

PixelStatement pixel_statement(const Rule& rule, const PixelIdentity& identity) {
    if (!is_possible(identity)) {
        return {.treatment = PixelTreatment::kNothingPossible};
    }
    switch (rule.pixel_policy) {
        case PixelPolicy::kHeaderOnly:
            return {.treatment = PixelTreatment::kNotExamined};
        case PixelPolicy::kRemoveFound:
            return {
                .treatment = PixelTreatment::kFoundRemoved,
                .markers_may_stay = markers_left(rule, identity).any()};
        case PixelPolicy::kRequireClean:
            break;
    }
    return {.treatment = PixelTreatment::kProven, .text_proven = identity.text, .face_proven = identity.face};
}

}  // namespace efface::rules
