// What LibTorch is allowed in a worker process: one thread, no kernels compiled as it runs, no pool of
// threads. Thread rule: any thread; done once.
#pragma once

namespace efface::pipeline {

/// To be called before the first operator or module.
void settle_torch();

}  // namespace efface::pipeline
