// A-ASSOCIATE-RQ and A-ASSOCIATE-AC (PS3.8 9.3.2, 9.3.3, annex D; PS3.7 annex D.3.3).
//
// Reading is strict where the standard counts or orders something, and blind where it reserves:
// unknown items and sub-items are skipped, reserved fields are not tested. All lengths are checked
// against what has arrived before anything is stored.
// Thread rule: values and pure functions.
#pragma once

#include "config/result.h"
#include "node/dimse/pdu.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace efface::node {

inline constexpr std::string_view kDicomApplicationContext = "1.2.840.10008.3.1.1.1";
/// A peer that advertises a smaller Maximum Length (other than 0) cannot be spoken to.
inline constexpr std::uint32_t kPeerPduBytesMin = 64;
/// What a peer that sends no Maximum Length sub-item is given.
inline constexpr std::uint32_t kPeerPduBytesDefault = 16 * 1024;

/// PS3.8 Table 9-13 (RQ): one abstract syntax, 1..n transfer syntaxes.
struct RequestedContext {
    std::uint8_t id = 0;
    std::string abstract_syntax;  ///< Empty where the peer sent no legal UID: never supported.
    std::vector<std::string> transfer_syntaxes;
};

/// PS3.8 Table 9-18, Result/Reason.
enum class ContextResult : std::uint8_t {
    kAccepted = 0,
    kUserRejection = 1,
    kNoReason = 2,
    kAbstractSyntaxNotSupported = 3,
    kTransferSyntaxesNotSupported = 4,
};

struct AnsweredContext {
    std::uint8_t id = 0;
    ContextResult result = ContextResult::kNoReason;
    std::string transfer_syntax;  ///< Means nothing unless accepted.
};

/// PS3.7 D.3.3.4.
struct RoleSelection {
    std::string sop_class_uid;
    bool scu = false;
    bool scp = false;
};

/// PS3.7 D.3.3.3; 0 is no limit.
struct AsynchronousWindow {
    std::uint16_t invoked = 1;
    std::uint16_t performed = 1;
};

struct UserInformation {
    std::uint32_t pdu_bytes_max = kPeerPduBytesDefault;  ///< 0: no limit.
    std::string implementation_uid;
    std::string implementation_version;  ///< Printable ASCII, at most 16 characters.
    std::optional<AsynchronousWindow> asynchronous_window;
    std::vector<RoleSelection> roles;
    bool user_identity = false;         ///< A User Identity sub-item stood there; its contents are not read.
    bool user_identity_answer = false;  ///< It asked for an answer.
};

struct AssociateRequest {
    std::uint16_t protocol_version = 1;
    std::string called_ae;  ///< Trimmed; empty where it is no legal AE title.
    std::string calling_ae;
    std::array<std::byte, 64> echoed{};  ///< AE titles and reserved bytes, which an -AC repeats.
    std::string application_context;     ///< Empty where absent.
    std::vector<RequestedContext> contexts;
    UserInformation user;
};

struct AssociateAccept {
    std::array<std::byte, 64> echoed{};
    std::vector<AnsweredContext> contexts;
    UserInformation user;
};

/// Decodes the bytes after the length field. An error is Fault::kRefuse and ends the association by A-ABORT
/// (invalid PDU parameter).
Result<AssociateRequest> decode_associate_request(std::span<const std::byte> body);
Result<AssociateAccept> decode_associate_accept(std::span<const std::byte> body);

/// Whole PDUs. `request.echoed` is not used; the AE titles are.
Bytes encode_associate_request(const AssociateRequest& request);
Bytes encode_associate_accept(const AssociateAccept& accept);

/// Digits and dots, 1 to 64 characters after trailing NULs and spaces are cut; else empty. Leading zeros in a
/// component are let pass: devices send them, and nothing here depends on it.
std::string read_uid(std::string_view field);
/// A legal AE title, trimmed, or empty.
std::string read_ae_title(std::string_view field);

}  // namespace efface::node
