// efface-plain-generator FILE [--confidence]: writes a generator of contract efface-generator/1 that draws
// half of the mean of what is visible and a tenth of the noise, with coefficients of a confidence where they
// are asked for; for tests that need a file and no Python with PyTorch.
#include "tests/unit/pipeline/inference/generator_file.h"

#include <fstream>
#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
    using namespace efface::testing;
    const bool with_confidence = argc == 3 && std::string_view{argv[2]} == "--confidence";
    if (argc != 2 && !with_confidence) {
        std::cerr << "usage: efface-plain-generator FILE [--confidence]\n";
        return 2;
    }
    efface::Json metadata = plain_generator_metadata();
    if (with_confidence) {
        metadata["confidence"] = plain_confidence();
    }
    const std::vector<std::byte> bytes =
        generator_archive(plain_generator_code(), efface::dump_json(metadata));
    std::ofstream out{argv[1], std::ios::binary};
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return out.flush() ? 0 : 1;
}
