// The convolutions of a frozen module made XNNPACK's, as Convolution is for networks that we write out: twice
// as quick as LibTorch's own without oneDNN, and fit for a confined worker. Included in this folder alone.
// Thread rule: a module belongs to one thread, which runs it under caffe2::_NoPThreadPoolGuard.
#pragma once

#include <torch/csrc/jit/api/module.h>

namespace efface::pipeline {

/// Those whose weights are constants; others stay as they are, since to prepare them at each run costs more
/// than it gains. What they take must have a batch's dimension afterwards. Throws what LibTorch throws.
void prepare_convolutions(torch::jit::Module& module);

}  // namespace efface::pipeline
