// Which file is Efface's own face network: the only place where its digest stands. models/face-detector.md
// says what it is, docs/training.md how to make another one. Thread rule: constants.
#pragma once

#include <string_view>

namespace efface::pipeline {

/// Of models/face-detector.pt, as scripts/setup.sh lays it beside the models of others.
constexpr std::string_view kFaceNetworkSha256 =
    "5ec622f3d674e6390d9cc5bdf4039483b3dd13ee46b322d93ce430bb99ae6249";

}  // namespace efface::pipeline
