#include "node/log/log.h"

#include "config/json.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace efface::node {

namespace {

std::string_view level_name(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return "debug";
        case LogLevel::kInfo:
            return "info";
        case LogLevel::kWarning:
            return "warning";
        case LogLevel::kError:
            return "error";
    }
    return "error";
}

}  // namespace

std::string utc_text(UnixMicros at) {
    const std::time_t seconds = static_cast<std::time_t>(at / 1'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 24> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(), static_cast<int>(at / 1000 % 1000));
    return text.data();
}

void Log::write(LogLevel level, Literal event, std::initializer_list<LogField> fields) {
    if (level < level_) {
        return;
    }
    std::string line;
    if (format_ == LogFormat::kJson) {
        Json json{{"at", utc_text(clock_.now())}, {"level", level_name(level)}, {"event", event.view()}};
        for (const LogField& field : fields) {
            json[std::string{field.name_.view()}] = field.text_;
        }
        line = dump_json(json);
    } else {
        line.append(utc_text(clock_.now()))
            .append(" ")
            .append(level_name(level))
            .append(" ")
            .append(event.view());
        for (const LogField& field : fields) {
            line.append(" ").append(field.name_.view()).append("=");
            line += field.quoted_ ? dump_json(Json(field.text_)) : field.text_;
        }
    }
    line += '\n';
    const std::lock_guard lock{mutex_};
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace efface::node
