// Generator: something that fills what was destroyed of a picture with texture that looks as the rest of it
// asks for and is nobody's. What it draws is a function of visible pixels, mask and noise alone, and nothing
// that is visible changes: both hold whatever its network does, since fill() sees to them.
// Thread rule: an object belongs to one thread.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"
#include "pipeline/picture/confidence_model.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace efface::pipeline {

class Generator {
public:
    /// Columns and rows of a picture that is filled at once.
    static constexpr std::size_t kSideMax = 1024;

    /// What the file of its network says of it.
    struct Facts {
        std::string name;
        std::string version;
        std::string licence;
        Digest digest{};                 ///< SHA-256 of the file.
        std::size_t channels = 1;        ///< 1 or 3.
        std::vector<std::size_t> sides;  ///< Of the squares that it was trained at.
        std::size_t side_multiple = 32;  ///< Columns and rows are multiples of it; even.
        double max_mask_fraction = 0;    ///< As much of a picture may be destroyed, no more.
        bool uses_noise = true;
        std::string trained_on;                     ///< In words.
        std::optional<ConfidenceModel> confidence;  ///< Nothing: it says no confidence of a fill.
    };

    struct Request {
        std::span<const float> planes;       ///< channels x rows x columns, -1 to 1 where they are visible.
        std::span<const std::uint8_t> mask;  ///< rows x columns; 0: visible, anything else: destroyed.
        std::span<const float> noise;        ///< rows/2 x columns/2, of mean 0 and deviation 1.
        std::size_t columns = 0;
        std::size_t rows = 0;
    };

    virtual ~Generator() = default;
    virtual const Facts& facts() const = 0;

    /// As the planes: what is visible is theirs bit for bit, what is destroyed is drawn anew, from -1 to 1.
    /// What they hold there never reaches the network, be it no number. Fault::kRetry: the model failed;
    /// never a picture that is not filled instead. Fault::kQuarantine: sides that the model does not take,
    /// too much destroyed, or visible values or noise that are none.
    virtual Result<std::vector<float>> fill(const Request& request) = 0;
};

}  // namespace efface::pipeline
