// What a file of contract "efface-features/1" says of itself: metadata.json, an extra file in its TorchScript
// archive, as training/gan/export_features.py writes it. The network takes x, float n x channels x side x
// side of -1 to 1, and mask, float n x 1 x side x side, 1 where the picture was destroyed, else 0, and
// answers with float n x features: means over the mask of what the judges of the training saw of x. (They
// look at picture and mask together, so the mask is an input of the contract.)
//
//     metadata = {"contract": "efface-features/1", "name": text, "version": text, "licence": text,
//                 "channels": 1 or 3, "side": n, "features": n}
//
// side: 32 to 512, a multiple of 32. features: 1 to 1024. Members besides are not looked at. Thread rule:
// pure functions of values.
#pragma once

#include "config/result.h"
#include "pipeline/picture/feature_network.h"

#include <string_view>

namespace efface::pipeline {

/// Fault::kHalt: the text is not such metadata, of another contract, or names what is out of bounds.
Result<FeatureNetwork::Facts> parse_features_metadata(std::string_view text);

}  // namespace efface::pipeline
