// See file_frame.h.
#include "pipeline/gate/file_frame.h"

#include "pipeline/scan/part10.h"
#include "rules/profile/attestation.h"

#include <algorithm>
#include <string>

namespace efface::pipeline {
namespace {

void append_little(std::string& text, std::size_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        text += static_cast<char>((value >> (8 * i)) & 0xFFU);
    }
}

void append_element(std::string& text, rules::Tag tag, std::string_view vr, std::string value, char pad) {
    if ((value.size() & 1U) != 0) {
        value += pad;
    }
    append_little(text, tag.group(), 2);
    append_little(text, tag.element(), 2);
    text += vr;
    if (vr == "OB") {
        append_little(text, 0, 2);
    }
    append_little(text, value.size(), vr == "OB" ? 4 : 2);
    text += value;
}

}  // namespace

Status judge_file_frame(
    std::span<const std::byte> frame, std::string_view sop_class_uid, std::string_view sop_instance_uid,
    std::string_view transfer_syntax_uid
) {
    const std::string_view shown{reinterpret_cast<const char*>(frame.data()), frame.size()};
    if (shown.substr(0, kPreambleBytes) != std::string(kPreambleBytes, '\0')) {
        return fail(Fault::kQuarantine, "gate: the preamble is not zero");
    }
    const auto& tags = rules::kFileMetaTags;
    std::string behind;
    append_element(behind, tags[1], "OB", std::string{"\0\1", 2}, '\0');
    append_element(behind, tags[2], "UI", std::string{sop_class_uid}, '\0');
    append_element(behind, tags[3], "UI", std::string{sop_instance_uid}, '\0');
    append_element(behind, tags[4], "UI", std::string{transfer_syntax_uid}, '\0');
    append_element(behind, tags[5], "UI", std::string{rules::kImplementationClassUid}, '\0');
    append_element(behind, tags[6], "SH", std::string{rules::kImplementationVersionName}, ' ');
    std::string length;
    append_little(length, behind.size(), 4);
    std::string expected{"DICM"};
    append_element(expected, tags[0], "UL", length, '\0');
    expected += behind;
    if (shown.substr(kPreambleBytes) != expected) {
        return fail(Fault::kQuarantine, "gate: the File Meta Information is not exactly ours");
    }
    return {};
}

}  // namespace efface::pipeline
