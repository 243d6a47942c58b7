// The transfer syntaxes of PS3.6 annex A as a table, and what Efface may do with each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::rules {

enum class SyntaxFamily : std::uint8_t {
    kNative,
    kEncapsulatedUncompressed,
    kJpeg,
    kJpegLs,
    kJpeg2000,
    kHtj2k,
    kJpegXl,
    kMpeg2,
    kMpeg4,
    kHevc,
    kRle,
    kDeflatedFrames,
    kOther,
};

struct TransferSyntax {
    std::string_view uid;
    std::string_view name;
    SyntaxFamily family;
    bool retired;
    bool encapsulated;
    bool lossy_possible;
    bool explicit_vr;
    bool big_endian;
    /// Taken as bytes over the network: not Deflated, Deflated Frame, JPIP, MIME, XML, SMPTE, Papyrus.
    bool storable;
};

/// Every row, in the order of the UID.
std::span<const TransferSyntax> transfer_syntaxes();
/// The row of a UID, or null.
const TransferSyntax* find_transfer_syntax(std::string_view uid);

inline constexpr std::string_view kImplicitVrLittleEndian = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitVrLittleEndian = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kExplicitVrBigEndian = "1.2.840.10008.1.2.2";

}  // namespace efface::rules
