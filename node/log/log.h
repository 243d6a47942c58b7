// Log: what an administrator reads while the node runs, one line per event, on standard error.
//
// An event is a literal; its fields are numbers, literals, or names that the configuration made
// (`configured`). There is no way to log a received value: no patient data (promise P10).
// Thread rule: safe from any thread; a line is written whole.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "config/settings/settings.h"

#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

namespace efface::node {

/// One field of a log line. An AE title or address of an association counts as configured: it names
/// equipment, not a patient.
class LogField {
public:
    LogField(Literal name, std::int64_t number)
        : name_{name}, text_{std::to_string(number)}, quoted_{false} {}

    LogField(Literal name, Literal value) : name_{name}, text_{value.view()} {}

    static LogField configured(Literal name, std::string_view value) { return {name, std::string{value}}; }

    static LogField error(const Error& error) { return {"error", error.message()}; }

private:
    friend class Log;

    LogField(Literal name, std::string text) : name_{name}, text_{std::move(text)} {}

    Literal name_;
    std::string text_;
    bool quoted_ = true;
};

class Log {
public:
    Log(const Clock& clock, LogLevel level, LogFormat format)
        : clock_{clock}, level_{level}, format_{format} {}

    void debug(Literal event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::kDebug, event, fields);
    }

    void info(Literal event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::kInfo, event, fields);
    }

    void warning(Literal event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::kWarning, event, fields);
    }

    void error(Literal event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::kError, event, fields);
    }

private:
    void write(LogLevel level, Literal event, std::initializer_list<LogField> fields);

    const Clock& clock_;
    const LogLevel level_;
    const LogFormat format_;
    std::mutex mutex_;
};

/// "2026-01-02T03:04:05.678Z".
std::string utc_text(UnixMicros at);

}  // namespace efface::node
