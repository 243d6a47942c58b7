#include "rules/text/term_table.h"

namespace efface::rules {
namespace {

constexpr std::string_view kEucJapanese = "euc-jp-2007";

constexpr Term kTerms[] = {
    {"6", CodeSet::kAscii, "US-ASCII", "(B", true},
    {"100", CodeSet::kSingleByte, "ISO-8859-1", "-A", true},
    {"101", CodeSet::kSingleByte, "ISO-8859-2", "-B", true},
    {"109", CodeSet::kSingleByte, "ISO-8859-3", "-C", true},
    {"110", CodeSet::kSingleByte, "ISO-8859-4", "-D", true},
    {"144", CodeSet::kSingleByte, "ISO-8859-5", "-L", true},
    {"127", CodeSet::kSingleByte, "ISO-8859-6", "-G", true},
    {"126", CodeSet::kSingleByte, "ISO-8859-7", "-F", true},
    {"138", CodeSet::kSingleByte, "ISO-8859-8", "-H", true},
    {"148", CodeSet::kSingleByte, "ISO-8859-9", "-M", true},
    {"203", CodeSet::kSingleByte, "ISO-8859-15", "-b", true},
    {"166", CodeSet::kSingleByte, "TIS-620", "-T", true},
    {"13", CodeSet::kKatakana, kEucJapanese, ")I", true},
    {"87", CodeSet::kJisX0208, kEucJapanese, "$B", false},
    {"159", CodeSet::kJisX0212, kEucJapanese, "$(D", false},
    {"149", CodeSet::kKsX1001, "EUC-KR", "$)C", false},
    {"58", CodeSet::kGb2312, "ibm-1383_P110-1999", "$)A", false},
    {"192", CodeSet::kWhole, "UTF-8", "", true},
    {"GB18030", CodeSet::kWhole, "gb18030", "", true},
    {"GBK", CodeSet::kWhole, "GBK", "", true},
};

/// G0 of JIS X 0201 has an escape sequence of its own.
constexpr Term kRomaji{"13", CodeSet::kRomaji, kEucJapanese, "(J", true};

const Term* find_number(std::string_view number) {
    const auto* term =
        std::find_if(std::begin(kTerms), std::end(kTerms), [=](const Term& t) { return t.name == number; });
    return term != std::end(kTerms) ? term : nullptr;
}

}  // namespace

std::span<const Term> terms() {
    return kTerms;
}

const Term* find_term(std::string_view value) {
    constexpr std::string_view alone = "ISO_IR ";
    constexpr std::string_view extended = "ISO 2022 IR ";
    if (value.empty()) {
        return find_number("6");
    }
    if (value == "GB18030" || value == "GBK") {
        return find_number(value);
    }
    const bool is_extended = value.substr(0, extended.size()) == extended;
    if (!is_extended && value.substr(0, alone.size()) != alone) {
        return nullptr;
    }
    const std::string_view number = value.substr(is_extended ? extended.size() : alone.size());
    const Term* term = number.starts_with("GB") ? nullptr : find_number(number);
    const bool allowed = term != nullptr && (is_extended ? !term->escape.empty() : term->without_extension);
    return allowed ? term : nullptr;
}

const Term* find_escape(std::string_view text) {
    if (text.starts_with(kRomaji.escape)) {
        return &kRomaji;
    }
    const auto* term = std::find_if(std::begin(kTerms), std::end(kTerms), [=](const Term& t) {
        return !t.escape.empty() && text.starts_with(t.escape);
    });
    return term != std::end(kTerms) ? term : nullptr;
}

}  // namespace efface::rules
