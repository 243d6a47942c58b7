// Which file is Efface's own face network: the only place where its digest stands. models/face-detector.md
// says what it is, docs/training.md how to make another one. Thread rule: constants.
#pragma once

#include <string_view>

namespace efface::pipeline {

/// Of models/face-detector.pt, as scripts/setup.sh lays it beside the models of others.
constexpr std::string_view kFaceNetworkSha256 =
    "356085bd4ae194bdd366230ed3debfd069f754b3bd43ea30f02e51ee863fd27b";

}  // namespace efface::pipeline
