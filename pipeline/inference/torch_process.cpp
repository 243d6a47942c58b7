#include "pipeline/inference/torch_process.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <mutex>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

namespace efface::pipeline {

// A confined worker may make no thread, open no file and make no memory executable: so one thread, and
// neither oneDNN (compiles its kernels as it runs) nor NNPACK (keeps a pool of threads). A TorchScript module
// runs as it was frozen: its optimizer would profile the first runs and rewrite the graph between them.
void settle_torch() {
    static std::once_flag once;
    std::call_once(once, [] {
        at::set_num_threads(1);
        at::globalContext().setUserEnabledMkldnn(false);
        at::globalContext().setUserEnabledNNPACK(false);
        torch::jit::getProfilingMode() = false;
        torch::jit::getExecutorMode() = false;
        torch::jit::setGraphExecutorOptimize(false);
    });
}

}  // namespace efface::pipeline
