#include "pipeline/unit/instance_facts.h"

#include "pipeline/scan/scanner.h"
#include "pipeline/unit/ultrasound_regions.h"
#include "rules/profile/attestation.h"
#include "rules/text/character_set.h"
#include "rules/vocabulary/dictionary.h"

#include <charconv>
#include <cstring>
#include <vector>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kSpecificCharacterSet{0x0008, 0x0005};
constexpr Tag kImageType{0x0008, 0x0008};
constexpr Tag kSopClassUid{0x0008, 0x0016};
constexpr Tag kModality{0x0008, 0x0060};
constexpr Tag kBodyPartExamined{0x0018, 0x0015};
constexpr Tag kViewPosition{0x0018, 0x5101};
constexpr Tag kViewCode{0x0054, 0x0220};
constexpr Tag kPatientOrientation{0x0020, 0x0020};
constexpr Tag kPositionerPrimaryAngle{0x0018, 0x1510};
constexpr Tag kImagerPixelSpacing{0x0018, 0x1164};
constexpr Tag kPixelSpacing{0x0028, 0x0030};
constexpr Tag kAnatomicRegion{0x0008, 0x2218};
constexpr Tag kCodeMeaning{0x0008, 0x0104};

/// Of one binary attribute; no rule compares more.
constexpr std::size_t kNumbersMax = 16;

template <class T>
std::string numbers(const Event& event) {
    std::string text;
    for (std::size_t i = 0; i < kNumbersMax && (i + 1) * sizeof(T) <= event.value.size(); ++i) {
        std::array<std::byte, sizeof(T)> bytes{};
        std::copy_n(
            event.value.begin() + static_cast<std::ptrdiff_t>(i * sizeof(T)), sizeof(T), bytes.begin()
        );
        if (event.big_endian) {
            std::reverse(bytes.begin(), bytes.end());
        }
        T value{};
        std::memcpy(&value, bytes.data(), sizeof(T));
        std::array<char, 64> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
        text += text.empty() ? "" : "\\";
        text.append(digits.data(), end.ptr);
    }
    return text;
}

std::string binary_text(Vr vr, const Event& event) {
    switch (vr) {
        case Vr::US:
            return numbers<std::uint16_t>(event);
        case Vr::SS:
            return numbers<std::int16_t>(event);
        case Vr::UL:
            return numbers<std::uint32_t>(event);
        case Vr::SL:
            return numbers<std::int32_t>(event);
        case Vr::FL:
            return numbers<float>(event);
        case Vr::FD:
            return numbers<double>(event);
        case Vr::UV:
            return numbers<std::uint64_t>(event);
        case Vr::SV:
            return numbers<std::int64_t>(event);
        default:
            return {};
    }
}

// UN holds the value as the dictionary's VR would (PS3.5 6.2.2).
Vr vr_for_reading(const Event& event) {
    const rules::DictionaryEntry* entry = event.vr == Vr::UN ? rules::find_attribute(event.tag) : nullptr;
    return entry != nullptr ? entry->vr : event.vr;
}

std::string text_of(const Event& event, std::string_view character_set) {
    const Vr vr = vr_for_reading(event);
    if (!rules::is_text(vr)) {
        return binary_text(vr, event);
    }
    const std::string_view value = trimmed_text(event.value);
    const bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (ascii || !rules::is_charset_text(vr)) {
        return std::string{value};
    }
    const auto sets = rules::split_character_sets(character_set);
    const auto text = rules::decode(sets, value, vr);
    return text ? *text : std::string{"\uFFFD"};
}

/// Follows one path through the events of a scan, first items only.
class PathReader {
public:
    PathReader(const ScannedDataSet& data_set, std::span<const Tag> path, std::string_view creator)
        : scanner_{data_set.bytes, *data_set.syntax}, path_{path}, creator_{creator} {}

