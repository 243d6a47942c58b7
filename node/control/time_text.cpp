#include "node/control/time_text.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace efface::node {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::tm utc_fields(UnixMicros at, std::int64_t& fraction) {
    std::int64_t seconds = at / kSecond;
    fraction = at % kSecond;
    if (fraction < 0) {
        fraction += kSecond;
        --seconds;
    }
    const std::time_t time = static_cast<std::time_t>(seconds);
    std::tm fields{};
    ::gmtime_r(&time, &fields);
    return fields;
}

/// Takes `width` digits from the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
    if (text.size() < width) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, width)) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(width);
    return value;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

bool take_number(std::string_view& text, int& out, std::size_t width, int low, int high) {
    const auto value = take_digits(text, width);
    out = value.value_or(low);
    return value && *value >= low && *value <= high;
}

/// Digits after the decimal point, as microseconds.
bool take_fraction(std::string_view& text, std::int64_t& micros) {
    std::int64_t unit = kSecond / 10;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        micros += (text.front() - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
        ++digits;
    }
    return digits > 0;
}

/// "Z", "+hh:mm" or "-hhmm": seconds east of UTC.
bool take_zone(std::string_view& text, std::optional<int>& east) {
    if (take(text, 'Z')) {
        east = 0;
        return true;
    }
    const bool west = !text.empty() && text.front() == '-';
    text.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!take_number(text, hours, 2, 0, 14)) {
        return false;
    }
    take(text, ':');
    if (!take_number(text, minutes, 2, 0, 59)) {
        return false;
    }
    east = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

bool take_time(std::string_view& text, std::tm& fields, std::int64_t& micros) {
    if (!take_number(text, fields.tm_hour, 2, 0, 23) || !take(text, ':') ||
        !take_number(text, fields.tm_min, 2, 0, 59)) {
        return false;
    }
    if (take(text, ':') && !take_number(text, fields.tm_sec, 2, 0, 60)) {
        return false;
    }
    return !take(text, '.') || take_fraction(text, micros);
}

bool take_date(std::string_view& text, std::tm& fields) {
    int year = 0;
    int month = 0;
    if (!take_number(text, year, 4, 1970, 9999) || !take(text, '-') || !take_number(text, month, 2, 1, 12) ||
        !take(text, '-') || !take_number(text, fields.tm_mday, 2, 1, 31)) {
        return false;
    }
    fields.tm_year = year - 1900;
    fields.tm_mon = month - 1;
    return true;
}

}  // namespace

std::string iso_text(UnixMicros at) {
    std::int64_t fraction = 0;
    const std::tm fields = utc_fields(at, fraction);
    std::array<char, 64> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", fields.tm_year + 1900,
        fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec,
        static_cast<int>(fraction)
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string local_text(UnixMicros at) {
    const std::time_t time = static_cast<std::time_t>(at / kSecond);
    std::tm fields{};
    ::localtime_r(&time, &fields);
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z", &fields);
    return {text.data(), length};
}

std::optional<UnixMicros> parse_time(std::string_view text) {
    std::tm fields{};
    std::int64_t micros = 0;
    std::optional<int> east;
    if (!take_date(text, fields)) {
        return std::nullopt;
    }
    if (!text.empty()) {
        if ((!take(text, 'T') && !take(text, ' ')) || !take_time(text, fields, micros)) {
            return std::nullopt;
        }
        const bool zone =
            !text.empty() && (text.front() == 'Z' || text.front() == '+' || text.front() == '-');
        if (zone && !take_zone(text, east)) {
            return std::nullopt;
        }
    }
    if (!text.empty()) {
        return std::nullopt;
    }
    fields.tm_isdst = -1;
    const int day = fields.tm_mday;
    const std::time_t seconds = east ? ::timegm(&fields) - *east : ::mktime(&fields);
    // "2026-02-30" is normalised by the C library; it is no date.
    if (fields.tm_mday != day) {
        return std::nullopt;
    }
    return static_cast<UnixMicros>(seconds) * kSecond + micros;
}

std::string duration_text(std::int64_t micros) {
    const std::int64_t seconds = micros / kSecond;
    if (seconds < 120) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 120 * 60) {
        return std::to_string(seconds / 60) + " min";
    }
    if (seconds < 48 * 3600) {
        return std::to_string(seconds / 3600) + " h";
    }
    return std::to_string(seconds / 86400) + " d";
}

}  // namespace efface::node
