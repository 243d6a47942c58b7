// The frame around a data set in a file: preamble, "DICM", File Meta Information (PS3.10 7.1).
// Everything points into the caller's bytes; nothing is copied.
// Thread rule: pure functions.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kPreambleBytes = 128;
/// Where the File Meta Information begins: after the preamble and "DICM".
inline constexpr std::size_t kFileMetaOffset = 132;
inline constexpr std::uint64_t kFileMetaBytesMax = 65536;
inline constexpr std::size_t kFileMetaElementsMax = 64;

/// What a file is, told from its first bytes.
enum class FileKind : std::uint8_t {
    kPart10,       ///< Preamble and "DICM".
    kBareDataSet,  ///< Looks like a data set without preamble or meta: refused, its syntax is a guess.
    kDicomDir,     ///< A Part 10 file of the Media Storage Directory class.
    kNotDicom,
};

/// One element of the File Meta Information (explicit VR little endian always).
struct MetaElement {
    std::uint32_t tag = 0;
    std::span<const std::byte> value;
};

struct Part10 {
    std::span<const std::byte> preamble;
    std::vector<MetaElement> elements;  ///< In file order, group length included.
    bool group_length_right = false;    ///< (0002,0000) stands first and counts the bytes that follow.
    std::string_view media_storage_sop_class_uid;     ///< (0002,0002), padding trimmed, as all below.
    std::string_view media_storage_sop_instance_uid;  ///< (0002,0003)
    std::string_view transfer_syntax_uid;             ///< (0002,0010)
    std::string_view implementation_class_uid;        ///< (0002,0012)
    std::string_view implementation_version_name;     ///< (0002,0013)
    std::string_view source_ae_title;                 ///< (0002,0016)
    std::string_view sending_ae_title;                ///< (0002,0017)
    std::string_view receiving_ae_title;              ///< (0002,0018)
    std::uint64_t data_set_offset = 0;
};

FileKind classify(std::span<const std::byte> file);
/// Reads preamble and File Meta Information. Fault::kQuarantine: no "DICM", meta cut short, over its
/// limits, or without a transfer syntax.
Result<Part10> parse_part10(std::span<const std::byte> file);
/// The syntax of a parsed file. Fault::kQuarantine: unknown, or one that the scanner cannot read (deflated).
Result<const rules::TransferSyntax*> scannable_syntax(const Part10& part10);

}  // namespace efface::pipeline
