#include "node/cli/output.h"

#include "config/json.h"
#include "node/control/time_text.h"

#include <algorithm>
#include <array>

namespace efface::node {

namespace {

constexpr std::string_view kGap = "  ";

/// Characters, not bytes: a continuation byte of UTF-8 takes no room.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

void append_padded(std::string& out, const std::string& cell, std::size_t width, TextTable::Align align) {
    const std::string padding(width - std::min(width, width_of(cell)), ' ');
    out += align == TextTable::Align::kRight ? padding + cell : cell + padding;
}

}  // namespace

void Output::line(std::string_view text) {
    if (!text.empty()) {  // Nothing may have no address, which fwrite() does not take.
        std::fwrite(text.data(), 1, text.size(), out_);
    }
    std::fputc('\n', out_);
}

void Output::json_line(const Json& value) {
    line(dump_json(value));
}

void Output::error(std::string_view text) {
    std::fflush(out_);
    std::fprintf(error_, "efface: %.*s\n", static_cast<int>(text.size()), text.data());
}

void Output::remark(std::string_view text) {
    std::fflush(out_);
    std::fprintf(error_, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void Output::flush() {
    std::fflush(out_);
    std::fflush(error_);
}

void TextTable::row(std::vector<std::string> cells) {
    for (std::string& cell : cells) {
        cell = printable(cell);
    }
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
    if (rows_.empty()) {
        return {};
    }
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = width_of(columns_[i].title);
        for (const auto& cells : rows_) {
            width = std::max(width, width_of(cells[i]));
        }
        widths.push_back(width);
    }
    std::string out;
    const auto add = [&](const auto& cell_at) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            line += i == 0 ? std::string_view{} : kGap;
            append_padded(line, cell_at(i), widths[i], columns_[i].align);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    };
    add([&](std::size_t i) { return std::string{columns_[i].title}; });
    for (const auto& cells : rows_) {
        add([&](std::size_t i) { return cells[i]; });
    }
    out.pop_back();
    return out;
}

std::string printable(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            c = '?';
        }
    }
    return out;
}

std::string both_times(const Json& iso) {
    if (!iso.is_string()) {
        return "-";
    }
    const auto& text = iso.get_ref<const std::string&>();
    const auto at = parse_time(text);
    if (!at || text.size() < 19) {
        return text;
    }
    const std::string local = local_text(*at);
    // Where both are one, once.
    return local.ends_with("+0000") ? local.substr(0, local.size() - 5) + "UTC"
                                    : local + " (" + text.substr(11, 8) + "Z)";
}

std::string text_of(const Json& object, std::string_view name) {
    const auto found = object.is_object() ? object.find(std::string{name}) : object.end();
    if (!object.is_object() || found == object.end() || found->is_null()) {
        return {};
    }
    return found->is_string() ? found->get<std::string>() : dump_json(*found);
}

std::uint64_t number_of(const Json& object, std::string_view name) {
    const auto found = object.is_object() ? object.find(std::string{name}) : object.end();
    const bool there = object.is_object() && found != object.end() && found->is_number();
    return there ? found->get<std::uint64_t>() : 0;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits.at(unit));
    return text.data();
}

}  // namespace efface::node
