// Brings the attributes of a data set to samples that are not the scanner's any more (PS3.3 C.7.6.1.1.2,
// C.7.6.1.1.5, C.12.4.1.1, C.7.6.16.2.6). One function decides about all of them.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/original.h"

namespace efface::pipeline {

/// Of `original.data_set`, whose samples are blackened: Image Type and every Frame Type say DERIVED;
/// (0008,2111) and (0008,9215) say what was done; Smallest and Largest Image Pixel Value go. Where lossy
/// frames become native ones, nothing else would say that they ever lost: (0028,2110) becomes 01, and ratio
/// and method are said where nobody said them. A frame that proves lossless leaves these three as they are,
/// and so does one whose coefficients are edited: it is still compressed, and was not compressed again.
Status mark_masked(Original& original);

}  // namespace efface::pipeline
