#include "pipeline/dicom/file_meta.h"

#include "rules/profile/attestation.h"
#include "rules/vocabulary/tag.h"

#include <cstdint>

namespace efface::pipeline {
namespace {

constexpr std::size_t kZeroPreambleBytes = 128;

void put_u16(std::string& out, std::uint32_t value) {
    out.push_back(static_cast<char>(value & 0xFFU));
    out.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}

void put_u32(std::string& out, std::uint32_t value) {
    put_u16(out, value & 0xFFFFU);
    put_u16(out, value >> 16U);
}

// One element with a 16-bit length, explicit VR little endian.
void put_short(std::string& out, rules::Tag tag, std::string_view vr, std::string_view value, char pad) {
    put_u16(out, tag.group());
    put_u16(out, tag.element());
    out += vr;
    put_u16(out, static_cast<std::uint32_t>(value.size() + value.size() % 2));
    out += value;
    if (value.size() % 2 != 0) {
        out.push_back(pad);
    }
}

}  // namespace

std::string encode_file_meta(const FileMeta& meta) {
    const auto& tags = rules::kFileMetaTags;
    std::string body;
    put_u16(body, tags[1].group());
    put_u16(body, tags[1].element());
    body += "OB";
    put_u16(body, 0);
    put_u32(body, 2);
    body += std::string_view{"\0\1", 2};
    put_short(body, tags[2], "UI", meta.sop_class_uid, '\0');
    put_short(body, tags[3], "UI", meta.sop_instance_uid, '\0');
    put_short(body, tags[4], "UI", meta.transfer_syntax_uid, '\0');
    put_short(body, tags[5], "UI", rules::kImplementationClassUid, '\0');
    put_short(body, tags[6], "SH", rules::kImplementationVersionName, ' ');

    std::string frame(kZeroPreambleBytes, '\0');
    frame += "DICM";
    std::string length;
    put_u32(length, static_cast<std::uint32_t>(body.size()));
    put_short(frame, tags[0], "UL", length, '\0');
    return frame + body;
}

}  // namespace efface::pipeline
