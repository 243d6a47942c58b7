#include "tests/unit/docs/generated_blocks.h"

#include "db/audit/event.h"
#include "db/jobs/state.h"
#include "node/dimse/association.h"
#include "node/dimse/offer.h"
#include "node/dimse/status_table.h"
#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codec/syntax_table.h"
#include "pipeline/codestream/codestream.h"
#include "rules/actions/dummy_constants.h"
#include "rules/matching/predicate.h"
#include "rules/matching/rule_set.h"
#include "rules/profile/attestation.h"
#include "rules/profile/measured_recall.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace efface {

namespace {

std::string mermaid(const std::string& diagram) {
    return "```mermaid\n" + diagram + "```\n";
}

std::string job_states() {
    return mermaid(db::job_state_diagram());
}

std::string delivery_states() {
    return mermaid(db::delivery_state_diagram());
}

std::string row(std::initializer_list<std::string_view> cells) {
    std::string line = "|";
    for (const std::string_view cell : cells) {
        line.append(" ").append(cell).append(" |");
    }
    return line + "\n";
}

/// How the walk of pipeline/codestream ends on a frame of this family, whatever is in it.
std::string pixel_data_of(const rules::TransferSyntax& syntax) {
    if (!syntax.encapsulated) {
        return "copied by offset";
    }
    const auto cut = pipeline::clean_frame(syntax.family, {}, {});
    const bool no_walker =
        !cut && cut.error().text.view().find("cannot be walked for what") != std::string_view::npos;
    return no_walker ? "quarantined: no walker" : "walked; carriers beside the samples cut";
}

/// The second output for a destination that refuses the syntax (pipeline/unit/transcoding.h).
std::string second_output_of(const rules::TransferSyntax& syntax) {
    if (!syntax.encapsulated) {
        return "the other little endian one";
    }
    if (syntax.lossy_possible) {
        return "none: may be lossy";
    }
    return pipeline::is_decodable(syntax) ? "decoded to native" : "none: no decoder";
}

/// What pipeline/codec/syntax_table.h says of every syntax that is searched, and why not of the others.
std::string frame_syntaxes() {
    std::string text =
        row({"UID", "name", "read by", "written, where something is blackened", "the gate compares", "limit"}
        ) +
        "|---|---|---|---|---|---|\n";
    for (const pipeline::SyntaxRow& syntax : pipeline::syntax_rows()) {
        text += row(
            {"`" + std::string{syntax.uid} + "`", rules::find_transfer_syntax(syntax.uid)->name,
             pipeline::reader_text(syntax.reader), pipeline::output_text(syntax.output),
             pipeline::gate_text(syntax.output), syntax.limit}
        );
    }
    return text;
}

std::string transfer_syntaxes() {
    std::string text = row({"UID", "name", "accepted", "Pixel Data", "where a destination refuses it"}) +
                       "|---|---|---|---|---|\n";
    const std::string image = std::string{rules::storage_sop_classes().front().uid};
    const node::Offer offer = node::default_offer({});
    for (const rules::TransferSyntax& syntax : rules::transfer_syntaxes()) {
        const std::array proposed{std::string{syntax.uid}};
        const bool accepted = offer.choose(image, proposed).has_value();
        text += row(
            {"`" + std::string{syntax.uid} + "`", syntax.name, accepted ? "yes" : "no",
             accepted ? pixel_data_of(syntax) : "", accepted ? second_output_of(syntax) : ""}
        );
    }
    return text;
}

std::string_view kind_name(rules::SopClassKind kind) {
    switch (kind) {
        case rules::SopClassKind::kPatientStorage:
            return "PS3.4 Table B.5-1";
        case rules::SopClassKind::kOtherStorage:
            return "storage without a patient";
        case rules::SopClassKind::kRetiredStorage:
            return "retired";
        case rules::SopClassKind::kDicos:
            return "DICOS";
        case rules::SopClassKind::kDiconde:
            return "DICONDE";
    }
    return "";
}

std::string sop_classes() {
    std::string text = row({"UID", "name", "kind"}) + "|---|---|---|\n";
    const node::Offer offer = node::default_offer({});
    for (const rules::SopClass& sop_class : rules::storage_sop_classes()) {
        if (offer.takes(sop_class.uid)) {
            text += row({"`" + std::string{sop_class.uid} + "`", sop_class.name, kind_name(sop_class.kind)});
        }
    }
    return text;
}

std::string_view delivery_name(const node::StatusMeaning& meaning) {
    switch (meaning.delivery) {
        case node::Delivery::kDelivered:
            return "delivered";
        case node::Delivery::kDeliveredWithWarning:
            return meaning.alarm ? "delivered with a warning, marked as alarm" : "delivered with a warning";
        case node::Delivery::kRetry:
            return "tried again later, without end";
        case node::Delivery::kPermanent:
            return "refused for good: held for this destination";
        case node::Delivery::kAlreadyThere:
            return "delivered if this node may have sent this output there before, else refused for good";
    }
    return "";
}

std::string hex(std::uint32_t status) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04X", status);
    return text.data();
}

