#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline {
namespace {

bool always(const StageWork&) {
    return true;
}

constexpr std::array kStages{
    Stage{
        "declared", stages::has_declared, stages::blacken_declared, stages::declared_is_black,
        "first, so that nothing needs to be found there"},
    Stage{
        "earlier-occlusions", stages::may_show_face, stages::cover_again, stages::insufficient_is_covered,
        "on the original: what is blackened here would be found as well"},
    Stage{
        "profile", stages::may_show_profile, stages::cover_profile, stages::profile_is_covered,
        "on the original: a band has no profile"},
    Stage{"search", stages::is_searched, stages::search, always, "before anything depends on what was found"},
    Stage{
        "photograph", stages::is_photograph, stages::judge_photograph, stages::has_face,
        "on the first search: later ones see blackened faces"},
    Stage{
        "blacken-found", stages::is_searched, stages::blacken_found, stages::nothing_is_left,
        "when the mask is known but for what it finds: it searches what it made"},
    Stage{
        "stated", stages::is_stated, stages::judge_stated, stages::something_is_black,
        "when the mask is final: what a sender says is there must be in it"},
    Stage{
        "confidence", stages::doubts_are_judged, stages::judge_confidence, stages::no_doubt_is_left,
        "last: what the whole mask covers is no doubt"},
};

}  // namespace

std::span<const Stage> pixel_stages() {
    return kStages;
}

}  // namespace efface::pipeline
