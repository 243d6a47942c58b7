// Everything of DCMTK's data half that is process-wide, set once and by name: its switches, its
// logger, its data dictionary. Nothing else in Efface touches a DCMTK global.
// Thread rule: start_dcmtk may be called from any thread; the first call does the work.
#pragma once

namespace efface::pipeline {

/// Idempotent. Every door of this folder calls it, so nobody can parse before it ran.
void start_dcmtk();

}  // namespace efface::pipeline
