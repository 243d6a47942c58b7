// What the tests of the fill have in common: a drawn frame, and generators that draw what a test says.
#pragma once

#include "pipeline/enhance/counter_noise.h"
#include "pipeline/enhance/planes.h"
#include "pipeline/picture/generator.h"
#include "pipeline/picture/mask_boxes.h"

#include <cmath>
#include <functional>

namespace efface::pipeline {

inline Digest seed_of(std::uint8_t first) {
    Digest seed{};
    seed[0] = first;
    return seed;
}

/// Waves over a slope, with noise; stored values of about 200 to 1800.
inline Planes drawn_frame(std::size_t columns, std::size_t rows, std::size_t channels = 1, float noise = 20) {
    Planes frame{columns, rows, channels};
    for (std::size_t channel = 0; channel < channels; ++channel) {
        const std::vector<float> grain =
            CounterNoise{seed_of(99)}.field(columns, rows, static_cast<std::uint32_t>(channel));
        for (std::size_t i = 0; i < frame.pixels(); ++i) {
            const auto x = static_cast<float>(i % columns);
            const auto y = static_cast<float>(i / columns);
            frame.plane(channel)[i] = 1000 + 2 * x + y + 250 * std::sin(x / 9) * std::cos(y / 13) +
                                      100 * static_cast<float>(channel) + noise * grain[i];
        }
    }
    return frame;
}

inline PixelSet set_of(std::size_t columns, std::size_t rows, const Box& box) {
    PixelSet set{columns, rows};
    set.add(box);
    return set;
}

inline Hole one(const Box& box) {
    return {{box}, {0, 1}};
}

/// Draws what `draw` gives for each destroyed pixel.
class DrawingGenerator : public Generator {
public:
    using Draw = std::function<float(std::size_t x, std::size_t y, float noise)>;

    explicit DrawingGenerator(Draw draw, std::size_t channels = 1) : draw_{std::move(draw)} {
        facts_.channels = channels;
        facts_.sides = {128, 256};
        facts_.max_mask_fraction = 0.45;
    }

    const Facts& facts() const override { return facts_; }

    Result<std::vector<float>> fill(const Request& request) override {
        ++calls;
        if (fails) {
            return fail(Fault::kRetry, "out of memory");
        }
        std::vector<float> out(request.planes.begin(), request.planes.end());
        const std::size_t pixels = request.columns * request.rows;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::size_t x = i % pixels % request.columns;
            const std::size_t y = i % pixels / request.columns;
            const float noise = request.noise[y / 2 * (request.columns / 2) + x / 2];
            const float tint = tints ? 0.1F * (static_cast<float>(i / pixels) - 1) : 0.0F;
            out[i] = request.mask[i % pixels] != 0 ? draw_(x, y, noise) + tint : out[i];
        }
        return out;
    }

    /// As a file with coefficients says.
    void say_confidence(const ConfidenceModel& model = ring_counts()) { facts_.confidence = model; }

    /// What the ring shows counts most.
    static ConfidenceModel ring_counts() {
        return {
            .intercept = 1,
            .weights = {2, -3, -0.5, -1, -0.5, 0.1, 0.2},
            .ring = 12,
            .cases = 100,
            .first_seed = 1,
            .generator = "ab"};
    }

    int calls = 0;
    bool fails = false;
    bool tints = false;  // The first channel darker by a tenth, the third lighter.

private:
    Draw draw_;
    Facts facts_;
};

/// A pattern with structure and noise of its own.
inline float patterned(std::size_t x, std::size_t y, float noise) {
    return 0.4F * std::sin(static_cast<float>(x) / 4) * std::sin(static_cast<float>(y) / 5) + 0.05F * noise;
}

/// Deviation of what is finer than 1.2 pixels within the set.
inline double fineness(std::span<const float> plane, const PixelSet& set) {
    const std::vector<float> coarse = blurred(plane, set, 1.2F);
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (set.in[i] != 0) {
            const double fine = static_cast<double>(plane[i]) - static_cast<double>(coarse[i]);
            sum += fine;
            squares += fine * fine;
            count += 1;
        }
    }
    return count > 0 ? std::sqrt(squares / count - sum / count * sum / count) : 0;
}

}  // namespace efface::pipeline
