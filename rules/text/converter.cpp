#include "rules/text/converter.h"

#include "config/assert.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

namespace efface::rules {
namespace {

/// Texts are bounded by their readers long before this; ICU counts in int32.
constexpr std::size_t kTextBytesMax = std::size_t{1} << 29U;
constexpr std::size_t kBytesPerUnitMax =
    8;  ///< More than any of the table's converters writes for one UTF-16 unit.
constexpr char16_t kSubstitute = 0x001A;  ///< What ICU writes for a single byte without meaning.
constexpr char16_t kReplacement = 0xFFFD;

}  // namespace

Converter::Converter(std::string_view icu_name) : converter_{nullptr} {
    UErrorCode status = U_ZERO_ERROR;
    converter_ = ucnv_open(std::string{icu_name}.c_str(), &status);
    EFFACE_ASSERT(U_SUCCESS(status) != 0);
}

Converter::~Converter() {
    ucnv_close(converter_);
}

std::string Converter::to_utf8(std::string_view bytes) {
    EFFACE_ASSERT(bytes.size() < kTextBytesMax);
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter_);
    icu::UnicodeString text{bytes.data(), static_cast<std::int32_t>(bytes.size()), converter_, status};
    EFFACE_ASSERT(U_SUCCESS(status) != 0);
    text.findAndReplace(icu::UnicodeString{kSubstitute}, icu::UnicodeString{kReplacement});
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

std::optional<std::string> Converter::from_utf8(std::string_view utf8) {
    EFFACE_ASSERT(utf8.size() < kTextBytesMax);
    const icu::UnicodeString text =
        icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
    UErrorCode status = U_ZERO_ERROR;
    ucnv_reset(converter_);
    ucnv_setFromUCallBack(converter_, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::string bytes(static_cast<std::size_t>(text.length()) * kBytesPerUnitMax + 16, '\0');
    const std::int32_t written = ucnv_fromUChars(
        converter_, bytes.data(), static_cast<std::int32_t>(std::min(bytes.size(), kTextBytesMax)),
        text.getBuffer(), text.length(), &status
    );
    if (U_FAILURE(status) != 0) {
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(written));
    return bytes;
}

}  // namespace efface::rules
