#include "tests/bench/pixels/netpbm.h"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace efface::bench {

namespace {

constexpr std::size_t kSideMax = 8192;

void stretch(pipeline::Picture& picture) {
    const auto [least, most] = std::ranges::minmax_element(picture.samples);
    const int low = *least;
    const int range = *most - low;
    if (range == 0) {
        return;
    }
    for (std::uint8_t& sample : picture.samples) {
        sample = static_cast<std::uint8_t>(std::lround(255.0 * (sample - low) / range));
    }
}

}  // namespace

Result<pipeline::Picture> read_netpbm(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::string kind;
    std::size_t columns = 0;
    std::size_t rows = 0;
    int largest = 0;
    in >> kind >> columns >> rows >> largest;
    const bool known = kind == "P5" || kind == "P6";
    if (!in || !known || largest != 255 || columns == 0 || rows == 0 || columns > kSideMax ||
        rows > kSideMax) {
        return fail(Fault::kHalt, "not a binary PGM or PPM of eight bits");
    }
    in.get();
    pipeline::Picture picture{columns, rows, kind == "P6" ? 3U : 1U};
    const auto wanted = static_cast<std::streamsize>(picture.samples.size());
    in.read(reinterpret_cast<char*>(picture.samples.data()), wanted);
    if (in.gcount() != wanted) {
        return fail(Fault::kHalt, "a PGM or PPM ends before its samples do");
    }
    if (picture.channels == 1) {
        stretch(picture);
    }
    return picture;
}

}  // namespace efface::bench
