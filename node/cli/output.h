// Output: what a command prints: texts and aligned tables for people, JSON for programs.
// Thread rule: belongs to one thread at a time.
#pragma once

#include "config/environment.h"
#include "config/json_forward.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

class Output {
public:
    Output(std::FILE* out, std::FILE* error, bool json) : out_{out}, error_{error}, json_{json} {}

    bool json() const { return json_; }

    /// One line on standard output.
    void line(std::string_view text = {});
    /// One JSON text on a line of its own.
    void json_line(const Json& value);
    /// "efface: text" on standard error.
    void error(std::string_view text);
    /// A remark on standard error, for people only: what is on standard output stays readable by programs.
    void remark(std::string_view text);

    void flush();

    std::FILE* out() const { return out_; }

    std::FILE* error_stream() const { return error_; }

private:
    std::FILE* out_;
    std::FILE* error_;
    bool json_;
};

/// Columns as wide as their widest cell; numbers to the right. Control characters become '?'.
class TextTable {
public:
    enum class Align : std::uint8_t { kLeft, kRight };

    struct Column {
        std::string_view title;
        Align align = Align::kLeft;
    };

    explicit TextTable(std::vector<Column> columns) : columns_{std::move(columns)} {}

    void row(std::vector<std::string> cells);
    /// Without trailing spaces; nothing where there is no row.
    std::string text() const;

    bool empty() const { return rows_.empty(); }

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// As a person reads it: control characters, which could steer a terminal, become '?'.
std::string printable(std::string_view text);
/// "2026-01-02 04:04:05 +0100 (03:04:05Z)" of an ISO 8601 text; "-" of null.
std::string both_times(const Json& iso);
/// A member as text: "" for null and for what is not there.
std::string text_of(const Json& object, std::string_view name);
std::uint64_t number_of(const Json& object, std::string_view name);
/// "1.5 GB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace efface::node
