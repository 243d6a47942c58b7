// Apart from the tests: torch/script.h defines macros that collide with theirs and takes long to compile.
#include "tests/unit/pipeline/inference/detector_file.h"

#include <cstring>
#include <sstream>
#include <torch/script.h>

namespace efface::testing {

std::vector<std::byte> detector_archive(const std::string& code, const std::string& metadata) {
    torch::jit::Module module{"detector"};
    module.define(code);
    torch::jit::ExtraFilesMap extra;
    if (!metadata.empty()) {
        extra["metadata.json"] = metadata;
    }
    std::ostringstream out;
    module.save(out, extra);
    const std::string bytes = out.str();
    std::vector<std::byte> archive(bytes.size());
    std::memcpy(archive.data(), bytes.data(), bytes.size());
    return archive;
}

}  // namespace efface::testing
