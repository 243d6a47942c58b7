// Fields of a model file's metadata.json, each taken only where it is what it must be: false, and the text
// counts for nothing. Thread rule: pure functions of values.
#pragma once

#include "config/json.h"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// The text as JSON; nothing where it is none or longer than any contract needs.
std::optional<Json> parse_metadata(std::string_view text);

/// Null where it is no object or has no such member.
const Json* member(const Json& object, const char* name);

/// Not empty, not long.
bool take_text(const Json* value, std::string& out);
/// `out` is that number of `low` to `high`.
bool take_count(const Json* value, std::size_t low, std::size_t high, std::size_t& out);
bool take_flag(const Json* value, bool& out);

/// Finite as a Number too.
template <class Number>
bool take_number(const Json* value, Number& out) {
    if (value == nullptr || !value->is_number()) {
        return false;
    }
    out = value->get<Number>();
    return std::isfinite(out);
}

/// `take_one(const Json*, T&)` takes each of `count_min` to `count_max`.
template <class T, class Take>
bool take_list(
    const Json* value, std::size_t count_min, std::size_t count_max, std::vector<T>& out, Take take_one
) {
    if (value == nullptr || !value->is_array() || value->size() < count_min || value->size() > count_max) {
        return false;
    }
    for (const Json& one : *value) {
        T taken{};
        if (!take_one(&one, taken)) {
            return false;
        }
        out.push_back(std::move(taken));
    }
    return true;
}

}  // namespace efface::pipeline
