// The predicates. A new one is one row. docs/rules.md repeats this table; a test compares them.
#include "rules/matching/predicate_table.h"

#include "rules/matching/rule_set.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

namespace efface::rules {
namespace {

constexpr std::array kFamilyNames{
    std::pair{SyntaxFamily::kNative, std::string_view{"native"}},
    std::pair{SyntaxFamily::kEncapsulatedUncompressed, std::string_view{"encapsulated-uncompressed"}},
    std::pair{SyntaxFamily::kJpeg, std::string_view{"jpeg"}},
    std::pair{SyntaxFamily::kJpegLs, std::string_view{"jpeg-ls"}},
    std::pair{SyntaxFamily::kJpeg2000, std::string_view{"jpeg-2000"}},
    std::pair{SyntaxFamily::kHtj2k, std::string_view{"htj2k"}},
    std::pair{SyntaxFamily::kJpegXl, std::string_view{"jpeg-xl"}},
    std::pair{SyntaxFamily::kMpeg2, std::string_view{"mpeg-2"}},
    std::pair{SyntaxFamily::kMpeg4, std::string_view{"mpeg-4"}},
    std::pair{SyntaxFamily::kHevc, std::string_view{"hevc"}},
    std::pair{SyntaxFamily::kRle, std::string_view{"rle"}},
    std::pair{SyntaxFamily::kDeflatedFrames, std::string_view{"deflated-frames"}},
    std::pair{SyntaxFamily::kOther, std::string_view{"other"}},
};

/// A UID of the table, or every storage SOP class whose name begins so.
std::vector<std::string> expand_sop_class(std::string_view name) {
    std::vector<std::string> uids;
    if (name.empty()) {
        return uids;
    }
    for (const SopClass& row : storage_sop_classes()) {
        if (row.uid == name || row.name.substr(0, name.size()) == name) {
            uids.emplace_back(row.uid);
        }
    }
    return uids;
}

/// A UID of the table, or every transfer syntax of the family.
std::vector<std::string> expand_transfer_syntax(std::string_view name) {
    std::vector<std::string> uids;
    for (const TransferSyntax& row : transfer_syntaxes()) {
        const bool family = std::any_of(kFamilyNames.begin(), kFamilyNames.end(), [&](const auto& known) {
            return known.first == row.family && known.second == name;
        });
        if (row.uid == name || family) {
            uids.emplace_back(row.uid);
        }
    }
    return uids;
}

std::string_view project(const InstanceFacts& facts) {
    return facts.project;
}

std::string_view calling_ae(const InstanceFacts& facts) {
    return facts.calling_ae;
}

std::string_view called_ae(const InstanceFacts& facts) {
    return facts.called_ae;
}

std::string_view sop_class(const InstanceFacts& facts) {
    return facts.sop_class_uid;
}

std::string_view transfer_syntax(const InstanceFacts& facts) {
    return facts.transfer_syntax_uid;
}

constexpr PredicateRow kTable[] = {
    {"project", Subject::kText, false, project, {}, nullptr, "name of the project"},
    {"calling_ae", Subject::kText, false, calling_ae, {}, nullptr, "AE title of the sender"},
    {"called_ae", Subject::kText, false, called_ae, {}, nullptr, "AE title that the sender called"},
    {"modality", Subject::kText, true, nullptr, Tag{0x0008, 0x0060}, nullptr, "Modality (0008,0060)"},
    {"sop_class",
     Subject::kUid,
     false,
     sop_class,
     {},
     expand_sop_class,
     "SOP class: a UID, or the beginning of a name of PS3.4 Table B.5-1"},
    {"transfer_syntax",
     Subject::kUid,
     false,
     transfer_syntax,
     {},
     expand_transfer_syntax,
     "transfer syntax as received: a UID or a family"},
    {"image_type", Subject::kText, true, nullptr, Tag{0x0008, 0x0008}, nullptr,
     "a value of Image Type (0008,0008)"},
    {"body_part", Subject::kText, true, nullptr, Tag{0x0018, 0x0015}, nullptr,
     "Body Part Examined (0018,0015)"},
    {"patient_identity_removed", Subject::kClaim, true, nullptr, Tag{0x0012, 0x0062}, nullptr,
     "what the sender claims in (0012,0062)"},
    {"burned_in_annotation", Subject::kClaim, true, nullptr, Tag{0x0028, 0x0301}, nullptr,
     "what the sender claims in (0028,0301)"},
    {"recognizable_visual_features", Subject::kClaim, true, nullptr, Tag{0x0028, 0x0302}, nullptr,
     "what the sender claims in (0028,0302)"},
    {"manufacturer", Subject::kText, true, nullptr, Tag{0x0008, 0x0070}, nullptr, "Manufacturer (0008,0070)"},
    {"model", Subject::kText, true, nullptr, Tag{0x0008, 0x1090}, nullptr,
     "Manufacturer's Model Name (0008,1090)"},
    {"attribute", Subject::kAttribute, false, nullptr, {}, nullptr, "any attribute, by `path`"},
};

}  // namespace

std::span<const PredicateRow> predicate_table() {
    return kTable;
}

const PredicateRow* find_predicate(std::string_view key) {
    const auto* row =
        std::find_if(std::begin(kTable), std::end(kTable), [=](const auto& r) { return r.key == key; });
    return row != std::end(kTable) ? row : nullptr;
}

}  // namespace efface::rules
