#include "pipeline/watermark/stamp.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::string_view kPrefix = "GPEN-MED-";
constexpr std::size_t kStampLength = 24;

/// `length` digits from `at` on; -1 where one is none.
int digits(std::string_view text, std::size_t at, std::size_t length) {
    int value = 0;
    for (const char c : text.substr(at, length)) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = 10 * value + (c - '0');
    }
    return value;
}

}  // namespace

std::string stamp_text(std::uint32_t utc_seconds) {
    const std::chrono::sys_seconds moment{std::chrono::seconds{utc_seconds}};
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day day{midnight};
    const std::chrono::hh_mm_ss time{moment - midnight};
    std::array<char, 64> text{};
    std::snprintf(
        text.data(), text.size(), "GPEN-MED-%04d%02u%02u-%02d%02d%02d", static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count())
    );
    return text.data();
}

std::optional<std::uint32_t> parse_stamp(std::string_view text) {
    if (text.size() != kStampLength || !text.starts_with(kPrefix)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day day{
        std::chrono::year{digits(text, 9, 4)}, std::chrono::month{static_cast<unsigned>(digits(text, 13, 2))},
        std::chrono::day{static_cast<unsigned>(digits(text, 15, 2))}};
    if (!day.ok()) {
        return std::nullopt;
    }
    const std::chrono::sys_seconds moment =
        std::chrono::sys_days{day} + std::chrono::hours{digits(text, 18, 2)} +
        std::chrono::minutes{digits(text, 20, 2)} + std::chrono::seconds{digits(text, 22, 2)};
    const std::int64_t seconds = moment.time_since_epoch().count();
    if (seconds < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) {
        return std::nullopt;
    }
    // Hours of 25, signs and other separators come to another text.
    const auto second = static_cast<std::uint32_t>(seconds);
    return stamp_text(second) == text ? std::optional{second} : std::nullopt;
}

}  // namespace efface::pipeline
