// See segmentation_judge.h: the events that a Segmentation must show, one after another, and its bits.
#include "pipeline/gate/segmentation_judge.h"

#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/file_frame.h"
#include "pipeline/gate/mask_planes.h"
#include "pipeline/gate/own_items.h"
#include "pipeline/pixel/mask_segmentation.h"
#include "pipeline/scan/part10.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

tl::unexpected<Error> held(Literal why, Tag tag) {
    return fail(Fault::kQuarantine, why, Where::tag(tag.value));
}

/// The top level of the cleaned instance, values as they stand there.
using Values = std::map<std::uint32_t, std::string>;

std::string text_of(const Event& event) {
    return {reinterpret_cast<const char*>(event.value.data()), event.value.size()};
}

Result<Values> top_level_values(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    Values values;
    Scanner scanner{data_set, syntax};
    for (;;) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd || event.kind == EventKind::kPixelBegin) {
            return values;
        }
        const bool is_value = event.kind == EventKind::kElement && event.depth == 0 &&
                              event.tag.group() < 0x0030 && !event.big_endian;
        if (is_value) {
            values.emplace(event.tag.value, text_of(event));
        }
    }
}

std::string words(std::initializer_list<std::uint64_t> numbers, int bytes) {
    std::string value;
    for (const std::uint64_t number : numbers) {
        for (int i = 0; i < bytes; ++i) {
            value += static_cast<char>((number >> (8 * i)) & 0xFFU);
        }
    }
    return value;
}

class Expected {
public:
    Expected(const Values& cleaned, const SegmentRequest& request, const PixelShape& shape)
        : cleaned_{cleaned}, request_{request}, shape_{shape} {}

    /// In the order of their tags, up to Pixel Data. `frames` of the image, from 0.
    std::vector<OwnEvent> all(const rules::ProjectKey& key, const std::vector<std::uint64_t>& frames);

    std::string instance_uid(const rules::ProjectKey& key) const {
        return key.derive(kSegmentationKeyPurpose)
            .map_uid_of_content(trimmed(0x00080018), segmentation_content(request_));
    }

private:
    std::string trimmed(std::uint32_t tag) const {
        const std::string value = raw(tag);
        return std::string{trimmed_text(std::as_bytes(std::span{value}))};
    }

    std::string raw(std::uint32_t tag) const {
        const auto known = cleaned_.find(tag);
        return known == cleaned_.end() ? std::string{} : known->second;
    }

    void element(std::uint32_t tag, Vr vr, std::string value) {
        events_.push_back({EventKind::kElement, Tag{tag}, vr, std::move(value)});
    }

    void text(std::uint32_t tag, Vr vr, std::string_view value) { element(tag, vr, std::string{value}); }

    void number(std::uint32_t tag, std::uint64_t value) { element(tag, Vr::US, words({value}, 2)); }

    void begin(std::uint32_t sequence) {
        events_.push_back({EventKind::kSequenceBegin, Tag{sequence}, Vr::SQ, {}});
        begin_item();
    }

    void begin_item() { events_.push_back({EventKind::kItemBegin, {}, Vr::SQ, {}}); }

    void end_item() { events_.push_back({EventKind::kItemEnd, {}, Vr::SQ, {}}); }

    void end() {
        end_item();
        events_.push_back({EventKind::kSequenceEnd, {}, Vr::SQ, {}});
    }

    void code(std::uint32_t sequence, const rules::CodedConcept& concept_, std::string_view scheme) {
        begin(sequence);
        text(0x00080100, Vr::SH, concept_.value);
        text(0x00080102, Vr::SH, scheme);
        text(0x00080104, Vr::LO, concept_.meaning);
        end();
    }

    void copies();
    void references();
    void dimensions(const rules::ProjectKey& own);
    void segment();
    void shared_groups();
    void frame_groups(std::uint64_t frame);

    bool has_geometry() const {
        return shape_.number_of_frames == 1 && !raw(0x00200052).empty() && !raw(0x00200032).empty() &&
               !raw(0x00200037).empty() && !raw(0x00280030).empty();
    }

