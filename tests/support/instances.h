// Synthetic instances for tests that send them over a socket: a data set as its encoded elements by tag,
// so that a test can put anything, broken or not, anywhere. No patient data; names are made up.
#pragma once

#include "rules/vocabulary/transfer_syntax.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace efface::testing {

inline constexpr std::string_view kCtClass = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr std::string_view kMrClass = "1.2.840.10008.5.1.4.1.1.4";
inline constexpr std::string_view kUltrasoundClass = "1.2.840.10008.5.1.4.1.1.6.1";
inline constexpr std::string_view kPrivateClass = "1.2.276.0.7230010.3.1.0.1";
inline constexpr std::string_view kDicomDirClass = "1.2.840.10008.1.3.10";
inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kDeflated = "1.2.840.10008.1.2.1.99";
inline constexpr std::string_view kJpegBaseline = "1.2.840.10008.1.2.4.50";
/// The identity that every synthetic instance names and no output may.
inline constexpr std::string_view kPatientName = "Mustermann^Erika";
inline constexpr std::string_view kPatientId = "PAT-4711";

/// Explicit VR little endian, top level. A later put() of a tag replaces the earlier one.
class Elements {
public:
    Elements& put(std::uint32_t tag, rules::Vr vr, std::string_view value) {
        return put_bytes(tag, DicomWriter{}.element(tag, vr, value).text());
    }

    Elements& put_us(std::uint32_t tag, std::uint16_t value) {
        return put_bytes(tag, DicomWriter{}.us(tag, value).text());
    }

    /// Bytes that stand where `tag` belongs, whatever they are.
    Elements& put_bytes(std::uint32_t tag, std::string bytes) {
        by_tag_[tag] = std::move(bytes);
        return *this;
    }

    Elements& drop(std::uint32_t tag) {
        by_tag_.erase(tag);
        return *this;
    }

    const std::string& bytes_at(std::uint32_t tag) const { return by_tag_.at(tag); }

    std::string text() const {
        std::string all;
        for (const auto& [tag, bytes] : by_tag_) {
            all += bytes;
        }
        return all;
    }

private:
    std::map<std::uint32_t, std::string> by_tag_;
};

/// What a C-STORE sends. The UIDs are those of the command; the data set may say otherwise.
struct Instance {
    std::string sop_class_uid;
    std::string uid;
    std::string transfer_syntax_uid{kExplicitLittle};
    std::string data_set;
};

inline constexpr std::string_view kStudyUid = "1.2.3.4.5";
inline constexpr std::string_view kSeriesUid = "1.2.3.4.5.1";
inline constexpr std::string_view kInstanceUid = "1.2.3.4.5.6";

/// A CT slice of the abdomen, 4x4, which the built-in rules can prove clean.
inline Elements ct_elements(
    std::string_view uid = kInstanceUid, std::string_view series_uid = kSeriesUid,
    std::string_view study_uid = kStudyUid
) {
    using rules::Vr;
    Elements ct;
    ct.put(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\AXIAL")
        .put(0x00080016, Vr::UI, kCtClass)
        .put(0x00080018, Vr::UI, uid)
        .put(0x00080020, Vr::DA, "20240102")
        .put(0x00080060, Vr::CS, "CT")
        .put(0x00100010, Vr::PN, kPatientName)
        .put(0x00100020, Vr::LO, kPatientId)
        .put(0x00180015, Vr::CS, "ABDOMEN")
        .put(0x0020000D, Vr::UI, study_uid)
        .put(0x0020000E, Vr::UI, series_uid)
        .put_us(0x00280002, 1)
        .put(0x00280004, Vr::CS, "MONOCHROME2")
        .put_us(0x00280010, 4)
        .put_us(0x00280011, 4)
        .put_us(0x00280100, 16)
        .put_us(0x00280101, 16)
        .put_us(0x00280102, 15)
        .put_us(0x00280103, 0)
        .put(0x7FE00010, Vr::OW, std::string(32, '\x2A'));
    return ct;
}

/// A UID of the data set decides the command's, as a correct sender does it.
inline Instance ct_of(const Elements& elements, std::string_view uid = kInstanceUid) {
    return {.sop_class_uid = std::string{kCtClass}, .uid = std::string{uid}, .data_set = elements.text()};
}

inline Instance ct_instance(
    std::string_view uid = kInstanceUid, std::string_view series_uid = kSeriesUid,
    std::string_view study_uid = kStudyUid
) {
    return ct_of(ct_elements(uid, series_uid, study_uid), uid);
}

/// The same slice with other samples: other bytes under the same SOP Instance UID.
inline Instance ct_with_other_samples(std::string_view uid = kInstanceUid) {
    Elements ct = ct_elements(uid);
    ct.put(0x7FE00010, rules::Vr::OW, std::string(32, '\x55'));
    return ct_of(ct, uid);
}

}  // namespace efface::testing
