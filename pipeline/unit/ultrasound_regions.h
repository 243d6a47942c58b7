// The items of the Sequence of Ultrasound Regions (0018,6011) as boxes (PS3.3 C.8.5.5.1.1: corners are the
// first and the last pixel of the region, both in it). Thread rule: pure.
#pragma once

#include "pipeline/picture/picture.h"
#include "pipeline/unit/instance_facts.h"

#include <vector>

namespace efface::pipeline {

/// Clipped to the frame. Empty: no such sequence, or one that is not beyond doubt.
std::vector<Box> ultrasound_regions(const ScannedDataSet& data_set, std::size_t columns, std::size_t rows);

/// There are such items, and each is a section, a trace or a legend (rules::is_section()).
bool regions_are_sections(const ScannedDataSet& data_set);

}  // namespace efface::pipeline
