// Letters of straight bars in a grey picture, as a lead marker shows them: 40 pixels high.
#pragma once

#include "pipeline/picture/picture.h"

#include <string_view>

namespace efface::testing {

inline constexpr std::int64_t kLetterHeight = 40;

class DrawnLine {
    using Box = pipeline::Box;

public:
    explicit DrawnLine(std::uint8_t ground = 20, std::uint8_t letters = 220) : letters_{letters} {
        std::ranges::fill(picture.samples, ground);
    }

    /// H, I, L and T, one after another.
    void write(std::string_view text) {
        for (const char letter : text) {
            draw(letter);
            box.right += letter == 'I' ? 16 : 34;
        }
    }

    void bar(const Box& at) {
        paint({at.left + left_, at.top + 50, at.right + left_, at.bottom + 50}, letters_);
    }

    void paint(const Box& at, std::uint8_t level) {
        for (std::int64_t y = at.top; y < at.bottom; ++y) {
            for (std::int64_t x = at.left; x < at.right; ++x) {
                picture.samples[static_cast<std::size_t>(y) * picture.columns + static_cast<std::size_t>(x)] =
                    level;
            }
        }
    }

    pipeline::Picture picture{320, 140, 1};
    Box box{54, 44, 60, 96};  ///< Of the line, as a detector gives it: with some ground.

private:
    void draw(char letter) {
        left_ = box.right;
        const bool is_t = letter == 'T';
        bar(is_t ? Box{11, 0, 17, 40} : Box{0, 0, 6, 40});
        if (is_t) {
            bar({0, 0, 28, 6});
        } else if (letter == 'L') {
            bar({0, 34, 24, 40});
        } else if (letter == 'H') {
            bar({24, 0, 30, 40});
            bar({0, 17, 30, 23});
        }
    }

    std::uint8_t letters_;
    std::int64_t left_ = 60;
};

}  // namespace efface::testing
