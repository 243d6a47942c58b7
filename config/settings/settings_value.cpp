#include "config/settings/settings_value.h"

#include "config/crypto/digest.h"

#include <charconv>

namespace efface {

namespace {

using Wrong = std::optional<std::string>;

constexpr std::size_t kAeTitleCharactersMax = 16;
constexpr std::size_t kUidCharactersMax = 64;
constexpr std::uint64_t kPercentMax = 99;

struct ByteUnit {
    std::string_view name;
    std::uint64_t bytes;
};

constexpr std::array kByteUnits{
    ByteUnit{"B", 1},
    ByteUnit{"KiB", 1ULL << 10},
    ByteUnit{"MiB", 1ULL << 20},
    ByteUnit{"GiB", 1ULL << 30},
    ByteUnit{"TiB", 1ULL << 40},
    ByteUnit{"kB", 1'000},
    ByteUnit{"MB", 1'000'000},
    ByteUnit{"GB", 1'000'000'000},
    ByteUnit{"TB", 1'000'000'000'000},
};

/// PS3.5 6.2 VR AE; spaces at the ends do not count on the wire, so a settings file has none.
Wrong wrong_ae_title(std::string_view text) {
    if (text.empty() || text.size() > kAeTitleCharactersMax) {
        return "an AE title has 1 to 16 characters";
    }
    if (text.front() == ' ' || text.back() == ' ') {
        return "an AE title neither starts nor ends with a space";
    }
    const bool good =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    return good ? Wrong{} : "an AE title holds ASCII characters without backslash and controls";
}

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

Wrong wrong_name(std::string_view text) {
    const bool good = !text.empty() && std::all_of(text.begin(), text.end(), is_word_character);
    return good ? Wrong{} : "a name holds letters, digits, '-', '_' and '.' only";
}

/// A name that a resolver may be asked for, or an address.
Wrong wrong_host(std::string_view text) {
    if (IpAddress::parse(text) || !wrong_name(text)) {
        return {};
    }
    return "neither a host name nor an address (write an IPv6 address without brackets)";
}

/// PS3.5 9.1.
Wrong wrong_uid(std::string_view text) {
    bool good = !text.empty() && text.size() <= kUidCharactersMax;
    for (std::size_t begin = 0; good && begin <= text.size();) {
        const std::size_t end = std::min(text.find('.', begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        good = !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos &&
               (part.size() == 1 || part.front() != '0');
        begin = end + 1;
    }
    return good ? Wrong{} : "not a UID";
}

/// The check of one text, be it the whole value or one of a list.
Wrong wrong_text(SettingKind kind, std::string_view text) {
    switch (kind) {
        case SettingKind::kName:
        case SettingKind::kNames:
            return wrong_name(text);
        case SettingKind::kHost:
            return wrong_host(text);
        case SettingKind::kAeTitle:
        case SettingKind::kAeTitles:
            return wrong_ae_title(text);
        case SettingKind::kAeTitleOrAny:
            return text == "*" ? Wrong{} : wrong_ae_title(text);
        case SettingKind::kUids:
            return wrong_uid(text);
        case SettingKind::kSha256:
            return text.empty() || digest_from_hex(text) ? Wrong{} : "a SHA-256 has 64 hex digits";
        default:
            return text.find('\0') == std::string_view::npos ? Wrong{} : "holds a NUL character";
    }
}

std::string out_of_range(const SettingRow& row) {
    return "out of range: " + setting_range(row);
}

/// "4 GiB" as bytes.
std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    std::uint64_t amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    for (const ByteUnit& known : kByteUnits) {
        if (error == std::errc{} && unit == known.name && amount <= UINT64_MAX / known.bytes) {
            return amount * known.bytes;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> as_number(const SettingRow& row, const RawValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.value); number != nullptr && *number >= 0) {
        return static_cast<std::uint64_t>(*number);
    }
    if (const auto* text = std::get_if<std::string>(&value.value);
        text != nullptr && row.kind == SettingKind::kBytes) {
        return parse_bytes(*text);
    }
    return std::nullopt;
}

std::string wrong_type(const SettingRow& row, const RawValue& value) {
    return "expects " + std::string{setting_kind_name(row.kind)} + ", found " + std::string{value.type_name};
}

/// Writes `value` through a visited slot. One operator per type of field.
struct Assign {
    const SettingRow& row;
    const RawValue& value;

    template <class Number>
    Wrong number(Number* out) const {
        const auto amount = as_number(row, value);
        if (!amount) {
            return std::holds_alternative<std::int64_t>(value.value) ? out_of_range(row)
                                                                     : wrong_type(row, value);
        }
        if (*amount < row.min || *amount > row.max) {
            return out_of_range(row);
        }
        *out = static_cast<Number>(*amount);
        return {};
    }

    Wrong operator()(std::uint16_t* out) const { return number(out); }

    Wrong operator()(std::uint32_t* out) const { return number(out); }

    Wrong operator()(std::uint64_t* out) const { return number(out); }

    Wrong operator()(Watermark* out) const {
        const auto* text = std::get_if<std::string>(&value.value);
        if (text == nullptr) {
            return wrong_type(row, value);
        }
        if (text->ends_with('%')) {
            std::uint64_t percent = 0;
            const char* last = text->data() + text->size() - 1;
            const auto [end, error] = std::from_chars(text->data(), last, percent);
            if (error != std::errc{} || end != last || percent > kPercentMax) {
                return "a percentage is a whole number from 0% to 99%";
            }
            *out = {percent, true};
            return {};
        }
        const auto bytes = parse_bytes(*text);
        if (!bytes) {
            return "write an amount such as \"2 GiB\" or \"10%\"";
        }
        *out = {*bytes, false};
        return {};
    }

    Wrong operator()(std::string* out) const {
        const auto* text = std::get_if<std::string>(&value.value);
        if (text == nullptr) {
            return wrong_type(row, value);
        }
        if (text->size() < row.min) {
            return "must not be empty";
        }
        if (row.max != 0 && text->size() > row.max) {
            return "longer than " + std::to_string(row.max) + " characters";
        }
        if (auto wrong = wrong_text(row.kind, *text)) {
            return wrong;
        }
        *out = *text;
        return {};
    }

    /// Every text of a list through `parse`, which says what is wrong with one or adds it to `out`.
    template <class Element, class Parse>
    Wrong list(std::vector<Element>* out, Parse parse) const {
        const auto* texts = std::get_if<std::vector<std::string>>(&value.value);
        if (texts == nullptr) {
            return wrong_type(row, value);
        }
        if (texts->size() < row.min || texts->size() > row.max) {
            return "a list of " + setting_range(row) + " expected";
        }
        std::vector<Element> elements;
        for (const std::string& text : *texts) {
            Wrong wrong = parse(text, elements);
            if (!wrong &&
                std::find(elements.begin(), elements.end() - 1, elements.back()) != elements.end() - 1) {
                wrong = "stands twice";
            }
            if (wrong) {
                return toml_quoted(text) + ": " + *wrong;
            }
        }
        *out = std::move(elements);
        return {};
    }

    Wrong operator()(std::vector<std::string>* out) const {
        return list(out, [this](const std::string& text, std::vector<std::string>& elements) {
            elements.push_back(text);
            return wrong_text(row.kind, text);
        });
    }

    Wrong operator()(std::vector<SocketAddress>* out) const {
        return list(out, [](const std::string& text, std::vector<SocketAddress>& elements) -> Wrong {
            const auto address = SocketAddress::parse(text);
            if (!address) {
                return "write address:port, as 127.0.0.1:11112 or [::1]:11112";
            }
            elements.push_back(*address);
            return {};
        });
    }

    Wrong operator()(std::vector<CidrBlock>* out) const {
        return list(out, [](const std::string& text, std::vector<CidrBlock>& elements) -> Wrong {
            const auto block = CidrBlock::parse(text);
            if (!block) {
                return "write an address or a network without bits behind its prefix, as 10.0.0.0/8 or ::1";
            }
            elements.push_back(*block);
            return {};
        });
    }

    Wrong operator()(std::optional<SocketAddress>* out) const {
        const auto* text = std::get_if<std::string>(&value.value);
        if (text == nullptr) {
            return wrong_type(row, value);
        }
        out->reset();
        if (text->empty()) {
            return {};
        }
        const auto address = SocketAddress::parse(*text);
        if (!address || !address->address.is_loopback()) {
            return "write a loopback address and a port, as 127.0.0.1:8081 or [::1]:8081: this side has no "
                   "access control";
        }
        *out = address;
        return {};
    }

    template <class Enum>
    Wrong choice(Enum* out, std::initializer_list<std::pair<std::string_view, Enum>> names) const {
        const auto* text = std::get_if<std::string>(&value.value);
        for (const auto& [name, enumerator] : names) {
            if (text != nullptr && *text == name) {
                *out = enumerator;
                return {};
            }
        }
        return "expects " + std::string{setting_kind_name(row.kind)};
    }

    Wrong operator()(LogLevel* out) const {
        return choice(
            out, {{"debug", LogLevel::kDebug},
                  {"info", LogLevel::kInfo},
                  {"warning", LogLevel::kWarning},
                  {"error", LogLevel::kError}}
        );
    }

    Wrong operator()(LogFormat* out) const {
        return choice(out, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
    }

    Wrong operator()(DestinationKind* out) const {
        return choice(out, {{"dicom", DestinationKind::kDicom}, {"folder", DestinationKind::kFolder}});
    }
};

template <class Element, class Text>
std::string toml_list(const std::vector<Element>& elements, Text text) {
    std::string out = "[";
    for (const Element& element : elements) {
        out += (out.size() > 1 ? ", " : "") + toml_quoted(text(element));
    }
    return out + "]";
}

struct Print {
    std::string operator()(const std::uint16_t* value) const { return std::to_string(*value); }

    std::string operator()(const std::uint32_t* value) const { return std::to_string(*value); }

    std::string operator()(const std::uint64_t* value) const { return std::to_string(*value); }

    std::string operator()(const Watermark* value) const {
        return toml_quoted(std::to_string(value->amount) + (value->is_percent ? "%" : " B"));
    }

    std::string operator()(const std::string* value) const { return toml_quoted(*value); }

    std::string operator()(const std::vector<std::string>* value) const {
        return toml_list(*value, [](const std::string& text) { return text; });
    }

    std::string operator()(const std::vector<SocketAddress>* value) const {
        return toml_list(*value, [](const SocketAddress& address) { return address.text(); });
    }

    std::string operator()(const std::vector<CidrBlock>* value) const {
        return toml_list(*value, [](const CidrBlock& block) { return block.text(); });
    }

    std::string operator()(const std::optional<SocketAddress>* value) const {
        return toml_quoted(value->has_value() ? (*value)->text() : "");
    }

    std::string operator()(const LogLevel* value) const {
        constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
        return toml_quoted(kNames.at(static_cast<std::size_t>(*value)));
    }

    std::string operator()(const LogFormat* value) const {
        return toml_quoted(*value == LogFormat::kJson ? "json" : "text");
    }

    std::string operator()(const DestinationKind* value) const {
        return toml_quoted(*value == DestinationKind::kDicom ? "dicom" : "folder");
    }
};

}  // namespace

std::optional<std::string> assign_setting(
    const SettingRow& row, const RawValue& value, const SettingSlot& slot
) {
    return std::visit(Assign{row, value}, slot);
}

std::string setting_toml(const SettingSlot& slot) {
    return std::visit(Print{}, slot);
}

std::string setting_range(const SettingRow& row) {
    const bool list = row.kind == SettingKind::kNames || row.kind == SettingKind::kAeTitles ||
                      row.kind == SettingKind::kUids || row.kind == SettingKind::kSocketAddresses ||
                      row.kind == SettingKind::kCidrBlocks;
    const bool number = row.kind == SettingKind::kNumber || row.kind == SettingKind::kBytes;
    if (!list && !number) {
        return "";
    }
    const std::string range = std::to_string(row.min) + " to " + std::to_string(row.max);
    return list ? range + " entries" : range;
}

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            constexpr std::string_view kHex = "0123456789ABCDEF";
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace efface
