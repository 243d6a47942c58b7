// Case of UTF-8 text by Unicode's full mappings, without a locale's exceptions. Pure.
#include "rules/text/character_set.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

namespace efface::rules {
namespace {

icu::UnicodeString unicode(std::string_view utf8) {
    return icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
}

std::string utf8_of(const icu::UnicodeString& text) {
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

}  // namespace

std::string to_upper(std::string_view utf8) {
    return utf8_of(unicode(utf8).toUpper(icu::Locale::getRoot()));
}

std::string to_lower(std::string_view utf8) {
    return utf8_of(unicode(utf8).toLower(icu::Locale::getRoot()));
}

}  // namespace efface::rules
