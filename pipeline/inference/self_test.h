// What a face detector must still do before it may look at a patient's picture: a wrong build of LibTorch, a
// wrong processor path or a broken cascade would find nothing, and nothing found looks like nothing there.
// Thread rule: pure but for the detector that is asked.
#pragma once

#include "config/result.h"
#include "pipeline/inference/mtcnn_networks.h"
#include "pipeline/picture/detector.h"

namespace efface::pipeline {

/// Each network gives, on fixed noise, what it gave when recorded, within a thousandth. Fault::kHalt: it does
/// not.
Status check_networks(const MtcnnNetworks& networks);

/// The detector finds the one face of drawn_face(), where it is, and none in a picture without. Fault::kHalt:
/// it does not.
Status check_cascade(Detector& detector);

/// A plain coloured drawing of a face of our own, `side` pixels wide and high.
Picture drawn_face(std::size_t side);
/// From hair line to chin of drawn_face().
Box box_of_drawn_face(std::size_t side);

}  // namespace efface::pipeline
