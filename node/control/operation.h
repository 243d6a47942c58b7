// Operation: one thing that an operator can ask of the node, as a row of a table.
//
// A read is a pure function of a query_only connection and what the node was configured with, so the
// command line runs the same function on the file itself when the daemon is down. A change goes through
// the daemon's writer, with its audit row (who, why) in the same transaction, and only there.
// Thread rule: values and pure functions; a Reading's database belongs to the calling thread.
#pragma once

#include "config/environment.h"
#include "config/json_forward.h"
#include "db/sqlite/database.h"
#include "node/control/control_server.h"
#include "node/identity/audit_identity.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

/// Why an operation gave no result. Names are part of the protocol.
enum class ControlCode : std::uint8_t {
    kUsage,        ///< An argument is missing, mistyped or out of range.
    kNotFound,     ///< What it names is not there.
    kRefused,      ///< It is there, but this may not be done to it.
    kUnavailable,  ///< The daemon is not running or takes nothing more.
    kInternal,     ///< The database or the node failed.
};

std::string_view control_code_name(ControlCode code);
std::optional<ControlCode> find_control_code(std::string_view name);

/// `text` is for the operator: it may repeat what they typed and configured names, no received value.
struct ControlError {
    ControlCode code = ControlCode::kInternal;
    std::string text;
};

using ControlResult = tl::expected<Json, ControlError>;

tl::unexpected<ControlError> control_error(ControlCode code, std::string text);
/// How an Error of the folders below appears to an operator.
tl::unexpected<ControlError> control_error(const Error& error);

/// What a read may look at.
struct Reading {
    db::Database& database;
    const Settings& settings;
    const AuditIdentity* identity = nullptr;  ///< Null: the audit key could not be read.
    UnixMicros now = 0;
};

/// Who asks, by the kernel's word (SO_PEERCRED).
struct Operator {
    std::uint32_t uid = 0;
    std::string name;  ///< Of the password database; the number where it has none.

    /// "name (uid)".
    std::string text() const;
};

/// What a change may use besides.
struct Changing {
    const ControlParts& parts;
    db::Database& database;  ///< The session's reader.
    Operator who;
};

struct OperationRow {
    std::string_view name;
    std::string_view help;
    ControlResult (*read)(const Reading&, const Json& arguments);     ///< Or null.
    ControlResult (*change)(const Changing&, const Json& arguments);  ///< Or null.
};

std::span<const OperationRow> operation_table();
const OperationRow* find_operation(std::string_view name);

/// Rows of one page of a listing at most.
inline constexpr std::uint64_t kPageRowsMax = 1000;
/// Audit rows checked by one audit.verify at most; the caller goes on at "next".
inline constexpr std::uint64_t kVerifyRowsMax = 100'000;
/// Jobs named in one release or discard.
inline constexpr std::size_t kChangedJobsMax = 1000;
/// Of an operator's reason, in bytes.
inline constexpr std::size_t kReasonBytesMax = 500;

}  // namespace efface::node
