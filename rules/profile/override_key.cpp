// What a rule's per-attribute overrides name, and which attributes a rule may not touch. Pure.
//
//   key      = path / private
//   path     = step *( "/" step )
//   step     = keyword / "(gggg,eeee)"
//   private  = "(gggg,xxee,CREATOR)"      ; xx or any block byte; CREATOR up to the last parenthesis
#include "rules/profile/attestation.h"
#include "rules/profile/profile.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

constexpr std::size_t kOverrideDepthMax = 16;

std::optional<OverrideKey> parse_private(std::string_view text) {
    // "(gggg,xxee,C" and ")" at least.
    if (text.size() < 13 || text.front() != '(' || text.back() != ')' || text[5] != ',' || text[10] != ',') {
        return std::nullopt;
    }
    std::string tag_text{text.substr(1, 9)};
    if (tag_text[5] == 'x' && tag_text[6] == 'x') {
        tag_text[5] = '1';
        tag_text[6] = '0';
    }
    const auto tag = parse_tag(tag_text);
    if (!tag || !tag->is_private() || tag->element() < 0x1000) {
        return std::nullopt;
    }
    const auto in_first_block = static_cast<std::uint16_t>(0x1000U | (tag->element() & 0xFFU));
    return OverrideKey{{Tag{tag->group(), in_first_block}}, std::string{text.substr(11, text.size() - 12)}};
}

std::optional<Tag> parse_step(std::string_view step) {
    if (const DictionaryEntry* entry = find_attribute(step)) {
        return entry->tag;
    }
    const auto tag = parse_tag(step);
    return tag && find_attribute(*tag) != nullptr ? tag : std::nullopt;
}

}  // namespace

std::optional<OverrideKey> parse_override_key(std::string_view text) {
    if (auto key = parse_private(text)) {
        return key;
    }
    OverrideKey key;
    while (true) {
        const std::size_t slash = text.find('/');
        const auto tag = parse_step(text.substr(0, slash));
        if (!tag || key.path.size() == kOverrideDepthMax) {
            return std::nullopt;
        }
        key.path.push_back(*tag);
        if (slash == std::string_view::npos) {
            return key;
        }
        text.remove_prefix(slash + 1);
    }
}

bool may_override(const OverrideKey& key, Action action) {
    constexpr std::array kInstanceUids{Tag{0x0008, 0x0018}, Tag{0x0020, 0x000D}, Tag{0x0020, 0x000E}};
    constexpr std::array kOwn{Tag{0x0008, 0x0005},         Tag{0x0008, 0x0016}, kBurnedInAnnotation,
                              kRecognizableVisualFeatures, Tag{0xFFFA, 0xFFFA}, Tag{0x4FFE, 0x0001},
                              Tag{0x0400, 0x0500}};
    const Tag tag = key.path.back();
    const auto is_in = [tag](const auto& tags) {
        return std::find(tags.begin(), tags.end(), tag) != tags.end();
    };
    if (is_in(kInstanceUids)) {
        return action == Action::U;
    }
    const bool pixels = tag.group() == 0x7FE0;
    return tag.group() > 0x0004 && !tag.is_group_length() && !pixels && !is_in(kOwn) &&
           !is_in(kAttestationTags);
}

}  // namespace efface::rules
