// See own_items.h.
#include "pipeline/gate/own_items.h"

#include "pipeline/gate/lost_values.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/fill_statement.h"
#include "rules/actions/dummy_value.h"
#include "rules/profile/attestation.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Tag;
using rules::Vr;

namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

void append_code(std::vector<OwnEvent>& events, const rules::CodedConcept& code) {
    events.push_back({EventKind::kItemBegin, {}, Vr::SQ, {}});
    events.push_back({EventKind::kElement, Tag{0x0008, 0x0100}, Vr::SH, std::string{code.value}});
    events.push_back({EventKind::kElement, Tag{0x0008, 0x0102}, Vr::SH, std::string{rules::kDcmScheme}});
    events.push_back({EventKind::kElement, Tag{0x0008, 0x0104}, Vr::LO, std::string{code.meaning}});
    events.push_back({EventKind::kItemEnd, {}, Vr::SQ, {}});
}

// The Gregorian year of days since 1970-01-01.
std::string year_of(UnixMicros at) {
    const auto days = std::chrono::sys_days{std::chrono::days{at / kMicrosPerDay}};
    const auto year = static_cast<int>(std::chrono::year_month_day{days}.year());
    std::string text = std::to_string(year);
    text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
    return text;
}

void append_dummies(std::vector<OwnEvent>& events, std::vector<rules::DummyElement> dummies) {
    std::sort(dummies.begin(), dummies.end(), [](const auto& a, const auto& b) { return a.tag < b.tag; });
    events.push_back({EventKind::kItemBegin, {}, Vr::SQ, {}});
    for (rules::DummyElement& dummy : dummies) {
        if (dummy.vr != Vr::SQ) {
            events.push_back({EventKind::kElement, dummy.tag, dummy.vr, std::move(dummy.value)});
            continue;
        }
        events.push_back({EventKind::kSequenceBegin, dummy.tag, Vr::SQ, {}});
        if (!dummy.item.empty()) {
            append_dummies(events, std::move(dummy.item));
        }
        events.push_back({EventKind::kSequenceEnd, {}, Vr::SQ, {}});
    }
    events.push_back({EventKind::kItemEnd, {}, Vr::SQ, {}});
}

bool has(const rules::Rule& rule, rules::Option option) {
    return rule.profile.options.contains(option);
}

}  // namespace

std::vector<OwnEvent> own_method_codes(const rules::Rule& rule, const rules::PixelStatement& pixels) {
    std::vector<OwnEvent> events;
    append_code(events, rules::kBasicProfileCode);
    for (std::size_t i = 0; i < rules::kOptionCodes.size(); ++i) {
        if (has(rule, static_cast<rules::Option>(i))) {
            append_code(events, rules::kOptionCodes[i]);
        }
    }
    if (pixels.text_proven) {
        append_code(events, rules::kCleanPixelDataCode);
    }
    if (pixels.face_proven) {
        append_code(events, rules::kCleanVisualFeaturesCode);
    }
    return events;
}

std::vector<OwnEvent> own_derivation_codes() {
    std::vector<OwnEvent> events;
    append_code(events, kDerivationCode);
    return events;
}

std::vector<OwnEvent> own_equipment(const WorkOrder& order, const std::string& contribution) {
    std::vector<OwnEvent> events;
    const auto text = [&](Tag tag, Vr vr, std::string_view value) {
        events.push_back({EventKind::kElement, tag, vr, std::string{value}});
    };
    events.push_back({EventKind::kItemBegin, {}, Vr::SQ, {}});
    text(Tag{0x0008, 0x0070}, Vr::LO, rules::kEquipmentName);
    text(Tag{0x0008, 0x1090}, Vr::LO, rules::kEquipmentName);
    text(Tag{0x0018, 0x1020}, Vr::LO, order.software_version);
    text(Tag{0x0018, 0xA002}, Vr::DT, year_of(order.accepted_at));
    if (!contribution.empty()) {
        text(kContributionDescription, Vr::ST, contribution);
    }
    events.push_back({EventKind::kSequenceBegin, Tag{0x0040, 0xA170}, Vr::SQ, {}});
    append_code(events, rules::kEquipmentPurpose);
    events.push_back({EventKind::kSequenceEnd, {}, Vr::SQ, {}});
    events.push_back({EventKind::kItemEnd, {}, Vr::SQ, {}});
    return events;
}

std::vector<OwnEvent> own_dummy_item(Tag sequence, const GateWork& work) {
    // The context names no one: a dummy item is made of constants and of the key alone.
    const rules::PlanContext nobody{.key = work.key};
    std::vector<OwnEvent> events;
    if (auto item = rules::dummy_item(sequence, nobody)) {
        append_dummies(events, std::move(*item));
    }
    return events;
}

std::string_view own_temporal_value(const rules::Rule& rule) {
    if (has(rule, rules::Option::kRetainLongitudinalFullDates)) {
        return rules::kTemporalUnmodified;
    }
    if (has(rule, rules::Option::kRetainLongitudinalModifiedDates)) {
        return rules::kTemporalModified;
    }
    return rules::kTemporalRemoved;
}

bool shows_text(const Event& event, std::string_view text) {
    if (event.value.size() != text.size() + (text.size() & 1U)) {
        return false;
    }
    const std::string_view shown{reinterpret_cast<const char*>(event.value.data()), event.value.size()};
    return shown.starts_with(text) && (shown.size() == text.size() || shown.back() == ' ' ||
                                       (shown.back() == '\0' && event.vr == Vr::UI));
}

bool is_own(const Event& event, const OwnEvent& own) {
    if (event.kind != own.kind) {
        return false;
    }
    if (own.kind != EventKind::kElement) {
        return own.kind != EventKind::kSequenceBegin || (event.tag == own.tag && event.vr == Vr::SQ);
    }
    if (event.tag != own.tag || event.vr != own.vr) {
        return false;
    }
    if (rules::is_text(own.vr)) {
        return shows_text(event, own.value);
    }
    const std::size_t unit = event.big_endian ? rules::unit_bytes(own.vr) : 1;
    if (event.value.size() != own.value.size() || own.value.size() % unit != 0) {
        return false;
    }
    for (std::size_t at = 0; at < own.value.size(); ++at) {
        const std::size_t from = at - at % unit + (unit - 1 - at % unit);
        if (event.value[at] != static_cast<std::byte>(own.value[from])) {
            return false;
        }
    }
    return true;
}

}  // namespace efface::pipeline
