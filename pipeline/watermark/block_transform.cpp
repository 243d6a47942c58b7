#include "pipeline/watermark/block_transform.h"

namespace efface::pipeline {
namespace {

// cos(k pi / 16), in decimals: no mathematical library decides what is written.
constexpr std::array<float, 9> kCosines{
    1.0F,         0.980785280F, 0.923879533F, 0.831469612F, 0.707106781F,
    0.555570233F, 0.382683432F, 0.195090322F, 0.0F,
};

constexpr float cosine(std::size_t sixteenths) {
    const std::size_t turn = sixteenths % 32;
    const std::size_t half = turn > 16 ? 32 - turn : turn;
    return half > 8 ? -kCosines[16 - half] : kCosines[half];
}

constexpr BlockValues make_basis() {
    BlockValues basis{};
    for (std::size_t frequency = 0; frequency < kBlockSide; ++frequency) {
        for (std::size_t place = 0; place < kBlockSide; ++place) {
            const float scale = frequency == 0 ? 0.353553391F : 0.5F;
            basis[frequency * kBlockSide + place] = scale * cosine((2 * place + 1) * frequency);
        }
    }
    return basis;
}

/// Row: frequency; column: place.
constexpr BlockValues kBasis = make_basis();

constexpr BlockValues transposed(const BlockValues& values) {
    BlockValues out{};
    for (std::size_t row = 0; row < kBlockSide; ++row) {
        for (std::size_t column = 0; column < kBlockSide; ++column) {
            out[column * kBlockSide + row] = values[row * kBlockSide + column];
        }
    }
    return out;
}

constexpr BlockValues kBasisTransposed = transposed(kBasis);

BlockValues product(const BlockValues& a, const BlockValues& b) {
    BlockValues out{};
    for (std::size_t row = 0; row < kBlockSide; ++row) {
        for (std::size_t inner = 0; inner < kBlockSide; ++inner) {
            const float factor = a[row * kBlockSide + inner];
            for (std::size_t column = 0; column < kBlockSide; ++column) {
                out[row * kBlockSide + column] += factor * b[inner * kBlockSide + column];
            }
        }
    }
    return out;
}

}  // namespace

BlockValues forward_transform(const BlockValues& pixels) {
    return product(product(kBasis, pixels), kBasisTransposed);
}

BlockValues inverse_transform(const BlockValues& coefficients) {
    return product(product(kBasisTransposed, coefficients), kBasis);
}

BandValues band_of(const BlockValues& pixels) {
    const BlockValues all = forward_transform(pixels);
    BandValues band{};
    for (std::size_t i = 0; i < kBandSize; ++i) {
        band[i] = all[kBand[i]];
    }
    return band;
}

}  // namespace efface::pipeline
