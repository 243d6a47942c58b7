// The storage SOP classes (PS3.4 Table B.5-1 and the retired, non-patient and non-medical ones).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::rules {

enum class SopClassKind : std::uint8_t { kPatientStorage, kOtherStorage, kRetiredStorage, kDicos, kDiconde };

struct SopClass {
    std::string_view uid;
    std::string_view name;
    SopClassKind kind;
};

std::span<const SopClass> storage_sop_classes();
/// The row of a storage SOP class UID, or null (private and unknown classes).
const SopClass* find_storage_sop_class(std::string_view uid);

inline constexpr std::string_view kVerificationSopClass = "1.2.840.10008.1.1";
/// What the mask of an instance is delivered as.
inline constexpr std::string_view kSegmentationSopClass = "1.2.840.10008.5.1.4.1.1.66.4";
inline constexpr std::string_view kMediaStorageDirectorySopClass = "1.2.840.10008.1.3.10";

}  // namespace efface::rules
