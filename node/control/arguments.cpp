#include "node/control/arguments.h"

#include "config/json.h"

#include <limits>

namespace efface::node {

namespace {

constexpr auto kMicrosMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// A whole number that is not negative, however it came into the JSON value.
std::optional<std::uint64_t> whole_number(const Json& value) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>();
    }
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0) {
        return static_cast<std::uint64_t>(value.get<std::int64_t>());
    }
    return std::nullopt;
}

}  // namespace

const Json* ArgumentReader::take(std::string_view name) {
    taken_.emplace(name);
    if (!arguments_.is_object()) {
        return nullptr;
    }
    const auto found = arguments_.find(std::string{name});
    return found == arguments_.end() ? nullptr : &*found;
}

void ArgumentReader::note(std::string_view name, std::string_view what) {
    if (!error_) {
        error_ = ControlError{ControlCode::kUsage, std::string{name} + " " + std::string{what}};
    }
}

std::string ArgumentReader::text(std::string_view name, std::size_t bytes_max) {
    const Json* value = take(name);
    if (value == nullptr) {
        return {};
    }
    if (!value->is_string()) {
        note(name, "must be a text");
        return {};
    }
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() > bytes_max) {
        note(name, "is longer than " + std::to_string(bytes_max) + " bytes");
        return {};
    }
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            note(name, "holds a control character");
            return {};
        }
    }
    return text;
}

std::string ArgumentReader::required_text(std::string_view name, std::size_t bytes_max) {
    std::string value = text(name, bytes_max);
    if (value.find_first_not_of(' ') == std::string::npos) {
        note(name, "is missing");
    }
    return value;
}

std::uint64_t ArgumentReader::number(std::string_view name, std::uint64_t fallback, std::uint64_t max) {
    const Json* value = take(name);
    if (value == nullptr) {
        return fallback;
    }
    const auto given = whole_number(*value);
    if (!given || *given > max) {
        note(name, "must be a whole number of at most " + std::to_string(max));
        return fallback;
    }
    return *given;
}

std::int64_t ArgumentReader::micros(std::string_view name) {
    return static_cast<std::int64_t>(number(name, 0, kMicrosMax));
}

std::vector<std::uint64_t> ArgumentReader::required_numbers(std::string_view name, std::size_t count_max) {
    const Json* value = take(name);
    std::vector<std::uint64_t> numbers;
    if (value == nullptr || !value->is_array() || value->empty() || value->size() > count_max) {
        note(name, "must be a list of one to " + std::to_string(count_max) + " numbers");
        return numbers;
    }
    std::set<std::uint64_t> seen;
    for (const Json& item : *value) {
        const auto given = whole_number(item);
        if (!given || *given > kMicrosMax) {
            note(name, "must hold whole numbers only");
            return {};
        }
        if (!seen.insert(*given).second) {
            note(name, "names " + std::to_string(*given) + " twice");
            return {};
        }
        numbers.push_back(*given);
    }
    return numbers;
}

std::optional<ControlError> ArgumentReader::finish() {
    if (!error_ && !arguments_.is_object()) {
        note("arguments", "must be an object");
    }
    if (!error_) {
        for (const auto& [name, value] : arguments_.items()) {
            if (!taken_.contains(name)) {
                note(name, "is no argument of this operation");
                break;
            }
        }
    }
    return error_;
}

}  // namespace efface::node
