// Progress: a bar on a terminal's standard error; nothing where that is no terminal.
// Thread rule: one call at a time.
#pragma once

#include "config/environment.h"

#include <cstdint>
#include <cstdio>

namespace efface::node {

class Progress {
public:
    /// `otherwise`: what is said of those that are not `cleaned`.
    Progress(std::FILE* terminal, const Clock& clock, const char* otherwise = "not cleaned");

    bool shown() const { return shown_; }

    void set_total(std::uint64_t total) { total_ = total; }

    /// One file more; draws at most ten times a second.
    void count(bool cleaned);
    /// Takes the bar off the line, so that a line can be printed.
    void hide();

private:
    void draw(std::chrono::nanoseconds now);

    std::FILE* terminal_;
    const Clock& clock_;
    const char* otherwise_;
    const bool shown_;
    const std::chrono::nanoseconds started_;
    std::chrono::nanoseconds drawn_at_{0};
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t cleaned_ = 0;
    bool on_screen_ = false;
};

}  // namespace efface::node
