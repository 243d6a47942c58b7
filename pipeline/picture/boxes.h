// What two boxes have to do with each other. Thread rule: pure.
#pragma once

#include "pipeline/picture/picture.h"

namespace efface::pipeline {

/// They share a pixel.
inline bool meet(const Box& a, const Box& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

}  // namespace efface::pipeline
