// Does a destination answer? An association and a C-ECHO for a DICOM AE; for a folder, whether files could
// be made there. Changes nothing. Thread rule: as the command line.
#pragma once

#include "config/environment.h"
#include "config/settings/settings.h"

#include <string>

namespace efface::node {

struct DestinationAnswer {
    bool answers = false;
    std::string text;  ///< What was found, for an operator.
};

DestinationAnswer test_destination(Environment& environment, const DestinationSettings& destination);

}  // namespace efface::node
