#include "pipeline/inference/torchscript_file.h"

#include "pipeline/inference/torch_process.h"

#include <exception>
#include <sstream>
#include <torch/csrc/jit/serialization/import.h>

namespace efface::pipeline {

Result<TorchScriptFile> read_torchscript(
    std::span<const std::byte> bytes, const Digest& expected, at::Device device,
    const TorchScriptRefusals& refusals
) {
    // Before anything parses it: an archive of TorchScript is code.
    if (sha256(bytes) != expected) {
        return fail(Fault::kHalt, refusals.another);
    }
    settle_torch();
    TorchScriptFile file;
    torch::jit::ExtraFilesMap extra{{"metadata.json", ""}};
    try {
        std::istringstream stream{std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
        file.module = torch::jit::load(stream, device, extra, /*load_debug_files=*/false);
        file.module.eval();
    } catch (const std::exception&) {
        return fail(Fault::kHalt, refusals.unreadable);
    }
    file.metadata = std::move(extra["metadata.json"]);
    return file;
}

}  // namespace efface::pipeline
