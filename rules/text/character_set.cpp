// Decoding and encoding by Specific Character Set. Without code extensions a converter takes the whole
// text; with them (PS3.5 6.1.2) the text is cut into runs of one code set by its escape sequences:
//
//   text = *( run / escape / control )
//   escape = ESC designator               ; sets G0 or G1 until the next one or a reset
//   reset  = control / "\" / in PN "^" "="  ; back to the sets of value 1 (PS3.5 6.1.2.5.3)
//
// In a two-byte G0 set the bytes of "\", "^" and "=" are parts of characters, hence no reset.
#include "rules/text/character_set.h"

#include "rules/text/converter.h"
#include "rules/text/term_table.h"

#include <set>

namespace efface::rules {
namespace {

constexpr char kEscape = '\x1B';
constexpr std::size_t kCharacterSetsMax = 16;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_high(char c) {
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20U;
}

bool is_plain_ascii(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return !is_high(c) && c != kEscape; });
}

char with_high_bit(char c) {
    return static_cast<char>(static_cast<unsigned char>(c) | 0x80U);
}

char without_high_bit(char c) {
    return static_cast<char>(static_cast<unsigned char>(c) & 0x7FU);
}

bool is_g0(CodeSet set) {
    return set == CodeSet::kAscii || set == CodeSet::kRomaji || set == CodeSet::kJisX0208 ||
           set == CodeSet::kJisX0212;
}

bool is_two_byte(CodeSet set) {
    return set == CodeSet::kJisX0208 || set == CodeSet::kJisX0212 || set == CodeSet::kKsX1001 ||
           set == CodeSet::kGb2312;
}

/// The terms of (0008,0005), checked as a whole.
struct Sets {
    std::vector<const Term*> listed;
    bool extended = false;

    const Term& first() const { return *listed.front(); }
};

Result<Sets> read_sets(CharacterSets values) {
    constexpr std::string_view nothing;
    if (values.empty()) {
        values = {&nothing, 1};
    }
    if (values.size() > kCharacterSetsMax) {
        return fail(
            Fault::kQuarantine, "Specific Character Set has more than 16 values", Where::tag(0x00080005)
        );
    }
    Sets sets;
    for (const std::string_view value : values) {
        const Term* term = find_term(value);
        if (term == nullptr) {
            return fail(
                Fault::kQuarantine, "Specific Character Set names no defined term", Where::tag(0x00080005)
            );
        }
        sets.extended = sets.extended || value.starts_with("ISO 2022");
        sets.listed.push_back(term);
    }
    const bool whole = std::any_of(sets.listed.begin(), sets.listed.end(), [](const Term* term) {
        return term->set == CodeSet::kWhole;
    });
    if (whole && sets.listed.size() > 1) {
        return fail(
            Fault::kQuarantine, "Specific Character Set joins a set that has no code extensions to others",
            Where::tag(0x00080005)
        );
    }
    sets.extended = sets.extended || sets.listed.size() > 1;
    return sets;
}

/// What G0 and G1 hold. A term names both halves: Latin-1 is ASCII and its right half.
struct Registers {
    const Term* g0 = nullptr;
    const Term* g1 = nullptr;

    static Registers initial(const Term& first) {
        Registers registers{find_term(""), nullptr};
        if (first.set == CodeSet::kKatakana) {
            registers.g0 = find_escape("(J");
        }
        if (!is_g0(first.set)) {
            registers.g1 = &first;
        }
        return registers;
    }

    void designate(const Term& term) { (is_g0(term.set) ? g0 : g1) = &term; }
};

/// Opened when first needed; one text seldom needs more than two.
class ConverterSet {
public:
    Converter& of(const Term& term) {
        auto& slot = open_[term.converter];
        if (!slot) {
            slot = std::make_unique<Converter>(term.converter);
        }
        return *slot;
    }

private:
    std::map<std::string_view, std::unique_ptr<Converter>> open_;
};

class ExtensionDecoder {
public:
    ExtensionDecoder(const Sets& sets, Vr vr)
        : sets_{sets}, vr_{vr}, registers_{Registers::initial(sets.first())} {}

    Result<std::string> decode(std::string_view bytes) {
        std::size_t at = 0;
        while (at < bytes.size()) {
            if (bytes[at] == kEscape) {
                const Term* term = find_escape(bytes.substr(at + 1));
                if (term == nullptr || !is_listed(*term)) {
                    return fail(Fault::kQuarantine, "a text switches to a character set that is not named");
                }
                registers_.designate(*term);
                at += 1 + term->escape.size();
                continue;
            }
            at += take_run(bytes.substr(at));
        }
        return std::move(utf8_);
    }

private:
    /// ASCII and JIS X 0201's left half may always come back.
    bool is_listed(const Term& term) const {
        return term.set == CodeSet::kAscii || term.set == CodeSet::kRomaji ||
               std::find(sets_.listed.begin(), sets_.listed.end(), &term) != sets_.listed.end();
    }

