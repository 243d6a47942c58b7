// MtcnnNetworks: the three networks of the face detector (K. Zhang, Z. Zhang, Z. Li, Y. Qiao: Joint Face
// Detection and Alignment Using Multitask Cascaded Convolutional Networks, IEEE Signal Processing Letters
// 23(10), 2016), run by LibTorch's operators on one thread. Nothing of LibTorch shows here: its headers are
// slow and its macros collide. Thread rule: an object belongs to one thread; load() sets the thread count of
// the process.
#pragma once

#include "config/result.h"
#include "pipeline/inference/tensor_file.h"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace efface::pipeline {

/// What a network says about one window.
struct Verdict {
    float face = 0;                ///< The probability of a face.
    std::array<float, 4> shift{};  ///< Left, top, right, bottom: how far each edge is off, in window sizes.
};

/// Row-major; cell (x, y) speaks of the window of kCell pixels that begins at kStride times (x, y).
struct ProposalGrid {
    static constexpr std::size_t kCell = 12;
    static constexpr std::size_t kStride = 2;
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::vector<Verdict> verdicts;
};

/// Pictures are three planes (red, green, blue) of (value - 127.5) / 128. Fault::kRetry: LibTorch failed.
class MtcnnNetworks {
public:
    static constexpr std::size_t kRefineSide = 24;
    static constexpr std::size_t kJudgeSide = 48;

    /// Fault::kHalt: the file lacks a tensor or holds one of another shape.
    static Result<MtcnnNetworks> load(const TensorFile& file);

    MtcnnNetworks(MtcnnNetworks&&) noexcept;
    MtcnnNetworks& operator=(MtcnnNetworks&&) noexcept;
    ~MtcnnNetworks();

    /// P-Net over a whole picture of at least kCell x kCell.
    Result<ProposalGrid> propose(std::span<const float> planes, std::size_t columns, std::size_t rows) const;
    /// R-Net on windows of kRefineSide squared, one after another.
    Result<std::vector<Verdict>> refine(std::span<const float> windows) const;
    /// O-Net on windows of kJudgeSide squared. Its five landmarks are not asked for.
    Result<std::vector<Verdict>> judge(std::span<const float> windows) const;

private:
    struct Layers;
    explicit MtcnnNetworks(std::unique_ptr<Layers> layers);

    std::unique_ptr<Layers> layers_;
};

}  // namespace efface::pipeline
