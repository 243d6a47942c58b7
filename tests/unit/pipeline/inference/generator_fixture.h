// Generator files loaded by the tests, and what a file is refused with. Thread rule: pure functions.
#pragma once

#include "pipeline/inference/torchscript_generator.h"
#include "tests/unit/pipeline/inference/generator_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace efface::testing {

using Bytes = std::vector<std::byte>;
using LoadedGenerator = Result<std::unique_ptr<pipeline::Generator>>;

inline LoadedGenerator load_generator(const Bytes& bytes) {
    return pipeline::TorchScriptGenerator::load(bytes, sha256(bytes), "cpu");
}

inline LoadedGenerator load_generator(
    const std::string& code, const Json& metadata = plain_generator_metadata()
) {
    return load_generator(generator_archive(code, dump_json(metadata)));
}

/// The plain network with its last line another one.
inline std::string ending(const std::string& line) {
    const std::string code = plain_generator_code();
    return code.substr(0, code.find("    return")) + "    " + line + "\n";
}

}  // namespace efface::testing
