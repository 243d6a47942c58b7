#include "node/ingest/part10_header.h"

#include "rules/profile/attestation.h"
#include "rules/vocabulary/tag.h"

#include <array>
#include <cstdint>
#include <string>

namespace efface::node {

namespace {

constexpr std::size_t kPreambleBytes = 128;

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xFFU);
    }
}

void put_short_element(
    std::string& out, rules::Tag tag, std::string_view vr, std::string_view value, char padding
) {
    const bool odd = value.size() % 2 != 0;
    put(out, tag.group(), 2);
    put(out, tag.element(), 2);
    out += vr;
    put(out, value.size() + (odd ? 1 : 0), 2);
    out += value;
    if (odd) {
        out += padding;
    }
}

}  // namespace

std::vector<std::byte> part10_header(const ReceivedMeta& meta) {
    std::string group;
    put(group, 0x0001'0002, 4);  // (0002,0001) File Meta Information Version, OB with a 32-bit length.
    group.append("OB").append(2, '\0');
    put(group, 2, 4);
    group.append(1, '\0').append(1, '\1');
    const auto uid = [&](std::uint16_t element, std::string_view value) {
        put_short_element(group, rules::Tag{0x0002, element}, "UI", value, '\0');
    };
    uid(0x0002, meta.sop_class_uid);
    uid(0x0003, meta.sop_instance_uid);
    uid(0x0010, meta.transfer_syntax_uid);
    uid(0x0012, rules::kImplementationClassUid);
    put_short_element(group, rules::Tag{0x0002, 0x0013}, "SH", rules::kImplementationVersionName, ' ');
    put_short_element(group, rules::Tag{0x0002, 0x0016}, "AE", meta.calling_ae, ' ');
    put_short_element(group, rules::Tag{0x0002, 0x0018}, "AE", meta.called_ae, ' ');

    std::string file(kPreambleBytes, '\0');
    file += "DICM";
    std::string length;
    put(length, group.size(), 4);
    put_short_element(file, rules::Tag{0x0002, 0x0000}, "UL", length, '\0');
    file += group;
    const auto* bytes = reinterpret_cast<const std::byte*>(file.data());
    return {bytes, bytes + file.size()};
}

}  // namespace efface::node
