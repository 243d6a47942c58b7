// read_netpbm: binary PGM and PPM of eight bits (netpbm's P5 and P6, without comments), as the scoring
// generator writes them: a header "P5 COLUMNS ROWS 255" with one white space behind each part, then the
// samples. Thread rule: pure but for the file it reads.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <string>

namespace efface::bench {

/// Grey is stretched from its smallest to its largest sample, as NativeImage::picture() shows it to the
/// finders.
Result<pipeline::Picture> read_netpbm(const std::string& path);

}  // namespace efface::bench
