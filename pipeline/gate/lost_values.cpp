// See lost_values.h.
#include "pipeline/gate/lost_values.h"

#include "rules/text/character_set.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/uid.h"

#include <algorithm>
#include <array>

namespace efface::pipeline {

using rules::Tag;
using rules::Vr;

namespace {

/// Patient ids, accession numbers, birth dates, addresses and telephone numbers of Table E.1-1; names
/// are told by their VR.
constexpr std::array kIdentityTags{
    Tag{0x0008, 0x0050},  // Accession Number
    Tag{0x0008, 0x0081},  // Institution Address
    Tag{0x0008, 0x0092},  // Referring Physician's Address
    Tag{0x0008, 0x0094},  // Referring Physician's Telephone Numbers
    Tag{0x0010, 0x0020},  // Patient ID
    Tag{0x0010, 0x0030},  // Patient's Birth Date
    Tag{0x0010, 0x1000},  // Other Patient IDs
    Tag{0x0010, 0x1040},  // Patient's Address
    Tag{0x0010, 0x2154},  // Patient's Telephone Numbers
    Tag{0x0010, 0x2155},  // Patient's Telecom Information
    Tag{0x0040, 0x1102},  // Person's Address
    Tag{0x0040, 0x1103},  // Person's Telephone Numbers
    Tag{0x0040, 0x1104},  // Person's Telecom Information
    Tag{0x0040, 0x2010},  // Order Callback Phone Number
    Tag{0x0040, 0x2011},  // Order Callback Telecom Information
    Tag{0x0040, 0xA353},  // Address (Trial)
    Tag{0x0040, 0xA354},  // Telephone Number (Trial)
    Tag{0x4008, 0x011A},  // Distribution Address
};
static_assert(std::is_sorted(kIdentityTags.begin(), kIdentityTags.end()));

constexpr std::uint32_t kIdentityLabel = 0;
constexpr std::uint32_t kUidLabel = 1;

bool names_a_person(Tag tag, Vr vr) {
    return vr == Vr::PN || std::binary_search(kIdentityTags.begin(), kIdentityTags.end(), tag);
}

std::string_view text_of(std::span<const std::byte> value) {
    return {reinterpret_cast<const char*>(value.data()), value.size()};
}

bool is_plain_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
    });
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// Values by '\', and for names components and groups by '^' and '='.
template <class Use>
void for_each_part(Vr vr, std::string_view text, Use&& use) {
    const std::string_view delimiters = vr == Vr::PN ? "\\^=" : rules::is_multi_valued_text(vr) ? "\\" : "";
    while (true) {
        const std::size_t end = text.find_first_of(delimiters);
        use(trimmed_text(std::as_bytes(std::span{text.substr(0, end)})));
        if (end == std::string_view::npos) {
            return;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Vr effective_vr(const Event& event) {
    return rules::effective_vr(event.tag, event.vr);
}

Status LostValues::add(const Event& event, std::string_view character_set) {
    const Vr vr = effective_vr(event);
    const std::string_view text = text_of(event.value);
    if (vr == Vr::UI) {
        for_each_value(text, [&](std::string_view uid) {
            if (!uid.empty() && !rules::is_registered_uid(uid) && uids_.insert(uid).second &&
                uid.size() >= kUidSearchedMin) {
                identity_.add(uid, kUidLabel);
            }
        });
        return {};
    }
    if (!rules::is_text(vr) || text.size() < kCharactersMin) {
        return {};
    }
    if (names_a_person(event.tag, vr)) {
        EFFACE_CHECK(add_identity(vr, event.value, character_set));
    }
    texts_.push_back(text);
    return {};
}

Status LostValues::add_identity(Vr vr, std::span<const std::byte> value, std::string_view character_set) {
    const std::string_view text = text_of(value);
    if (is_plain_ascii(text)) {
        // The same bytes in every character set of PS3.3 C.12.1.1.2.
        for_each_part(vr, text, [&](std::string_view part) {
            if (part.size() >= kCharactersMin && seen_.insert(part).second) {
                identity_.add(part, kIdentityLabel);
            }
        });
        return {};
    }
    const std::vector<std::string_view> sets = rules::split_character_sets(character_set);
    EFFACE_TRY(const std::string utf8, rules::decode(sets, text, vr));
    for_each_part(vr, utf8, [&](std::string_view part) {
        if (characters(part) < kCharactersMin) {
            return;
        }
        for (const std::string& shape : {std::string{part}, rules::to_upper(part), rules::to_lower(part)}) {
            for (const std::string& bytes : rules::all_encodings(shape)) {
                identity_.add(bytes, kIdentityLabel);
            }
        }
    });
    return {};
}

void LostValues::build() {
    identity_.build();
}

LostValues::Found LostValues::search(std::span<const std::byte> value) const {
    const std::optional<std::uint32_t> label = identity_.find(value);
    if (!label) {
        return Found::kNothing;
    }
    return *label == kUidLabel ? Found::kUid : Found::kIdentity;
}

// Rarely asked (cleaned free text only), so the patterns are built when it is.
bool LostValues::holds_lost_text(std::span<const std::byte> value, std::span<const std::byte> original) {
    if (!text_patterns_built_) {
        std::uint32_t label = 0;
        for (const std::string_view text : texts_) {
            for_each_value(text, [&](std::string_view part) { text_patterns_.add(part, label++); });
        }
        text_patterns_.build();
        text_patterns_built_ = true;
    }
    const std::vector<std::uint32_t> shown = text_patterns_.find_all(value);
    const std::vector<std::uint32_t> before = text_patterns_.find_all(original);
    return !std::includes(before.begin(), before.end(), shown.begin(), shown.end());
}

bool LostValues::holds_original_uid(std::string_view value) const {
    bool held = false;
    for_each_value(value, [&](std::string_view uid) { held = held || uids_.contains(uid); });
    return held;
}

}  // namespace efface::pipeline