    bool resets(char c) const {
        const bool person = vr_ == Vr::PN && (c == '^' || c == '=');
        return is_control(c) || person || (c == '\\' && is_multi_valued_text(vr_));
    }

    /// The bytes taken: one delimiter, or all that follows in the same register.
    std::size_t take_run(std::string_view bytes) {
        const bool high = is_high(bytes.front());
        const bool pairs_below = is_two_byte(registers_.g0->set);
        if (!high && (is_control(bytes.front()) || (!pairs_below && resets(bytes.front())))) {
            utf8_.push_back(bytes.front());
            registers_ = Registers::initial(sets_.first());
            return 1;
        }
        std::size_t end = 1;
        while (end < bytes.size() && is_high(bytes[end]) == high && !is_control(bytes[end]) &&
               (high || pairs_below || !resets(bytes[end]))) {
            ++end;
        }
        append(bytes.substr(0, end), high ? registers_.g1 : registers_.g0);
        return end;
    }

    void append(std::string_view run, const Term* term) {
        if (term == nullptr) {
            for (std::size_t i = 0; i < run.size(); ++i) {
                utf8_ += kReplacement;
            }
            return;
        }
        if (term->set == CodeSet::kAscii || term->set == CodeSet::kRomaji) {
            utf8_ += run;
            return;
        }
        utf8_ += converters_.of(*term).to_utf8(euc(run, term->set));
    }

    /// The run as the converter's EUC encoding has it: high bytes, single shifts for JIS X 0201 and 0212.
    static std::string euc(std::string_view run, CodeSet set) {
        std::string bytes;
        for (std::size_t i = 0; i < run.size(); ++i) {
            if (set == CodeSet::kKatakana) {
                bytes.push_back('\x8E');
            } else if (set == CodeSet::kJisX0212 && i % 2 == 0) {
                bytes.push_back('\x8F');
            }
            bytes.push_back(with_high_bit(run[i]));
        }
        return bytes;
    }

    const Sets& sets_;
    Vr vr_;
    Registers registers_;
    ConverterSet converters_;
    std::string utf8_;
};

/// One character in the bytes of its register, or nothing.
std::optional<std::string> encode_in(const Term& term, std::string_view character, ConverterSet& converters) {
    auto bytes = converters.of(term).from_utf8(character);
    if (!bytes || bytes->empty()) {
        return std::nullopt;
    }
    const auto lead = static_cast<unsigned char>(bytes->front());
    switch (term.set) {
        case CodeSet::kSingleByte:
            return bytes->size() == 1 && lead >= 0xA0U ? bytes : std::nullopt;
        case CodeSet::kKatakana:
            return bytes->size() == 2 && lead == 0x8EU ? std::optional{bytes->substr(1)} : std::nullopt;
        case CodeSet::kKsX1001:
        case CodeSet::kGb2312:
            return bytes->size() == 2 && lead >= 0xA1U ? bytes : std::nullopt;
        case CodeSet::kJisX0208:
            if (bytes->size() != 2 || lead < 0xA1U) {
                return std::nullopt;
            }
            break;
        case CodeSet::kJisX0212:
            if (bytes->size() != 3 || lead != 0x8FU) {
                return std::nullopt;
            }
            bytes->erase(0, 1);
            break;
        default:
            return std::nullopt;
    }
    std::transform(bytes->begin(), bytes->end(), bytes->begin(), without_high_bit);
    return bytes;
}

std::size_t character_bytes(std::string_view utf8) {
    std::size_t end = 1;
    while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U) {
        ++end;
    }
    return end;
}

class ExtensionEncoder {
public:
    explicit ExtensionEncoder(const Sets& sets) : sets_{sets}, registers_{Registers::initial(sets.first())} {}

    std::optional<std::string> encode(std::string_view utf8) {
        while (!utf8.empty()) {
            const std::size_t size = character_bytes(utf8);
            const bool written = size == 1 && !is_high(utf8.front()) ? write_ascii(utf8.front())
                                                                     : write_other(utf8.substr(0, size));
            if (!written) {
                return std::nullopt;
            }
            utf8.remove_prefix(size);
        }
        leave_two_byte_g0();
        return std::move(bytes_);
    }

private:
    bool write_ascii(char c) {
        leave_two_byte_g0();
        bytes_.push_back(c);
        if (is_control(c) || c == '\\' || c == '^' || c == '=') {
            registers_ = Registers::initial(sets_.first());
        }
        return c != kEscape;
    }