    const Values& cleaned_;
    const SegmentRequest& request_;
    const PixelShape& shape_;
    std::vector<OwnEvent> events_;
};

void Expected::copies() {
    for (const CopiedAttribute& copied : kSegmentationCopies) {
        std::string value = raw(copied.tag.value);
        if (copied.must_stand || !value.empty()) {
            element(copied.tag.value, copied.vr, std::move(value));
        }
    }
}

void Expected::references() {
    begin(0x00081115);
    begin(0x0008114A);
    text(0x00081150, Vr::UI, trimmed(0x00080016));
    text(0x00081155, Vr::UI, trimmed(0x00080018));
    end();
    text(0x0020000E, Vr::UI, trimmed(0x0020000E));
    end();
}

void Expected::dimensions(const rules::ProjectKey& own) {
    const std::string organisation = own.map_uid(
        "dimensions/" + own.map_uid_of_content(trimmed(0x00080018), segmentation_content(request_))
    );
    begin(0x00209221);
    text(0x00209164, Vr::UI, organisation);
    end();
    const auto index = [&](std::initializer_list<std::uint64_t> attribute,
                           std::initializer_list<std::uint64_t> group, std::string_view label) {
        text(0x00209164, Vr::UI, organisation);
        element(0x00209165, Vr::AT, words(attribute, 2));
        element(0x00209167, Vr::AT, words(group, 2));
        text(0x00209421, Vr::LO, label);
    };
    begin(0x00209222);
    index({0x0062, 0x000B}, {0x0062, 0x000A}, "Segment");
    end_item();
    begin_item();
    index({0x0020, 0x9057}, {0x0020, 0x9111}, "Frame of the image");
    end();
}

void Expected::segment() {
    begin(0x00620002);
    code(0x00620003, kSegmentCategory, kSctScheme);
    number(0x00620004, 1);
    text(0x00620005, Vr::LO, kSegmentLabel);
    text(0x00620008, Vr::CS, kSegmentAlgorithmType);
    text(0x00620009, Vr::LO, rules::kEquipmentName);
    code(0x0062000F, kSegmentType, rules::kDcmScheme);
    end();
}

void Expected::shared_groups() {
    begin(0x52009229);
    if (has_geometry()) {
        begin(0x00209116);
        element(0x00200037, Vr::DS, raw(0x00200037));
        end();
        begin(0x00289110);
        if (!raw(0x00180050).empty()) {
            element(0x00180050, Vr::DS, raw(0x00180050));
        }
        element(0x00280030, Vr::DS, raw(0x00280030));
        end();
    }
    begin(0x0062000A);
    number(0x0062000B, 1);
    end();
    end();
}

void Expected::frame_groups(std::uint64_t frame) {
    begin(0x00089124);
    begin(0x00082112);
    text(0x00081150, Vr::UI, trimmed(0x00080016));
    text(0x00081155, Vr::UI, trimmed(0x00080018));
    if (shape_.number_of_frames > 1) {
        text(0x00081160, Vr::IS, std::to_string(frame + 1));
    }
    text(0x0028135A, Vr::CS, "YES");
    code(0x0040A170, kSegmentationPurpose, rules::kDcmScheme);
    end();
    code(0x00089215, kSegmentationDerivation, rules::kDcmScheme);
    end();
    begin(0x00209111);
    text(0x00209056, Vr::SH, "1");
    element(0x00209057, Vr::UL, words({frame + 1}, 4));
    element(0x00209157, Vr::UL, words({1, frame + 1}, 4));
    end();
    if (has_geometry()) {
        begin(0x00209113);
        element(0x00200032, Vr::DS, raw(0x00200032));
        end();
    }
}

/// Whole top-level attributes by their tags: what stands in sequences follows its sequence.
std::vector<OwnEvent> in_order(const std::vector<OwnEvent>& events) {
    std::vector<std::vector<OwnEvent>> attributes;
    int depth = 0;
    for (const OwnEvent& event : events) {
        if (depth == 0) {
            attributes.emplace_back();
        }
        depth += event.kind == EventKind::kSequenceBegin ? 1 : event.kind == EventKind::kSequenceEnd ? -1 : 0;
        attributes.back().push_back(event);
    }
    std::ranges::sort(attributes, {}, [](const std::vector<OwnEvent>& one) { return one.front().tag; });
    std::vector<OwnEvent> sorted;
    for (const std::vector<OwnEvent>& one : attributes) {
        sorted.insert(sorted.end(), one.begin(), one.end());
    }
    return sorted;
}

