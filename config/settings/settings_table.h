// The table of settings: one row per key with its type, range, default and help. Adding a setting is
// a field in settings.h and a row in settings_table.cpp; reading, checking, the example file and the
// reference follow from the row.
// Thread rule: constant data.
#pragma once

#include "config/settings/settings.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace efface {

/// What the text of a value means, hence how it is checked and described.
enum class SettingKind : std::uint8_t {
    kNumber,           ///< Slot: 16, 32 or 64 bits; min..max is the range.
    kBytes,            ///< A number, or text such as "4 GiB".
    kWatermark,        ///< "2 GiB" or "10%".
    kPath,             ///< May be empty: a default below the state directory, or none.
    kName,             ///< Letters, digits, '-', '_', '.'.
    kNames,            ///< min..max entries; likewise for the other lists.
    kHost,             ///< A host name or an address.
    kAeTitle,          ///< PS3.5 6.2 VR AE.
    kAeTitleOrAny,     ///< The same, or "*".
    kAeTitles,         ///<
    kUids,             ///<
    kSocketAddress,    ///< Loopback only; "" is none.
    kSocketAddresses,  ///<
    kCidrBlocks,       ///<
    kLogLevel,
    kLogFormat,
    kDestinationKind,
    kSha256,  ///< 64 hex digits, or empty: none.
};

/// Where a row's value lives. In list sections: in the last element.
using SettingSlot = std::variant<
    std::uint16_t*, std::uint32_t*, std::uint64_t*, Watermark*, std::string*, std::vector<std::string>*,
    std::optional<SocketAddress>*, std::vector<SocketAddress>*, std::vector<CidrBlock>*, LogLevel*,
    LogFormat*, DestinationKind*>;

/// Rows that only make sense for one kind of destination.
enum class SettingScope : std::uint8_t { kAlways, kDicomOnly, kFolderOnly };

struct SettingRow {
    std::string_view section;
    std::string_view key;
    SettingKind kind;
    SettingSlot (*slot)(Settings&);
    std::string_view default_toml;  ///< Empty: the key must be given.
    std::uint64_t min;
    std::uint64_t max;
    std::string_view help;
    SettingScope scope = SettingScope::kAlways;
};

struct SettingSection {
    std::string_view name;
    bool is_list;  ///< [[name]]: any number of them, up to `count_max`.
    std::size_t count_max;
    std::string_view help;
};

/// In the order of the example file.
std::span<const SettingSection> setting_sections();
/// Grouped by section, in the order of setting_sections().
std::span<const SettingRow> setting_rows();
const SettingRow* find_setting(std::string_view section, std::string_view key);
/// "whole number", "path", "list of AE titles": for the reference and for errors.
std::string_view setting_kind_name(SettingKind kind);

}  // namespace efface