    bool write_other(std::string_view character) {
        if (registers_.g1 != nullptr && write_in(*registers_.g1, character)) {
            return true;
        }
        if (is_two_byte(registers_.g0->set) && write_in(*registers_.g0, character)) {
            return true;
        }
        return std::any_of(sets_.listed.begin(), sets_.listed.end(), [&](const Term* term) {
            return write_in(*term, character);
        });
    }

    bool write_in(const Term& term, std::string_view character) {
        const auto code = encode_in(term, character, converters_);
        if (!code) {
            return false;
        }
        if (&term != (is_g0(term.set) ? registers_.g0 : registers_.g1)) {
            bytes_.push_back(kEscape);
            bytes_ += term.escape;
            registers_.designate(term);
        }
        bytes_ += *code;
        return true;
    }

    void leave_two_byte_g0() {
        if (is_two_byte(registers_.g0->set)) {
            registers_.g0 = Registers::initial(sets_.first()).g0;
            bytes_.push_back(kEscape);
            bytes_ += registers_.g0->escape;
        }
    }

    const Sets& sets_;
    Registers registers_;
    ConverterSet converters_;
    std::string bytes_;
};

std::string ascii_or_replacement(std::string_view bytes) {
    std::string utf8;
    for (const char c : bytes) {
        if (is_high(c)) {
            utf8 += kReplacement;
        } else {
            utf8.push_back(c);
        }
    }
    return utf8;
}

/// A text in one code set without escape sequences, as it stands between two of them.
std::optional<std::string> encode_bare(const Term& term, std::string_view utf8) {
    ConverterSet converters;
    std::string bytes;
    while (!utf8.empty()) {
        const std::size_t size = character_bytes(utf8);
        const auto code = encode_in(term, utf8.substr(0, size), converters);
        if (!code) {
            return std::nullopt;
        }
        bytes += *code;
        utf8.remove_prefix(size);
    }
    return bytes;
}

}  // namespace

std::vector<std::string_view> split_character_sets(std::string_view value) {
    std::vector<std::string_view> sets;
    while (true) {
        const std::size_t end = value.find('\\');
        std::string_view set = value.substr(0, end);
        while (!set.empty() && (set.back() == ' ' || set.back() == '\0')) {
            set.remove_suffix(1);
        }
        while (!set.empty() && set.front() == ' ') {
            set.remove_prefix(1);
        }
        sets.push_back(set);
        if (end == std::string_view::npos) {
            return sets;
        }
        value.remove_prefix(end + 1);
    }
}

Result<std::string> decode(CharacterSets values, std::string_view bytes, Vr vr) {
    EFFACE_TRY(const Sets sets, read_sets(values));
    if (is_plain_ascii(bytes)) {
        return std::string{bytes};
    }
    if (!is_charset_text(vr)) {
        return ascii_or_replacement(bytes);
    }
    const Term& first = sets.first();
    if (sets.extended || first.set == CodeSet::kKatakana) {
        return ExtensionDecoder{sets, vr}.decode(bytes);
    }
    if (first.set == CodeSet::kAscii) {
        return ascii_or_replacement(bytes);
    }
    return Converter{first.converter}.to_utf8(bytes);
}

std::optional<std::string> encode(CharacterSets values, std::string_view utf8) {
    const auto sets = read_sets(values);
    if (!sets) {
        return std::nullopt;
    }
    if (is_plain_ascii(utf8)) {
        return std::string{utf8};
    }
    const Term& first = sets->first();
    if (sets->extended || first.set == CodeSet::kKatakana) {
        return ExtensionEncoder{*sets}.encode(utf8);
    }
    return first.set == CodeSet::kAscii ? std::nullopt : Converter{first.converter}.from_utf8(utf8);
}

std::vector<std::string> all_encodings(std::string_view utf8) {
    std::set<std::string> found;
    const auto add = [&](std::optional<std::string> bytes) {
        if (bytes && !bytes->empty()) {
            found.insert(std::move(*bytes));
        }
    };
    add(std::string{utf8});
    if (is_plain_ascii(utf8)) {
        return {found.begin(), found.end()};
    }
    for (const Term& term : terms()) {
        add(encode_bare(term, utf8));
        if (term.set == CodeSet::kWhole) {
            add(Converter{term.converter}.from_utf8(utf8));
            continue;
        }
        const std::string extended = "ISO 2022 IR " + std::string{term.name};
        for (const std::string_view first : {std::string_view{}, std::string_view{"ISO 2022 IR 13"}}) {
            const std::array sets{first, std::string_view{extended}};
            add(encode(sets, utf8));
        }
        add(encode(std::array{std::string_view{extended}}, utf8));
    }
    return {found.begin(), found.end()};
}

}  // namespace efface::rules