    std::optional<std::string> read() {
        for (;;) {
            const Result<Event> event = scanner_.next();
            if (!event) {
                return std::nullopt;
            }
            switch (event->kind) {
                case EventKind::kItemBegin:
                    continue;
                case EventKind::kElement:
                    if (matches(event->tag)) {
                        return at_last() ? std::optional{text_of(*event, character_set_)} : std::nullopt;
                    }
                    if (event->tag == kSpecificCharacterSet) {
                        character_set_ = trimmed_text(event->value);
                    }
                    break;
                case EventKind::kSequenceBegin:
                    if (matches(event->tag)) {
                        if (at_last()) {
                            return std::string{};
                        }
                        ++level_;
                        continue;
                    }
                    if (!scanner_.skip_sequence()) {
                        return std::nullopt;
                    }
                    continue;
                case EventKind::kSequenceEnd:
                    if (event->depth < level_) {
                        return std::nullopt;  // The sequence that the path enters has no item.
                    }
                    continue;
                default:
                    // The end of the first item, Pixel Data, or the end: what was not met is absent.
                    return std::nullopt;
            }
            if (event->tag.group() > path_[level_].group()) {
                return std::nullopt;
            }
        }
    }

private:
    bool at_last() const { return level_ + 1 == path_.size(); }

    bool matches(Tag tag) const {
        const Tag wanted = path_[level_];
        if (!at_last() || creator_.empty()) {
            return tag == wanted;
        }
        return tag.group() == wanted.group() && tag.element() >= 0x1000 &&
               (tag.element() & 0xFFU) == (wanted.element() & 0xFFU) &&
               scanner_.private_creator(tag) == creator_;
    }

    Scanner scanner_;
    std::span<const Tag> path_;
    std::string_view creator_;
    std::size_t level_ = 0;
    std::string_view character_set_;
};

}  // namespace

std::optional<std::string> text_at(
    const ScannedDataSet& data_set, std::span<const Tag> path, std::string_view creator
) {
    return path.empty() ? std::nullopt : PathReader{data_set, path, creator}.read();
}

rules::InstanceFacts instance_facts(const ScannedDataSet& data_set, const WorkOrder& order) {
    const Tag sop_class = kSopClassUid;
    return rules::InstanceFacts{
        .project = order.project,
        .calling_ae = order.calling_ae,
        .called_ae = order.called_ae,
        .sop_class_uid = text_at(data_set, {&sop_class, 1}, {}).value_or(std::string{}),
        .transfer_syntax_uid = std::string{data_set.syntax->uid},
        .value = [data_set](
                     std::span<const Tag> path, std::string_view creator
                 ) { return text_at(data_set, path, creator); },
    };
}

rules::PixelIdentity pixel_identity(const ScannedDataSet& data_set) {
    const auto text = [&](std::initializer_list<Tag> path) {
        return text_at(data_set, {path.begin(), path.size()}, {}).value_or(std::string{});
    };
    const std::string sop_class_uid = text({kSopClassUid});
    const std::string modality = text({kModality});
    const std::string image_type = text({kImageType});
    std::string body_part = text({kBodyPartExamined});
    if (body_part.empty()) {
        body_part = text({kAnatomicRegion, kCodeMeaning});
    }
    std::vector<std::string_view> image_types;
    for (std::string_view rest = image_type; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\\'), rest.size());
        image_types.push_back(trimmed_text(std::as_bytes(std::span{rest.substr(0, end)})));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const std::string view_position = text({kViewPosition});
    const std::string view_meaning = text({kViewCode, kCodeMeaning});
    const std::string patient_orientation = text({kPatientOrientation});
    const std::string positioner_angle = text({kPositionerPrimaryAngle});
    const std::string imager_pixel_spacing = text({kImagerPixelSpacing});
    const std::string pixel_spacing = text({kPixelSpacing});
    return rules::identity_possible({
        .sop_class_uid = sop_class_uid,
        .modality = modality,
        .image_type = image_types,
        .body_part = body_part,
        .claims_text = text({rules::kBurnedInAnnotation}) == rules::kYes,
        .claims_face = text({rules::kRecognizableVisualFeatures}) == rules::kYes,
        .regions_are_sections = regions_are_sections(data_set),
        .view =
            {.view_position = view_position,
             .view_meaning = view_meaning,
             .patient_orientation = patient_orientation,
             .positioner_angle = positioner_angle,
             .imager_pixel_spacing = imager_pixel_spacing,
             .pixel_spacing = pixel_spacing},
    });
}

}  // namespace efface::pipeline
