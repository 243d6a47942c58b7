// Item and sub-item types of A-ASSOCIATE-RQ and -AC: PS3.8 9.3.2, 9.3.3, PS3.7 annex D.3.3.
#pragma once

#include <cstdint>

namespace efface::node {

inline constexpr std::uint8_t kItemApplicationContext = 0x10;
inline constexpr std::uint8_t kItemRequestedContext = 0x20;
inline constexpr std::uint8_t kItemAnsweredContext = 0x21;
inline constexpr std::uint8_t kItemAbstractSyntax = 0x30;
inline constexpr std::uint8_t kItemTransferSyntax = 0x40;
inline constexpr std::uint8_t kItemUserInformation = 0x50;
inline constexpr std::uint8_t kItemMaximumLength = 0x51;
inline constexpr std::uint8_t kItemImplementationUid = 0x52;
inline constexpr std::uint8_t kItemAsynchronousWindow = 0x53;
inline constexpr std::uint8_t kItemRoleSelection = 0x54;
inline constexpr std::uint8_t kItemImplementationVersion = 0x55;
inline constexpr std::uint8_t kItemExtendedNegotiation = 0x56;
inline constexpr std::uint8_t kItemCommonExtendedNegotiation = 0x57;
inline constexpr std::uint8_t kItemUserIdentity = 0x58;

}  // namespace efface::node
