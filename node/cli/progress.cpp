#include "node/cli/progress.h"

#include "node/control/time_text.h"

#include <algorithm>
#include <string>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::uint64_t kBarCells = 30;

std::int64_t micros(std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

Progress::Progress(std::FILE* terminal, const Clock& clock, const char* otherwise)
    : terminal_{terminal},
      clock_{clock},
      otherwise_{otherwise},
      shown_{::isatty(::fileno(terminal)) == 1},
      started_{clock.monotonic()} {}

void Progress::count(bool cleaned) {
    ++done_;
    cleaned_ += cleaned ? 1 : 0;
    if (!shown_) {
        return;
    }
    const auto now = clock_.monotonic();
    if (now - drawn_at_ >= kRedraw) {
        draw(now);
    }
}

void Progress::hide() {
    if (on_screen_) {
        std::fputs("\r\033[K", terminal_);
        std::fflush(terminal_);
        on_screen_ = false;
    }
}

void Progress::draw(std::chrono::nanoseconds now) {
    drawn_at_ = now;
    on_screen_ = true;
    const std::int64_t elapsed = micros(now - started_);
    const std::uint64_t total = std::max({total_, done_, std::uint64_t{1}});
    const std::uint64_t filled = kBarCells * done_ / total;
    const std::string bar = std::string(filled, '#') + std::string(kBarCells - filled, '.');
    const std::int64_t left = elapsed / static_cast<std::int64_t>(std::max<std::uint64_t>(done_, 1)) *
                              static_cast<std::int64_t>(total - done_);
    std::fprintf(
        terminal_, "\r\033[K[%s] %llu of %llu, %llu %s, %s left", bar.c_str(),
        static_cast<unsigned long long>(done_), static_cast<unsigned long long>(total),
        static_cast<unsigned long long>(done_ - cleaned_), otherwise_, duration_text(left).c_str()
    );
    std::fflush(terminal_);
}

}  // namespace efface::node