std::vector<OwnEvent> Expected::all(const rules::ProjectKey& key, const std::vector<std::uint64_t>& frames) {
    const rules::ProjectKey own = key.derive(kSegmentationKeyPurpose);
    const auto days = std::chrono::sys_days{std::chrono::days{request_.order.accepted_at / kMicrosPerDay}};
    const auto year = static_cast<int>(std::chrono::year_month_day{days}.year());
    copies();
    references();
    dimensions(own);
    segment();
    text(0x00080008, Vr::CS, kSegmentationImageType);
    text(0x00080016, Vr::UI, kSegmentationStorage);
    text(0x00080018, Vr::UI, instance_uid(key));
    text(0x00080023, Vr::DA, std::string(year < 1000 ? 1 : 0, '0') + std::to_string(year) + "0101");
    text(0x00080033, Vr::TM, "000000");
    text(0x00080060, Vr::CS, "SEG");
    text(0x00080070, Vr::LO, rules::kEquipmentName);
    text(0x00081090, Vr::LO, rules::kEquipmentName);
    text(0x00181000, Vr::LO, rules::kImplementationClassUid);
    text(0x00181020, Vr::LO, request_.order.software_version);
    text(0x0020000E, Vr::UI, own.map_uid(trimmed(0x0020000E)));
    text(0x00200011, Vr::IS, "1");
    text(0x00200013, Vr::IS, "1");
    if (has_geometry()) {
        element(0x00200052, Vr::UI, raw(0x00200052));
        element(0x00201040, Vr::LO, raw(0x00201040));
    } else {
        text(0x00200020, Vr::CS, "");  // Patient Orientation: of type 2 where there is no other.
    }
    number(0x00280002, 1);
    text(0x00280004, Vr::CS, "MONOCHROME2");
    text(0x00280008, Vr::IS, std::to_string(frames.size()));
    number(0x00280010, shape_.rows);
    number(0x00280011, shape_.columns);
    number(0x00280100, 1);
    number(0x00280101, 1);
    number(0x00280102, 0);
    number(0x00280103, 0);
    element(0x00282110, Vr::CS, raw(0x00282110).empty() ? std::string{kNoLoss} : raw(0x00282110));
    text(0x00620001, Vr::CS, "BINARY");
    text(0x00700080, Vr::CS, kSegmentationContentLabel);
    text(0x00700081, Vr::LO, kSegmentationDescription);
    text(0x00700084, Vr::PN, "");
    shared_groups();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (i == 0) {
            begin(0x52009230);
        } else {
            end_item();
            begin_item();
        }
        frame_groups(frames[i]);
    }
    end();
    return in_order(events_);
}

/// The frames of the image that have a mask, and the bits of each.
Status judge_bits(
    std::span<const std::byte> bits, MaskPlanes& planes, const std::vector<std::uint64_t>& frames
) {
    const std::uint64_t pixels = planes.of_every_frame().size();
    const std::uint64_t wanted = (pixels * frames.size() + 7) / 8;
    if (bits.size() != wanted + (wanted & 1U)) {
        return held("gate: a Segmentation has not the length of its frames", {0x7FE0, 0x0010});
    }
    std::uint64_t at = 0;
    const auto bit = [&](std::uint64_t i) {
        return (std::to_integer<unsigned>(bits[i / 8]) >> (i % 8)) & 1U;
    };
    for (const std::uint64_t frame : frames) {
        for (const std::uint8_t masked : planes.of(frame)) {
            if (bit(at++) != masked) {
                return held("gate: a Segmentation shows another mask", {0x7FE0, 0x0010});
            }
        }
    }
    while (at < 8 * bits.size()) {
        if (bit(at++) != 0) {
            return held("gate: a Segmentation shows another mask", {0x7FE0, 0x0010});
        }
    }
    return {};
}

