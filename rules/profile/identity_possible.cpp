// The table behind identity_possible: SOP class -> kind of content, kind -> text and face.
// First matching row wins; a class without a row may show both.
#include "rules/profile/identity_possible.h"

namespace efface::rules {
namespace {

using Kind = ImageKind;

struct ClassRow {
    std::string_view uid;  ///< Ends with '.': every UID that begins so.
    Kind kind;
    std::string_view modality;  ///< Of a tomogram; another one is doubt.
};

constexpr std::string_view kStorage = "1.2.840.10008.5.1.4.1.1.";

/// UIDs below kStorage; those of other roots are in kOtherRoots.
constexpr ClassRow kClasses[] = {
    {"1", Kind::kRadiograph, ""},
    {"1.2", Kind::kBreast, ""},
    {"1.2.1", Kind::kBreast, ""},
    {"1.", Kind::kRadiograph, ""},
    {"2", Kind::kTomogram, "CT"},
    {"2.", Kind::kTomogram, "CT"},
    {"3", Kind::kUltrasound, ""},
    {"3.1", Kind::kUltrasound, ""},
    {"4", Kind::kTomogram, "MR"},
    {"4.2", Kind::kNoPixels, ""},  // MR Spectroscopy
    {"4.", Kind::kTomogram, "MR"},
    {"5", Kind::kTomogram, "NM"},
    {"6", Kind::kUltrasound, ""},
    {"6.", Kind::kUltrasound, ""},
    {"8", Kind::kNoPixels, ""},  // Standalone overlays, curves and tables: what they hold is removed.
    {"9", Kind::kNoPixels, ""},
    {"9.4.", Kind::kSound, ""},
    {"9.", Kind::kNoPixels, ""},  // Waveforms
    {"10", Kind::kNoPixels, ""},
    {"11", Kind::kNoPixels, ""},
    {"11.", Kind::kNoPixels, ""},  // Presentation states
    {"12.", Kind::kFluoroscopy, ""},
    {"13.1.1", Kind::kFluoroscopy, ""},  // 3D angiography and craniofacial: a volume, labels possible.
    {"13.1.2", Kind::kFluoroscopy, ""},
    {"13.1.", Kind::kBreast, ""},
    {"14.", Kind::kEyeInside, ""},  // Intravascular tomography
    {"20", Kind::kTomogram, "NM"},
    {"30", Kind::kDerivedVolume, ""},
    {"66.1", Kind::kNoPixels, ""},
    {"66.2", Kind::kNoPixels, ""},
    {"66.3", Kind::kNoPixels, ""},
    {"66.4", Kind::kDerivedVolume, ""},
    {"66.5", Kind::kDerivedVolume, ""},
    {"66.6", Kind::kNoPixels, ""},
    {"66.7", Kind::kDerivedVolume, ""},
    {"66.8", Kind::kEyeInside, ""},
    {"67", Kind::kNoPixels, ""},
    {"68.", Kind::kDerivedVolume, ""},
    {"77.1.2", Kind::kMicroscopy, ""},
    {"77.1.2.1", Kind::kMicroscopy, ""},
    {"77.1.3", Kind::kMicroscopy, ""},
    {"77.1.5.3", Kind::kNoPixels, ""},  // Stereometric Relationship
    {"77.1.5.4", Kind::kEyeInside, ""},
    {"77.1.5.7", Kind::kEyeInside, ""},
    {"77.1.5.8", Kind::kEyeInside, ""},
    {"77.1.6", Kind::kMicroscopy, ""},
    {"77.1.8", Kind::kMicroscopy, ""},
    {"77.1.9", Kind::kMicroscopy, ""},
    {"77.", Kind::kPhotograph, ""},
    {"78.", Kind::kNoPixels, ""},
    {"79.1", Kind::kNoPixels, ""},
    {"80.1", Kind::kNoPixels, ""},
    {"81.1", Kind::kEyeInside, ""},
    {"82.1", Kind::kEyeInside, ""},
    {"88.", Kind::kNoPixels, ""},  // Structured reports, key objects
    {"90.1", Kind::kNoPixels, ""},
    {"91.1", Kind::kNoPixels, ""},
    {"104.1", Kind::kNoPixels, ""},  // Encapsulated documents: the document itself is replaced.
    {"104.2", Kind::kNoPixels, ""},
    {"104.", Kind::kDerivedVolume, ""},
    {"128", Kind::kTomogram, "PT"},
    {"128.", Kind::kTomogram, "PT"},
    {"129", Kind::kNoPixels, ""},
    {"130", Kind::kTomogram, "PT"},
    {"131", Kind::kNoPixels, ""},
    {"200.", Kind::kNoPixels, ""},
    {"201.1", Kind::kNoPixels, ""},
    {"481.1", Kind::kRadiograph, ""},
    {"481.2", Kind::kDoseGrid, ""},
    {"481.23", Kind::kRadiograph, ""},
    {"481.24", Kind::kRadiograph, ""},
    {"481.", Kind::kNoPixels, ""},
};

constexpr ClassRow kOtherRoots[] = {
    {"1.2.840.10008.5.1.4.34.", Kind::kNoPixels, ""},  // RT delivery instructions
    {"1.2.840.10008.5.1.4.38.1", Kind::kNoPixels, ""}, {"1.2.840.10008.5.1.4.39.1", Kind::kNoPixels, ""},
    {"1.2.840.10008.5.1.4.43.1", Kind::kNoPixels, ""}, {"1.2.840.10008.5.1.4.44.1", Kind::kNoPixels, ""},
    {"1.2.840.10008.5.1.4.45.1", Kind::kNoPixels, ""},
};

/// Body parts (PS3.16 Annex L, without spaces and marks) whose images end below the neck.
constexpr std::string_view kAwayFromHead[] = {
    "ABDOMEN",  "ABDOMENPELVIS", "ANKLE",    "AORTA",       "ARM",          "BLADDER",
    "BREAST",   "CALCANEUS",     "CALF",     "CHEST",       "CHESTABDOMEN", "CHESTABDPELVIS",
    "COCCYX",   "COLON",         "DUODENUM", "ELBOW",       "EXTREMITY",    "FEMUR",
    "FINGER",   "FOOT",          "FOREARM",  "GALLBLADDER", "HAND",         "HEART",
    "HIP",      "HUMERUS",       "ILIUM",    "KIDNEY",      "KNEE",         "LEG",
    "LIVER",    "LOWERLEG",      "LSPINE",   "LSSPINE",     "LUNG",         "PANCREAS",
    "PATELLA",  "PELVIS",        "PROSTATE", "RADIUS",      "RECTUM",       "RIB",
    "SACRUM",   "SCAPULA",       "SCROTUM",  "SHOULDER",    "SIJOINT",      "SPLEEN",
    "SSPINE",   "STERNUM",       "STOMACH",  "TESTIS",      "THIGH",        "THORAX",
    "THUMB",    "TIBIAFIBULA",   "TLSPINE",  "TOE",         "TSPINE",       "ULNA",
    "UPPERARM", "UTERUS",        "WRIST",
};

/// Image Type values of tomograms that are screens, scouts or renderings rather than slices.
constexpr std::string_view kDoubtfulTypes[] = {
    "LOCALIZER",  "SCOUT",  "TOPOGRAM", "SURVIEW", "SCREENSAVE",  "SCREENCAPTURE",
    "REPORT",     "DOSE",   "MIP",      "VRT",     "RENDERED",    "RENDERING",
    "PROJECTION", "PASTED", "POSDISP",  "COLOR",   "REFORMATTED",
};

/// Capital letters and digits only: "Chest/Abd" and "CHEST ABD" are one.
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

bool takes(const ClassRow& row, std::string_view uid) {
    return row.uid.back() == '.' ? uid.substr(0, row.uid.size()) == row.uid : uid == row.uid;
}

ClassRow class_of(std::string_view uid) {
    const bool storage = uid.substr(0, kStorage.size()) == kStorage;
    const std::string_view rest = storage ? uid.substr(kStorage.size()) : uid;
    const std::span<const ClassRow> rows = storage ? std::span<const ClassRow>{kClasses} : kOtherRoots;
    const auto row =
        std::find_if(rows.begin(), rows.end(), [=](const ClassRow& r) { return takes(r, rest); });
    return row != rows.end() ? *row : ClassRow{"", Kind::kAnything, ""};
}

bool shows_head(std::string_view body_part) {
    const std::string part = normalized(body_part);
    return std::find(std::begin(kAwayFromHead), std::end(kAwayFromHead), part) == std::end(kAwayFromHead);
}

/// ORIGINAL, PRIMARY, and nothing that speaks of a scout, a screen or a rendering; a CT also says AXIAL
/// or VOLUME (PS3.3 C.8.2.1.1.1), since dose screens call themselves ORIGINAL\PRIMARY\OTHER.
bool is_plain_slice(std::span<const std::string_view> image_type, std::string_view modality) {
    if (image_type.size() < 2 || normalized(image_type[0]) != "ORIGINAL" ||
        normalized(image_type[1]) != "PRIMARY") {
        return false;
    }
    for (const std::string_view value : image_type.subspan(2)) {
        const std::string text = normalized(value);
        const auto speaks_of = [&](std::string_view word) { return text.find(word) != std::string::npos; };
        if (std::any_of(std::begin(kDoubtfulTypes), std::end(kDoubtfulTypes), speaks_of)) {
            return false;
        }
    }
    if (modality != "CT") {
        return true;
    }
    return image_type.size() > 2 &&
           (normalized(image_type[2]) == "AXIAL" || normalized(image_type[2]) == "VOLUME");
}

PixelIdentity tomogram(const PixelFacts& facts, const ClassRow& row) {
    if (normalized(facts.modality) != row.modality) {
        return {.why = "the modality is not the one of this SOP class", .is_volume = true};
    }
    const bool head = shows_head(facts.body_part);
    if (!is_plain_slice(facts.image_type, row.modality)) {
        return {
            .text = true,
            .face = head,
            .why = "a scout, a derived image or a screen of a scanner may carry text",
            .is_volume = true};
    }
    return {
        .text = false,
        .face = head,
        .why = head ? "original slices carry no text; head, neck, whole body or unknown may show a face"
                    : "original slices away from the head",
        .is_volume = true};
}

PixelIdentity by_kind(const PixelFacts& facts, const ClassRow& row) {
    const bool head = shows_head(facts.body_part);
    switch (row.kind) {
        case Kind::kNoPixels:
            return {false, false, "this SOP class has no image"};
        case Kind::kDoseGrid:
            return {false, false, "a dose grid shows neither"};
        case Kind::kTomogram:
            return tomogram(facts, row);
        case Kind::kDerivedVolume:
            return {
                .text = false,
                .face = head,
                .why = "made from slices: no text, the surface may be a head's",
                .is_volume = true};
        case Kind::kRadiograph:
        case Kind::kFluoroscopy:
            return {true, head, "labels and banners are usual; a view of the head may show the face"};
        case Kind::kBreast:
            return {true, false, "labels are usual in images of the breast"};
        case Kind::kUltrasound:
            if (facts.regions_are_sections) {
                return {
                    .text = true,
                    .face = false,
                    .why = "ultrasound screens carry banners; sections and traces show no face",
                    .face_outside_regions = head};
            }
            return {true, head, "ultrasound screens carry banners; a rendering may show a face"};
        case Kind::kPhotograph:
            return {true, true, "photographs and video may show anything", true};
        case Kind::kMicroscopy:
            return {true, false, "slides carry labels"};
        case Kind::kEyeInside:
            return {true, false, "optical tomography and maps may carry text"};
        case Kind::kSound:
            return {true, false, "a recording may speak names"};
        case Kind::kAnything:
            break;
    }
    return {true, true, "nothing is known of what this SOP class shows"};
}

/// Dentists' arcs and single teeth show no profile unless they say that they are from the side.
bool is_dental(const PixelFacts& facts, std::string_view uid) {
    return facts.modality == "PX" || facts.modality == "IO" || uid == "1.1.3" || uid == "1.1.3.1";
}

HeadView head_view(const PixelFacts& facts, const ClassRow& row) {
    if (row.kind != Kind::kRadiograph && row.kind != Kind::kFluoroscopy) {
        return {};
    }
    const std::string_view uid =
        facts.sop_class_uid.substr(std::min(kStorage.size(), facts.sop_class_uid.size()));
    const StatedView stated = stated_view(facts.view);
    const bool arc = is_dental(facts, uid) && stated != StatedView::kLateral;
    return {
        .is_searched = shows_head(facts.body_part),
        .head_stated = is_head_or_neck(facts.body_part) && !arc,
        .stated = stated,
        .pixels_a_millimetre = pixels_a_millimetre(facts.view)};
}

}  // namespace

bool PixelIdentity::is_screen() const {
    return kind == ImageKind::kUltrasound || kind == ImageKind::kFluoroscopy ||
           kind == ImageKind::kPhotograph || kind == ImageKind::kAnything;
}

bool PixelIdentity::has_markers() const {
    return kind == ImageKind::kRadiograph || kind == ImageKind::kBreast || kind == ImageKind::kFluoroscopy;
}

PixelIdentity identity_possible(const PixelFacts& facts) {
    const ClassRow row = class_of(facts.sop_class_uid);
    PixelIdentity identity = by_kind(facts, row);
    identity.kind = row.kind;
    identity.head_view = head_view(facts, row);
    if ((facts.claims_text && !identity.text) || (facts.claims_face && !identity.face)) {
        identity.why = "the sender says so";
    }
    identity.is_stated = facts.claims_text || facts.claims_face;
    identity.text = identity.text || facts.claims_text;
    identity.face = identity.face || facts.claims_face;
    return identity;
}

}  // namespace efface::rules
