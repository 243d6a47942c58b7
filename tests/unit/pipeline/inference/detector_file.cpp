#include "tests/unit/pipeline/inference/detector_file.h"

namespace efface::testing {

namespace {

constexpr std::size_t kSide = 64;
constexpr std::size_t kStride = 8;
constexpr std::size_t kCells = kSide / kStride;

/// The mean of each cell of the contract's noise, worked out apart from the code under test.
std::vector<double> means_of_noise() {
    std::vector<double> means(kCells * kCells);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < kSide * kSide; ++i) {
        state = state * 1664525U + 1013904223U;
        const std::size_t cell = i / kSide / kStride * kCells + i % kSide / kStride;
        means[cell] += static_cast<double>(state >> 24U) / 255.0 / (kStride * kStride);
    }
    return means;
}

}  // namespace

std::string light_detector_code() {
    return R"(
def forward(self, x):
    score = torch.avg_pool2d(x, [8, 8])
    edge = torch.full_like(score, 12.0)
    return torch.cat([score, edge, edge, edge, edge], 1)
)";
}

Json good_metadata() {
    const std::vector<double> means = means_of_noise();
    Json at = Json::array();
    Json values = Json::array();
    for (std::size_t place = 0; place < kCells * kCells; place += 7) {
        at.push_back(place);
        values.push_back(means[place]);
    }
    at.push_back(5 * kCells * kCells - 1);
    values.push_back(12.0);
    return Json{
        {"contract", "efface-detector/1"},
        {"name", "test"},
        {"version", "1"},
        {"licence", "none"},
        {"trained_on", "nothing"},
        {"input",
         {{"channels", 1}, {"low", 0.0}, {"high", 1.0}, {"side_multiple", 32}, {"longer_sides", {128, 64}}}},
        {"output", {{"stride", 8}}},
        {"threshold", 0.9},
        {"self_test",
         {{"side", kSide},
          {"generator", "lcg-1664525-1013904223-top-byte"},
          {"at", at},
          {"values", values}}}};
}

}  // namespace efface::testing
