#include "pipeline/pixel/fill_statement.h"

#include "pipeline/picture/boxes.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/fill_comment.h"
#include "pipeline/watermark/stamp.h"

#include <algorithm>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr std::size_t kPlacesMax = 8;
constexpr std::size_t kModelCharactersMax = 200;

std::vector<Box> places_of(std::span<const FrameFill> fills) {
    std::vector<Box> places;
    for (const FrameFill& fill : fills) {
        const Box bounds = fill.hole.hole.bounds();
        if (fill.hole.is_filled() && std::ranges::find(places, bounds) == places.end()) {
            places.push_back(bounds);
        }
    }
    return places;
}

std::string text_of(const Box& box) {
    return std::to_string(box.left) + "," + std::to_string(box.top) + "," + std::to_string(box.width()) +
           "," + std::to_string(box.height());
}

/// What a file says of itself may be anything: printable ASCII of it, in an ST of the default repertoire.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kModelCharactersMax)) {
        out += c >= ' ' && c <= '~' && c != '\\' ? c : '?';
    }
    return out;
}

}  // namespace

FillAttributes fill_attributes(rules::FillLanguage language, std::string_view character_set) {
    return {
        FillAttribute{kSyntheticData, rules::Vr::CS, std::string{kIsSynthetic}},
        FillAttribute{kContentQualification, rules::Vr::CS, std::string{kForResearch}},
        FillAttribute{kImageComments, rules::Vr::LT, fill_comment(language, character_set)}};
}

bool any_filled(std::span<const FrameFill> fills) {
    return std::ranges::any_of(fills, [](const FrameFill& fill) { return fill.hole.is_filled(); });
}

bool meets_fill(const Box& box, std::span<const FrameFill> fills) {
    return std::ranges::any_of(fills, [&](const FrameFill& fill) {
        return fill.hole.is_filled() &&
               std::ranges::any_of(fill.hole.hole.parts, [&](const Box& part) { return meet(part, box); });
    });
}

std::string filled_derivation_text(std::span<const FrameFill> fills) {
    const std::vector<Box> places = places_of(fills);
    std::string text{kDerivationText};
    text += "; filled by a generative network (left,top,width,height):";
    for (std::size_t i = 0; i < std::min(places.size(), kPlacesMax); ++i) {
        text += (i == 0 ? " " : "; ") + text_of(places[i]);
    }
    if (places.size() > kPlacesMax) {
        text += "; and " + std::to_string(places.size() - kPlacesMax) + " more";
    }
    return text;
}

std::string fill_contribution_text(const Generator::Facts& model, std::uint32_t utc_seconds) {
    return stamp_text(utc_seconds) + ", " + plain(model.name) + " " + plain(model.version) + ", SHA-256 " +
           to_hex(model.digest);
}

std::string model_description(const Generator::Facts& model) {
    return plain(model.name) + " " + plain(model.version) + "; licence: " + plain(model.licence) +
           "; trained on: " + plain(model.trained_on) + "; confidence of a fill: " +
           (model.confidence ? "fitted on " + std::to_string(model.confidence->cases) + " fills" : "none");
}

}  // namespace efface::pipeline