std::vector<std::uint64_t> masked_frames(MaskPlanes& planes, std::uint64_t count) {
    std::vector<std::uint64_t> frames;
    for (std::uint64_t frame = 0; frame < count; ++frame) {
        const auto plane = planes.of(frame);
        if (std::ranges::find(plane, std::uint8_t{1}) != plane.end()) {
            frames.push_back(frame);
        }
    }
    return frames;
}

Status judge_events(Scanner& scanner, const std::vector<OwnEvent>& expected) {
    for (const OwnEvent& own : expected) {
        EFFACE_TRY(const Event event, scanner.next());
        const bool same_text = own.kind == EventKind::kElement && event.kind == own.kind &&
                               event.tag == own.tag && event.vr == own.vr && text_of(event) == own.value;
        const EventFacts& facts = event.facts;
        const bool odd =
            facts.reserved_bytes_set || facts.odd_length || facts.duplicate_tag || facts.out_of_order;
        if (odd || (!same_text && !is_own(event, own))) {
            return held("gate: a Segmentation says what it must not", event.tag);
        }
    }
    return {};
}

Status judge_files(
    std::span<const std::byte> cleaned, std::span<const std::byte> written, const SegmentRequest& request,
    const rules::ProjectKey& key, GateReport& report
) {
    if (sha256(cleaned) != request.cleaned_digest) {
        return fail(Fault::kQuarantine, "gate: the cleaned instance is not the one that was judged");
    }
    EFFACE_TRY(const Part10 before, parse_part10(cleaned));
    EFFACE_TRY(const rules::TransferSyntax* before_syntax, scannable_syntax(before));
    EFFACE_TRY(const Part10 after, parse_part10(written));
    EFFACE_TRY(const rules::TransferSyntax* after_syntax, scannable_syntax(after));
    const auto cleaned_data = cleaned.subspan(before.data_set_offset);
    EFFACE_TRY(const Values values, top_level_values(cleaned_data, *before_syntax));
    EFFACE_TRY(const PixelScan pixels, scan_pixel_data(cleaned_data, *before_syntax));
    MaskPlanes planes{request.mask, pixels.shape.columns, pixels.shape.rows};
    const std::vector<std::uint64_t> frames = masked_frames(planes, pixels.shape.number_of_frames);
    if (frames.empty() || before_syntax->big_endian) {
        return fail(Fault::kQuarantine, "gate: a Segmentation of nothing");
    }
    Expected expected{values, request, pixels.shape};
    const std::string instance_uid = expected.instance_uid(key);
    EFFACE_CHECK(judge_file_frame(
        written.first(after.data_set_offset), kSegmentationStorage, instance_uid,
        rules::kExplicitVrLittleEndian
    ));
    Scanner scanner{written.subspan(after.data_set_offset), *after_syntax};
    EFFACE_CHECK(judge_events(scanner, expected.all(key, frames)));
    EFFACE_TRY(const Event bits, scanner.next());
    if (bits.kind != EventKind::kElement || bits.tag != Tag{0x7FE0, 0x0010} || bits.vr != Vr::OB ||
        bits.facts.reserved_bytes_set) {
        return held("gate: a Segmentation says what it must not", bits.tag);
    }
    EFFACE_CHECK(judge_bits(bits.value, planes, frames));
    EFFACE_TRY(const Event end, scanner.next());
    if (end.kind != EventKind::kEnd) {
        return held("gate: a Segmentation says what it must not", end.tag);
    }
    report.new_sop_instance_uid = instance_uid;
    return {};
}

}  // namespace

GateReport judge_segmentation(
    std::span<const std::byte> cleaned, std::span<const std::byte> written, const SegmentRequest& request,
    const rules::ProjectKey& key
) {
    GateReport report;
    report.output_digest = sha256(written);
    report.output_bytes = written.size();
    const Status status = judge_files(cleaned, written, request, key, report);
    report.passed = status.has_value();
    if (!status) {
        report.reason = status.error().message();
    }
    return report;
}

}  // namespace efface::pipeline
