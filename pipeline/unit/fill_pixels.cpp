#include "pipeline/unit/fill_pixels.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/fill_jpeg_frames.h"
#include "pipeline/pixel/fill_statement.h"
#include "pipeline/unit/fill_summary.h"
#include "rules/profile/attestation.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kSpecificCharacterSet{0x0008, 0x0005};
constexpr Literal kFoundBeside =
    "occluded areas left black: something is found beside a fill where nothing was before";
constexpr Literal kRefused =
    "an occluded area is refused a fill for what is visible around it (docs/enhancement.md): release it "
    "under a "
    "rule with unfilled = \"deliver\", or leave it held";

void state_facts(CleanReport& report) {
    if (report.fill.filled > 0) {
        report.facts.emplace_back("occluded areas filled by a generative network");
    }
    if (report.fill.refused > 0) {
        report.facts.emplace_back("occluded areas left black: see fill.areas for the reasons");
    }
}

/// Why nothing can be filled here; nothing: it can.
std::optional<Literal> obstacle(const MaskedPixels& masked, const UnitWork& work) {
    if (work.generator == nullptr) {
        return Literal{"occluded areas left black: this node has no generator"};
    }
    return obstacle_to_fill(masked.samples.image, masked.holes);
}

/// Fills what is black, in the samples and, of lossy JPEG, in the frames.
Result<std::vector<FrameFill>> draw_fills(
    const Original& original, MaskedPixels& masked, const FillContext& context
) {
    const NativeImage& image = masked.samples.image;
    const std::span<std::byte> samples = std::span{masked.samples.bytes}.first(image.bytes());
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    if (masked_output(*original.syntax, sample_shape(scan.shape)) != MaskedOutput::kCoefficients) {
        return fill_frames(samples, image, masked.mask, masked.holes, context);
    }
    EFFACE_TRY(const std::vector<CompressedFrame> black, blackened_frames(original, masked.mask));
    const JpegFrames frames{black, *original.syntax, sample_shape(scan.shape), scan.photometric, image};
    EFFACE_TRY(FilledJpeg filled, fill_jpeg_frames(frames, masked.mask, masked.holes, context));
    std::ranges::copy(filled.samples, samples.begin());
    masked.frames = std::move(filled.frames);
    masked.has_frames = true;
    return std::move(filled.fills);
}

/// The item that Efface appended is the last one.
Status put_contribution(Item& root, const std::string& text) {
    const std::optional<Element> equipment = root.find(rules::kContributingEquipment);
    if (!equipment || !equipment->is_sequence() || equipment->items().empty()) {
        return fail(
            Fault::kQuarantine, "the data set does not say what Efface contributed",
            Where::tag(rules::kContributingEquipment.value)
        );
    }
    return equipment->items().back().put(kContributionDescription, Vr::ST, text);
}

/// Says of the data set what was filled, and with what.
Status state_fill(
    Original& original, std::span<const FrameFill> fills, const rules::EnhanceRules& enhance,
    const UnitWork& work
) {
    Item root = original.data_set.root();
    EFFACE_TRY(const std::string character_set, root.text(kSpecificCharacterSet));
    for (const FillAttribute& attribute : fill_attributes(enhance.language, character_set)) {
        EFFACE_CHECK(root.put(attribute.tag, attribute.vr, attribute.value));
    }
    EFFACE_CHECK(root.put(kDerivationDescription, Vr::ST, filled_derivation_text(fills)));
    return put_contribution(
        root, fill_contribution_text(work.generator->facts(), utc_seconds_of(work.order.accepted_at))
    );
}

/// Nothing is filled: the rule says whether that will do.
Status leave_black(
    MaskedPixels& masked, const rules::EnhanceRules& enhance, Literal why, CleanReport& report
) {
    masked.holes.clear();
    report.facts.emplace_back(why.view());
    return enhance.unfilled == rules::UnfilledPolicy::kDeliver ? Status{}
                                                               : Status{fail(Fault::kQuarantine, why)};
}

struct Shown {
    std::span<const std::byte> filled;
    std::span<const std::byte> before;  ///< As they came; perhaps
                                        ///< with a pad byte.
    const MaskedPixels& masked;
};

/// A fill may look like anything, and so may
/// its rim; what is visible alone was searched
/// before, and a network that sees something
/// there now would see it in the gate too.
Result<bool> nothing_beside(
    std::span<const FrameFill> fills, const Shown& shown, const rules::PixelIdentity& identity,
    const UnitWork& work
) {
    if ((!identity.text && !identity.face) || !any_filled(fills)) {
        return true;
    }
    const NativeImage& image = shown.masked.samples.image;
    EFFACE_TRY(
        const FoundIdentity found,
        find_identity(shown.filled, shown.before, image, identity, work.finders, SearchRound::kAgain)
    );
    const auto is_explained = [&](const FoundBox& one) {
        return is_covered(one, shown.masked.mask, image.columns(), image.rows()) ||
               meets_fill(one.box, fills);
    };
    return std::ranges::all_of(found.text, is_explained) && std::ranges::all_of(found.faces, is_explained);
}

bool claims_removal(const ScannedDataSet& data_set) {
    constexpr Tag kRemoved = rules::kPatientIdentityRemoved;
    return text_at(data_set, {&kRemoved, 1}, {}) == std::string{rules::kYes};
}

}  // namespace

FillChoice fill_choice(const rules::Rule& rule, const ScannedDataSet& data_set, std::vector<Box> regions) {
    FillChoice choice;
    if (rule.enhance.fill == rules::FillPolicy::kForbid) {
        return choice;
    }
    const bool all = rule.enhance.fill == rules::FillPolicy::kRequire;
    choice.faces = all;
    choice.occlusions = all || claims_removal(data_set);
    if (rule.enhance.regions) {
        choice.regions = std::move(regions);
    }
    return choice;
}

bool needs_generator(const FillChoice& choice) {
    return choice.faces || !choice.regions.empty();
}

Status fill_masked(
    Original& original, MaskedPixels& masked, const FillTask& task, const UnitWork& work, CleanReport& report
) {
    if (masked.holes.empty()) {
        return {};
    }
    const rules::EnhanceRules& enhance = task.rule.enhance;
    if (const std::optional<Literal> why_not = obstacle(masked, work)) {
        return leave_black(masked, enhance, *why_not, report);
    }
    const std::vector<std::byte> before = masked.samples.bytes;
    blacken_once(masked);
    const std::vector<std::byte> occluded = masked.samples.bytes;
    const FillContext context{
        *work.generator, enhance.settings, work.key, report.new_sop_instance_uid, work.order.accepted_at};
    EFFACE_TRY(const std::vector<FrameFill> fills, draw_fills(original, masked, context));
    const std::span<const std::byte> samples =
        std::span{masked.samples.bytes}.first(masked.samples.image.bytes());
    EFFACE_TRY(const bool is_alone, nothing_beside(fills, {samples, before, masked}, task.identity, work));
    if (!is_alone) {
        masked.samples.bytes = occluded;
        masked.frames.clear();
        masked.has_frames = false;
        return leave_black(masked, enhance, kFoundBeside, report);
    }
    report.fill = summary_of(fills, work.generator->facts(), enhance.settings);
    state_facts(report);
    if (report.fill.refused > 0 && enhance.unfilled == rules::UnfilledPolicy::kQuarantine) {
        return fail(Fault::kQuarantine, kRefused);
    }
    return any_filled(fills) ? state_fill(original, fills, enhance, work) : Status{};
}

}  // namespace efface::pipeline
