#include "rules/profile/head_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace efface::rules {
namespace {

constexpr std::string_view kHeadAndNeck[] = {
    "BRAIN",         "CAROTID",     "CEREBRALA",    "CEREBRALARTERY", "CERVICALSPINE",
    "CSPINE",        "CTSPINE",     "EAR",          "ESOPHAGUS",      "EYE",
    "FACE",          "FACIALBONES", "HEAD",         "HEADNECK",       "IAC",
    "JAW",           "JAWREGION",   "LARYNX",       "MANDIBLE",       "MASTOID",
    "MAXILLA",       "MOUTH",       "NASALBONE",    "NASOPHARYNX",    "NECK",
    "NOSE",          "OPTICCANAL",  "ORBIT",        "PARANASALSINUS", "PAROTID",
    "PHARYNX",       "PITUITARY",   "SELLATURCICA", "SINUS",          "SKULL",
    "SUBMANDIBULAR", "TMJ",         "TONGUE",       "TRACHEA",        "ZYGOMA",
};

constexpr double kSpacingMin =
    0.02;  ///< Millimetres a pixel: finer is no detector for heads, coarser no radiograph.
constexpr double kSpacingMax = 5;

/// Capital letters and digits only.
std::string normalized(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c >= 'a' && c <= 'z') {
            result.push_back(static_cast<char>(c - 'a' + 'A'));
        } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            result.push_back(c);
        }
    }
    return result;
}

std::string_view first_value(std::string_view text) {
    return text.substr(0, text.find('\\'));
}

std::optional<double> number(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '+')) {
        text.remove_prefix(1);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end != text.data() && std::isfinite(value) ? std::optional{value}
                                                                              : std::nullopt;
}

/// PS3.3 C.8.7.1.1: LL, RL and their decubitus forms are lateral, LLO and RLO oblique.
StatedView by_position(std::string_view value) {
    const std::string text = normalized(value);
    const auto is_one_of = [&](std::initializer_list<std::string_view> values) {
        return std::ranges::find(values, text) != values.end();
    };
    if (text.empty()) {
        return StatedView::kNothing;
    }
    if (is_one_of({"AP", "PA"})) {
        return StatedView::kFrontal;
    }
    if (is_one_of({"LL", "RL", "LLD", "RLD", "L", "R", "LAT", "LATERAL"})) {
        return StatedView::kLateral;
    }
    return StatedView::kOblique;
}

/// Meanings of PS3.16 CID 4010 name the way of the rays: antero-posterior, left lateral, oblique ones.
StatedView by_meaning(std::string_view value) {
    const std::string text = normalized(value);
    const auto speaks_of = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (text.empty()) {
        return StatedView::kNothing;
    }
    if (speaks_of("OBLIQUE") || speaks_of("TANGENTIAL")) {
        return StatedView::kOblique;
    }
    if (speaks_of("LATERAL")) {
        return StatedView::kLateral;
    }
    return speaks_of("ANTEROPOSTERIOR") || speaks_of("POSTEROANTERIOR") ? StatedView::kFrontal
                                                                        : StatedView::kOblique;
}

/// PS3.3 C.7.6.1.1.1: where rows and columns go. What does not go to head or feet tells the view.
StatedView by_orientation(std::string_view value) {
    for (std::string_view rest = value; !rest.empty();) {
        const std::string direction = normalized(first_value(rest));
        rest.remove_prefix(std::min(rest.size(), first_value(rest).size() + 1));
        if (direction.empty() || direction[0] == 'H' || direction[0] == 'F') {
            continue;
        }
        const bool lateral = direction[0] == 'A' || direction[0] == 'P';
        const bool frontal = direction[0] == 'L' || direction[0] == 'R';
        return lateral ? StatedView::kLateral : frontal ? StatedView::kFrontal : StatedView::kOblique;
    }
    return StatedView::kNothing;
}

/// PS3.3 C.8.7.5.1.2: 0 is frontal, 90 a side.
StatedView by_angle(std::string_view value) {
    const std::optional<double> angle = number(value);
    if (!angle) {
        return StatedView::kNothing;
    }
    const double size = std::abs(*angle);
    if (size <= 20 || size >= 160) {
        return StatedView::kFrontal;
    }
    return size >= 65 && size <= 115 ? StatedView::kLateral : StatedView::kOblique;
}

}  // namespace

bool is_head_or_neck(std::string_view body_part) {
    return std::ranges::find(kHeadAndNeck, normalized(body_part)) != std::end(kHeadAndNeck);
}

StatedView stated_view(const HeadViewFacts& facts) {
    const std::array all{
        by_position(facts.view_position), by_meaning(facts.view_meaning),
        by_orientation(facts.patient_orientation), by_angle(facts.positioner_angle)};
    // Where they contradict each other, the one that asks for most.
    for (const StatedView view : {StatedView::kLateral, StatedView::kOblique, StatedView::kFrontal}) {
        if (std::ranges::find(all, view) != all.end()) {
            return view;
        }
    }
    return StatedView::kNothing;
}

double pixels_a_millimetre(const HeadViewFacts& facts) {
    double finest = 0;
    for (const std::string_view text : {facts.imager_pixel_spacing, facts.pixel_spacing}) {
        const double spacing = number(first_value(text)).value_or(0);
        if (spacing >= kSpacingMin && spacing <= kSpacingMax && (finest == 0 || spacing < finest)) {
            finest = spacing;
        }
    }
    return finest == 0 ? 0 : 1 / finest;
}

}  // namespace efface::rules