/// Every status there is, in ranges of one meaning; what no row of the table names is left to the page.
std::string statuses() {
    std::string text = row({"status", "meaning", "what the node does"}) + "|---|---|---|\n";
    constexpr std::uint32_t kEnd = 0x10000;
    for (std::uint32_t first = 0; first < kEnd;) {
        const node::StatusMeaning meaning = node::meaning_of(static_cast<std::uint16_t>(first));
        std::uint32_t behind = first + 1;
        while (behind < kEnd) {
            const node::StatusMeaning next = node::meaning_of(static_cast<std::uint16_t>(behind));
            if (!(next.text == meaning.text) || next.delivery != meaning.delivery ||
                next.alarm != meaning.alarm) {
                break;
            }
            ++behind;
        }
        if (meaning.text.view() != "unknown status") {
            const std::string range = behind - first == 1 ? hex(first) : hex(first) + "-" + hex(behind - 1);
            text += row({range, meaning.text.view(), delivery_name(meaning)});
        }
        first = behind;
    }
    return text + row({"any other", "unknown status", delivery_name({})});
}

std::string dummies() {
    constexpr std::array kShown{rules::Vr::AE, rules::Vr::AS, rules::Vr::CS, rules::Vr::DA,
                                rules::Vr::DS, rules::Vr::DT, rules::Vr::IS, rules::Vr::LO,
                                rules::Vr::LT, rules::Vr::PN, rules::Vr::SH, rules::Vr::ST,
                                rules::Vr::TM, rules::Vr::UC, rules::Vr::UR, rules::Vr::UT};
    std::string text = row({"VR", "dummy value"}) + "|---|---|\n";
    for (const rules::Vr vr : kShown) {
        text += row({rules::vr_name(vr), "`" + std::string{rules::dummy_text(vr)} + "`"});
    }
    for (const rules::SpecialDummy& special : rules::kSpecialDummies) {
        text += row({rules::to_string(special.tag), "`" + std::string{special.value} + "`"});
    }
    return text;
}

std::string attestation() {
    const auto code = [](const rules::CodedConcept& concept_) {
        return "`" + std::string{concept_.value} + "` " + std::string{concept_.meaning};
    };
    std::string text = row({"attribute", "value"}) + "|---|---|\n";
    text += row(
        {"(0012,0062) Patient Identity Removed",
         "`YES`, or `NO` where the Pixel Data may show text or a face and nothing proves that it does not"}
    );
    text += row(
        {"(0012,0063) De-identification Method",
         "`" + std::string{rules::kMethodAttributes} +
             "`, and where the Pixel Data may show text or a face also `" +
             std::string{rules::kMethodPixelsNotCleaned} + "` (`header-only`), `" +
             std::string{rules::kMethodFoundRemoved} + "` (`remove-found`; `" +
             std::string{rules::kMethodFoundRemovedButMarkers} + "` where the rule allows some) or `" +
             std::string{rules::kMethodProven} + "` (`require-clean`)"}
    );
    text += row(
        {"(0012,0064) De-identification Method Code Sequence",
         code(rules::kBasicProfileCode) + "; where it is proven of the Pixel Data, " +
             code(rules::kCleanPixelDataCode) + ", " + code(rules::kCleanVisualFeaturesCode)}
    );
    text += row(
        {"(0028,0301) Burned In Annotation, (0028,0302) Recognizable Visual Features",
         "`NO` each where it was possible and is proven; else see [pixels.md](pixels.md)"}
    );
    text += row(
        {"(0018,A001) Contributing Equipment Sequence",
         "a last item: Manufacturer and Manufacturer's Model Name `" + std::string{rules::kEquipmentName} +
             "`, Software Versions, Contribution DateTime (the year alone), Purpose of Reference " +
             code(rules::kEquipmentPurpose)}
    );
    text += row(
        {"(0028,0303) Longitudinal Temporal Information Modified",
         "`" + std::string{rules::kTemporalRemoved} + "`"}
    );
    return text;
}

