// What the judgements of TwinWalk share. Included by twin_judgements.cpp and twin_pixels.cpp alone.
#pragma once

#include "pipeline/gate/twin_walk.h"

#include <string_view>

namespace efface::pipeline {

inline Where where(const Event& event) {
    return Where::tag(event.tag.value);
}

inline std::string_view text_of(const Event& event) {
    return {reinterpret_cast<const char*>(event.value.data()), event.value.size()};
}

/// A kept value can say no more than its attribute can: another VR, or text where a code or a number
/// belongs, could be anything.
Status own_form(const Event& event);

}  // namespace efface::pipeline
