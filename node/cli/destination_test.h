// Does a destination answer? An association and a C-ECHO for a DICOM AE, and whether it takes the masks that
// a rule has delivered there; for a folder, whether files could be made there. Changes nothing. Thread rule:
// as the command line.
#pragma once

#include "config/environment.h"
#include "config/settings/settings.h"

#include <tl/expected.hpp>

#include <string>

namespace efface::node {

struct DestinationAnswer {
    bool answers = false;
    std::string text;  ///< What was found, for an operator.
};

/// Whether any rule has masks delivered there as Segmentations. The error: which rules could not be read.
tl::expected<bool, std::string> wants_segmentations(const Settings& settings, const std::string& destination);

/// A DICOM AE that is to get Segmentations and does not accept Segmentation Storage (PS3.4 Annex B) does not
/// answer as it should, for each instance with a mask would stay here.
DestinationAnswer test_destination(
    Environment& environment, const Settings& settings, const DestinationSettings& destination
);

}  // namespace efface::node
