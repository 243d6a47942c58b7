// The stages of the search, in their order: a new one is a function in stages/ and a row in stage_list.cpp.
// Thread rule: constants.
#pragma once

#include "pipeline/pixel/stage.h"

namespace efface::pipeline {

std::span<const Stage> pixel_stages();

namespace stages {

// stages/blacken_declared.cpp
bool has_declared(const StageWork& work);
Status blacken_declared(StageWork& work);
bool declared_is_black(const StageWork& work);

// stages/cover_again.cpp
bool may_show_face(const StageWork& work);
Status cover_again(StageWork& work);
bool insufficient_is_covered(const StageWork& work);

// stages/cover_profile.cpp
bool may_show_profile(const StageWork& work);
Status cover_profile(StageWork& work);
bool profile_is_covered(const StageWork& work);

// stages/search.cpp
bool is_searched(const StageWork& work);
Status search(StageWork& work);

// stages/judge_photograph.cpp
bool is_photograph(const StageWork& work);
Status judge_photograph(StageWork& work);
bool has_face(const StageWork& work);

// stages/blacken_found.cpp
Status blacken_found(StageWork& work);
bool nothing_is_left(const StageWork& work);

// stages/judge_stated.cpp
bool is_stated(const StageWork& work);
Status judge_stated(StageWork& work);
bool something_is_black(const StageWork& work);

// stages/judge_confidence.cpp
bool doubts_are_judged(const StageWork& work);
Status judge_confidence(StageWork& work);
bool no_doubt_is_left(const StageWork& work);

}  // namespace stages

}  // namespace efface::pipeline
