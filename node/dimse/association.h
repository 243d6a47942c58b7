// What the rest of the node knows of an association: its facts, who decides whether it may be, and
// what is told of it for the audit.
#pragma once

#include "config/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace efface::node {

/// Who is at the other end. Constant once the association is accepted.
struct AssociationFacts {
    std::uint64_t id = 0;      ///< Of this process; never used twice.
    std::string calling_ae;    ///< Trimmed; empty where the peer sent no legal AE title.
    std::string called_ae;     ///< Trimmed; empty where the peer sent no legal AE title.
    std::string peer_address;  ///< "192.0.2.7" or "2001:db8::1"; an IPv4-mapped address as IPv4.
    std::uint16_t peer_port = 0;
    std::uint16_t local_port = 0;
    std::string implementation_uid;      ///< Empty where the peer sent none.
    std::string implementation_version;  ///< Printable ASCII; empty where the peer sent none.
    std::string project;                 ///< As AssociationDecision::accept named it.
};

/// How many associations are open, before this one.
struct AssociationLoad {
    std::size_t open_total = 0;
    std::size_t open_from_calling_ae = 0;
    std::size_t open_from_address = 0;
};

/// Result, Source and Reason/Diag. of an A-ASSOCIATE-RJ (PS3.8 Table 9-21).
struct Rejection {
    std::uint8_t result = 1;
    std::uint8_t source = 1;
    std::uint8_t reason = 1;

    bool is_transient() const { return result == 2; }

    friend bool operator==(const Rejection&, const Rejection&) = default;
};

inline constexpr Rejection kRejectNoReason{1, 1, 1};
inline constexpr Rejection kRejectApplicationContext{1, 1, 2};
inline constexpr Rejection kRejectCallingAe{1, 1, 3};
inline constexpr Rejection kRejectCalledAe{1, 1, 7};
inline constexpr Rejection kRejectProtocolVersion{1, 2, 2};
inline constexpr Rejection kRejectTemporaryCongestion{2, 3, 1};
inline constexpr Rejection kRejectLocalLimit{2, 3, 2};

struct AssociationDecision {
    bool accepted = false;
    Rejection rejection;  ///< Where not accepted.
    Literal reason{""};   ///< For the audit, where not accepted.
    std::string project;  ///< Copied into AssociationFacts.

    static AssociationDecision accept(std::string project_name) {
        return {.accepted = true, .rejection = {}, .reason = Literal{""}, .project = std::move(project_name)};
    }

    static AssociationDecision reject(Rejection rejection, Literal reason) {
        return {.accepted = false, .rejection = rejection, .reason = reason, .project = {}};
    }
};

/// Intervention: must answer at once. Called from any of the io_context's threads, several at a time.
class AssociationPolicy {
public:
    virtual ~AssociationPolicy() = default;
    virtual AssociationDecision decide(const AssociationFacts& facts, const AssociationLoad& load) = 0;
};

enum class AssociationEventKind : std::uint8_t {
    kAccepted,
    kRejected,  ///< An A-ASSOCIATE-RJ was sent.
    kReleased,  ///< Ended as PS3.8 wants it.
    kAborted,   ///< Ended in any other way: A-ABORT of either side, lost connection, a deadline.
    kDropped,   ///< A connection ended before its A-ASSOCIATE-RQ was whole and legal.
};

/// What happened to an association. Literals, numbers, AE titles and addresses; no patient data.
struct AssociationEvent {
    AssociationEventKind kind = AssociationEventKind::kAccepted;
    std::shared_ptr<const AssociationFacts> facts;  ///< Never null; kDropped knows addresses only.
    Literal reason{""};                             ///< Why rejected, aborted or dropped.
    Rejection rejection;                            ///< kRejected only.
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint32_t contexts_accepted = 0;
    std::uint32_t contexts_refused = 0;
    std::uint32_t echoes = 0;
    std::uint32_t stores_succeeded = 0;  ///< C-STORE-RSP with 0000 or a warning sent.
    std::uint32_t stores_failed = 0;     ///< C-STORE-RSP with a failure status sent.
    bool instance_abandoned = false;     ///< Ended within a C-STORE; nothing of that instance was kept.
    std::chrono::milliseconds duration{0};
};

/// Notification: cannot influence the association. Called from any of the io_context's threads; must not
/// block.
class AssociationObserver {
public:
    virtual ~AssociationObserver() = default;
    virtual void notify(const AssociationEvent& event) noexcept = 0;
};

}  // namespace efface::node
