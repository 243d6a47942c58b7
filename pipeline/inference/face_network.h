// Which file is Efface's own face network: the only place where its digest stands. models/face-detector.md
// says what it is, docs/training.md how to make another one. Thread rule: constants.
#pragma once

#include <string_view>

namespace efface::pipeline {

/// Of models/face-detector.pt, as scripts/setup.sh lays it beside the models of others.
constexpr std::string_view kFaceNetworkSha256 =
    "83ad7ba057209b51c431de86aaa303b6244e007f71276f98f305221d64c942a5";

}  // namespace efface::pipeline
