#include "rules/vocabulary/value_form.h"

#include <algorithm>

namespace efface::rules {
namespace {

constexpr std::string_view kUpperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct FormRow {
    Vr vr;
    std::string_view marks;  ///< Allowed beside digits.
    bool upper_case;
    std::size_t characters_max;
};

constexpr std::array kForms{
    FormRow{Vr::AS, "DWMY", false, 4}, FormRow{Vr::CS, " _", true, 16},
    FormRow{Vr::DA, ".", false, 10},   FormRow{Vr::DS, "+-.eE", false, kNumberCharactersMax},
    FormRow{Vr::DT, "+-.", false, 26}, FormRow{Vr::IS, "+-", false, kNumberCharactersMax},
    FormRow{Vr::TM, ".:", false, 16},  FormRow{Vr::UI, ".", false, 64},
};

constexpr std::size_t kAeCharactersMax = 16;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view without_padding(std::string_view value) {
    const std::size_t begin = value.find_first_not_of(' ');
    const std::size_t end = value.find_last_not_of(std::string_view{" \0", 2});
    return begin == std::string_view::npos || end == std::string_view::npos || end < begin
               ? std::string_view{}
               : value.substr(begin, end - begin + 1);
}

const FormRow* find_form(Vr vr) {
    const auto* row = std::ranges::find(kForms, vr, &FormRow::vr);
    return row == kForms.end() ? nullptr : row;
}

bool fits(const FormRow& form, std::string_view value) {
    return value.size() <= form.characters_max && std::ranges::all_of(value, [&](char c) {
               return is_digit(c) || form.marks.find(c) != std::string_view::npos ||
                      (form.upper_case && kUpperCase.find(c) != std::string_view::npos);
           });
}

bool is_ae(std::string_view value) {
    return value.size() <= kAeCharactersMax &&
           std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

bool has_value_form(Vr vr) {
    return vr == Vr::AE || find_form(vr) != nullptr;
}

bool has_form_of(Vr vr, std::string_view text) {
    const FormRow* form = find_form(vr);
    if (form == nullptr && vr != Vr::AE) {
        return true;
    }
    while (true) {
        const std::size_t end = text.find('\\');
        const std::string_view value = without_padding(text.substr(0, end));
        if (form != nullptr ? !fits(*form, value) : !is_ae(value)) {
            return false;
        }
        if (end == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace efface::rules