std::string audit_events() {
    constexpr std::array<std::string_view, 4> kSubjects{"instance", "association", "operator", "node"};
    std::string text = row({"event", "about", "meaning"}) + "|---|---|---|\n";
    for (const db::AuditEventRow& event : db::audit_events()) {
        const auto subject = static_cast<std::size_t>(event.subject);
        text += row({"`" + std::string{event.name} + "`", kSubjects.at(subject), event.meaning});
    }
    return text;
}

std::string debian_packages() {
    std::ifstream list{std::string{EFFACE_SOURCE_DIR} + "/scripts/packages.txt"};
    std::string text = row({"for", "package", "what for"}) + "|---|---|---|\n";
    for (std::string line; std::getline(list, line);) {
        std::istringstream words{line};
        std::string purpose;
        std::string package;
        std::string what;
        if (line.starts_with('#') || !(words >> purpose >> package)) {
            continue;
        }
        std::getline(words >> std::ws, what);
        text += row({purpose, "`" + package + "`", what});
    }
    return text;
}

std::string pixel_doubts() {
    std::string text = row({"doubt", "what it is", "`require-clean`", "`remove-found`", "may be accepted"});
    text += "|---|---|---|---|---|\n";
    for (const rules::PixelDoubtRow& doubt : rules::kPixelDoubts) {
        text += row(
            {"`" + std::string{doubt.name} + "`", std::string{doubt.meaning}, "quarantine",
             doubt.only_where_proof_is_claimed ? "no doubt: nothing is claimed" : "quarantine",
             doubt.may_be_accepted ? "yes" : "no"}
        );
    }
    return text;
}

std::string markers() {
    std::string text = row({"stays", "markers"}) + "|---|---|\n";
    for (const bool by_default : {true, false}) {
        std::string names;
        for (const rules::MarkerRow& marker : rules::kMarkers) {
            if (marker.by_default == by_default) {
                names += (names.empty() ? "`" : ", `") + std::string{marker.text} + "` " +
                         std::string{marker.meaning};
            }
        }
        text += row({by_default ? "unless the rule says otherwise" : "where the rule names it", names});
    }
    return text;
}

std::string measured_recalls() {
    if (rules::measured_recalls().empty()) {
        return "No kind of image yet: under `require-clean` every image that may show text or a face is "
               "quarantined.\n";
    }
    const auto percent = [](int value) {
        return value == 0 ? std::string{"not measured"} : std::to_string(value) + " %";
    };
    std::string text = row({"kind", "text", "faces", "measured on"}) + "|---|---|---|---|\n";
    for (const rules::MeasuredRecall& recall : rules::measured_recalls()) {
        text += row(
            {std::string{recall.name}, percent(recall.text_percent), percent(recall.face_percent),
             std::string{recall.measured_on}}
        );
    }
    return text;
}

std::string shipped_devices() {
    std::string text = row({"template", "taken where", "regions"}) + "|---|---|---|\n";
    for (const rules::DeviceTemplate& device : rules::shipped_devices()) {
        std::string regions;
        for (const rules::Region& region : device.blacken) {
            regions += (regions.empty() ? "" : "; ") + std::to_string(region.left) + ", " +
                       std::to_string(region.top) + ", " + std::to_string(region.width) + " x " +
                       std::to_string(region.height);
        }
        std::string match;
        for (const char c : device.match->text) {
            match += c == '|' ? std::string{"\\|"} : std::string(1, c);
        }
        text += row({"`" + device.name + "`", match, regions});
    }
    return text;
}

constexpr std::array kBlocks{
    GeneratedBlock{"architecture.md", "job states", job_states},
    GeneratedBlock{"architecture.md", "delivery states", delivery_states},
    GeneratedBlock{"dependencies.md", "debian packages", debian_packages},
    GeneratedBlock{"formats.md", "audit events", audit_events},
    GeneratedBlock{"rules.md", "pixel doubts", pixel_doubts},
    GeneratedBlock{"rules.md", "markers", markers},
    GeneratedBlock{"pixels.md", "measured recall", measured_recalls},
    GeneratedBlock{"devices.md", "device templates", shipped_devices},
    GeneratedBlock{"conformance.md", "sop classes", sop_classes},
    GeneratedBlock{"conformance.md", "transfer syntaxes", transfer_syntaxes},
    GeneratedBlock{"pixels.md", "frame syntaxes", frame_syntaxes},
    GeneratedBlock{"conformance.md", "statuses as scu", statuses},
    GeneratedBlock{"conformance.md", "dummy values", dummies},
    GeneratedBlock{"conformance.md", "attributes written", attestation},
};

}  // namespace

std::span<const GeneratedBlock> generated_blocks() {
    return kBlocks;
}

}  // namespace efface
