#include "pipeline/inference/metadata_fields.h"

#include <cstdint>

namespace efface::pipeline {
namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kWordBytesMax = 1024;

}  // namespace

std::optional<Json> parse_metadata(std::string_view text) {
    return text.size() <= kTextBytesMax ? parse_json(text) : std::nullopt;
}

const Json* member(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? &*found : nullptr;
}

bool take_text(const Json* value, std::string& out) {
    if (value == nullptr || !value->is_string()) {
        return false;
    }
    out = value->get<std::string>();
    return !out.empty() && out.size() <= kWordBytesMax;
}

bool take_count(const Json* value, std::size_t low, std::size_t high, std::size_t& out) {
    if (value == nullptr || !value->is_number_unsigned()) {
        return false;
    }
    const auto given = value->get<std::uint64_t>();
    out = static_cast<std::size_t>(given);
    return given >= low && given <= high;
}

bool take_flag(const Json* value, bool& out) {
    if (value == nullptr || !value->is_boolean()) {
        return false;
    }
    out = value->get<bool>();
    return true;
}

}  // namespace efface::pipeline
