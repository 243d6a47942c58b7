// Apart from the tests: torch/script.h defines macros that collide with theirs and takes long to compile.
#include "pipeline/inference/prepared_convolutions.h"
#include "tests/unit/pipeline/inference/generator_file.h"

#include <algorithm>
#include <cstring>
#include <sstream>
#include <torch/script.h>

namespace efface::testing {

namespace {

torch::jit::Module module_of(const std::string& code, const std::vector<float>& kernel) {
    torch::jit::Module module{"generator"};
    if (!kernel.empty()) {
        module.register_parameter("kernel", torch::tensor(kernel).reshape({1, 1, 3, 3}), /*is_buffer=*/false);
    }
    module.define(code);
    module.eval();
    return kernel.empty() ? module : torch::jit::freeze(module);
}

std::string saved(const torch::jit::Module& module, const std::string& metadata) {
    torch::jit::ExtraFilesMap extra;
    if (!metadata.empty()) {
        extra["metadata.json"] = metadata;
    }
    std::ostringstream out;
    module.save(out, extra);
    return out.str();
}

}  // namespace

std::vector<std::byte> generator_archive(
    const std::string& code, const std::string& metadata, const std::vector<float>& kernel
) {
    const std::string bytes = saved(module_of(code, kernel), metadata);
    std::vector<std::byte> archive(bytes.size());
    std::memcpy(archive.data(), bytes.data(), bytes.size());
    return archive;
}

std::size_t prepared_convolutions_of(const std::string& code, const std::vector<float>& kernel) {
    // Saved and read, since a file keeps a graph that differs from the one that was frozen.
    std::istringstream stream{saved(module_of(code, kernel), "")};
    torch::jit::Module module = torch::jit::load(stream);
    pipeline::prepare_convolutions(module);
    const auto nodes = module.get_method("forward").graph()->nodes();
    return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [](const auto* node) {
        return std::strcmp(node->kind().toQualString(), "prepacked::conv2d_clamp_run") == 0;
    }));
}

}  // namespace efface::testing
