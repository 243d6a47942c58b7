// Reads the frame around a data set; see part10.h. PS3.10 7.1.
#include "pipeline/scan/part10.h"

#include "pipeline/scan/scanner.h"
#include "rules/vocabulary/sop_class.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::string_view kMagic = "DICM";
constexpr std::string_view kDeflatedSyntax = "1.2.840.10008.1.2.1.99";
constexpr std::uint64_t kGroupLengthBytes = 12;  // Its header (8) and value (4).

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool has_magic(std::span<const std::byte> file) {
    return file.size() >= kFileMetaOffset && text_of(file.subspan(kPreambleBytes, 4)) == kMagic;
}

std::uint16_t little_u16(std::span<const std::byte> bytes, std::uint64_t at) {
    return static_cast<std::uint16_t>(
        static_cast<unsigned>(bytes[at]) | (static_cast<unsigned>(bytes[at + 1]) << 8U)
    );
}

// The first element of a data set is in group 0002 or 0008 as a rule; a VR or a small length follows.
bool looks_like_data_set(std::span<const std::byte> file) {
    if (file.size() < 16) {
        return false;
    }
    const std::uint16_t little = little_u16(file, 0);
    const auto big = static_cast<std::uint16_t>((little << 8U) | (little >> 8U));
    const bool group = little == 0x0002 || little == 0x0008 || big == 0x0008;
    if (!group) {
        return false;
    }
    const bool explicit_vr = rules::parse_vr(text_of(file.subspan(4, 2))).has_value();
    return explicit_vr || (little_u16(file, 6) == 0 && little_u16(file, 4) <= 256);
}

void note(Part10& part10, const MetaElement& element) {
    const std::string_view text = trimmed_text(element.value);
    switch (element.tag) {
        case 0x00020002:
            part10.media_storage_sop_class_uid = text;
            break;
        case 0x00020003:
            part10.media_storage_sop_instance_uid = text;
            break;
        case 0x00020010:
            part10.transfer_syntax_uid = text;
            break;
        case 0x00020012:
            part10.implementation_class_uid = text;
            break;
        case 0x00020013:
            part10.implementation_version_name = text;
            break;
        case 0x00020016:
            part10.source_ae_title = text;
            break;
        case 0x00020017:
            part10.sending_ae_title = text;
            break;
        case 0x00020018:
            part10.receiving_ae_title = text;
            break;
        default:
            break;
    }
}

// The meta group ends at the first element of another group, whatever (0002,0000) claims: writers
// exist that get the group length wrong, and a scanner that trusts it reads from the wrong place.
Status read_meta(std::span<const std::byte> file, Part10& part10) {
    const rules::TransferSyntax* explicit_little =
        rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    const std::uint64_t room = std::min<std::uint64_t>(file.size() - kFileMetaOffset, kFileMetaBytesMax);
    const std::span<const std::byte> bytes = file.subspan(kFileMetaOffset, room);
    Scanner scanner{bytes, *explicit_little};
    std::uint64_t end = 0;
    while (end + 2 <= bytes.size() && little_u16(bytes, end) == 0x0002) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind != EventKind::kElement) {
            return fail(Fault::kQuarantine, "File Meta Information holds a sequence");
        }
        if (part10.elements.size() == kFileMetaElementsMax) {
            return fail(
                Fault::kQuarantine, "File Meta Information has more than kFileMetaElementsMax elements"
            );
        }
        part10.elements.push_back({event.tag.value, event.value});
        note(part10, part10.elements.back());
        if (event.tag.value == 0x00020000 && end == 0) {
            part10.group_length_right = first_u32(event).has_value();
        }
        end = scanner.offset();
    }
    if (part10.group_length_right) {
        const Event length{.value = part10.elements.front().value};
        part10.group_length_right = end >= kGroupLengthBytes && *first_u32(length) == end - kGroupLengthBytes;
    }
    part10.data_set_offset = kFileMetaOffset + end;
    return {};
}

}  // namespace

FileKind classify(std::span<const std::byte> file) {
    if (!has_magic(file)) {
        return looks_like_data_set(file) ? FileKind::kBareDataSet : FileKind::kNotDicom;
    }
    const Result<Part10> part10 = parse_part10(file);
    const bool directory =
        part10 && part10->media_storage_sop_class_uid == rules::kMediaStorageDirectorySopClass;
    return directory ? FileKind::kDicomDir : FileKind::kPart10;
}

Result<Part10> parse_part10(std::span<const std::byte> file) {
    if (!has_magic(file)) {
        return fail(Fault::kQuarantine, "the file has no preamble with DICM");
    }
    Part10 part10;
    part10.preamble = file.first(kPreambleBytes);
    EFFACE_CHECK(read_meta(file, part10));
    if (part10.transfer_syntax_uid.empty()) {
        return fail(
            Fault::kQuarantine, "File Meta Information has no transfer syntax", Where::tag(0x00020010)
        );
    }
    return part10;
}

Result<const rules::TransferSyntax*> scannable_syntax(const Part10& part10) {
    const rules::TransferSyntax* syntax = rules::find_transfer_syntax(part10.transfer_syntax_uid);
    if (syntax == nullptr) {
        return fail(Fault::kQuarantine, "an unknown transfer syntax", Where::tag(0x00020010));
    }
    if (syntax->uid == kDeflatedSyntax) {
        return fail(Fault::kQuarantine, "the data set is deflated", Where::tag(0x00020010));
    }
    return syntax;
}

}  // namespace efface::pipeline
