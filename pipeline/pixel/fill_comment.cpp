#include "pipeline/pixel/fill_comment.h"

#include "rules/text/character_set.h"

#include <array>
#include <optional>

namespace efface::pipeline {
namespace {

/// In the order of FillLanguage. Each says: a part was occluded, a generative network drew it; it serves
/// algorithms, and nobody may diagnose from it.
constexpr std::array<std::string_view, rules::kFillLanguages.size()> kComments{
    "Occluded region visually enhanced by a generative network; for algorithm support only, not for "
    "diagnosis",
    "遮挡区域已由生成式网络进行视觉增强；仅供算法支持，不得用于诊断",
    "Verdeckter Bereich durch ein generatives Netz visuell aufbereitet; nur zur Unterstützung von "
    "Algorithmen, nicht zur Diagnose",
    "Zone masquée, améliorée visuellement par un réseau génératif; réservée à l'assistance d'algorithmes, "
    "ne pas utiliser pour le diagnostic",
    "Región ocultada y mejorada visualmente por una red generativa; solo como apoyo a algoritmos, no apta "
    "para el diagnóstico",
    "遮蔽された領域は生成ネットワークにより視覚的に補完されています。アルゴリズムの支援専用であり、診断には使"
    "用"
    "できません。"};

constexpr std::size_t kLongTextMax = 10'240;  // Characters of an LT, PS3.5 6.2; a byte is one at most.

constexpr bool is_ascii(std::string_view text) {
    for (const char c : text) {
        if (c < ' ' || c > '~') {
            return false;
        }
    }
    return true;
}

static_assert(is_ascii(kComments.front()), "every character set holds English as it stands");
static_assert(kComments.front().size() <= kLongTextMax);

}  // namespace

std::string_view fill_comment_text(rules::FillLanguage language) {
    return kComments.at(static_cast<std::size_t>(language));
}

std::string fill_comment(rules::FillLanguage language, std::string_view character_set) {
    const std::vector<std::string_view> sets = rules::split_character_sets(character_set);
    const std::optional<std::string> bytes = rules::encode(sets, fill_comment_text(language));
    return bytes && bytes->size() <= kLongTextMax ? *bytes : std::string{kComments.front()};
}

}  // namespace efface::pipeline
