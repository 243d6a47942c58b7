// efface-plain-generator FILE: writes a generator of contract efface-generator/1 that draws half of the mean
// of what is visible and a tenth of the noise, for tests that need a file and no Python with PyTorch.
#include "tests/unit/pipeline/inference/generator_file.h"

#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    using namespace efface::testing;
    if (argc != 2) {
        std::cerr << "usage: efface-plain-generator FILE\n";
        return 2;
    }
    const std::vector<std::byte> bytes =
        generator_archive(plain_generator_code(), efface::dump_json(plain_generator_metadata()));
    std::ofstream out{argv[1], std::ios::binary};
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return out.flush() ? 0 : 1;
}
