// DeliveryStore: one row per job and destination: claim, complete, transcode, hold, redeliver; and the
// record that keeps one new SOP Instance UID from standing for two contents (promise P4).
// Errors and thread rule as in job_store.h.
#pragma once

#include "db/jobs/job.h"
#include "db/sqlite/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::db {

/// Presentation contexts of one association are few (PS3.8: 128): a claim has at most this many
/// different pairs of SOP class and transfer syntax.
inline constexpr std::size_t kClaimedGroupsMax = 60;

/// What a forwarder needs to send one instance.
struct Delivery {
    JobId job = 0;
    std::string destination;
    DeliveryState state = DeliveryState::kNone;
    std::uint64_t fence = 0;
    std::uint32_t attempts = 0;
    UnixMicros due_at = 0;
    UnixMicros delivered_at = 0;
    std::uint32_t last_status = 0;  ///< DIMSE status of the last answer; 0 also where there was none.
    std::string reason;
    // The output to send: the job's, or this destination's own transcoded one.
    std::string output_file;
    Digest output_digest{};
    std::uint64_t output_bytes = 0;
    std::string output_syntax_uid;
    /// Of the job's first output, whichever is sent: goes out behind it. The delivery is confirmed when both
    /// are.
    Companion companion;
    std::string sop_class_uid;
    std::string new_instance_uid;
    std::string new_study_uid;
    std::string project;
    std::string rule;
    Phi<std::string> sop_instance_uid;  ///< For keyed hashes in the audit row.
    Phi<std::string> study_uid;
    /// This digest may have left as a whole for this destination in an earlier attempt: 0111 (duplicate
    /// SOP Instance) then means delivered.
    bool sent_before = false;
};

struct DeliveryLease {
    JobId job = 0;
    std::string destination;
    std::uint64_t fence = 0;
};

enum class DeliveryOutcome : std::uint8_t { kDelivered, kWarning, kRetry, kPermanent };

/// How much of an instance one attempt gave to the network (or a folder). Only the whole can be what a
/// peer means by 0111; any part of it keeps other bytes from taking its UID (promise P4).
enum class Sent : std::uint8_t { kNothing, kPart, kWhole };

struct DeliveryResult {
    DeliveryOutcome outcome = DeliveryOutcome::kRetry;
    std::uint32_t status = 0;  ///< DIMSE status; 0 where there was no answer.
    std::string reason;
    UnixMicros now = 0;
    UnixMicros due_at = 0;  ///< For kRetry.
    /// What may have left in this attempt. Less than the whole only where that is certain.
    Sent sent = Sent::kWhole;
};

class DeliveryStore {
public:
    /// Up to `count` due deliveries of one destination, earliest first, ordered by SOP class and syntax.
    /// None while the destination is held. From here on the output counts as possibly sent.
    Result<std::vector<Delivery>> claim(
        Database& database, std::string_view destination, UnixMicros now, std::size_t count
    ) const;
    /// Returns the job's state afterwards: delivered once every destination confirmed.
    Result<JobState> complete(Database& database, const DeliveryLease& lease, const DeliveryResult& result)
        const;
    /// Back to pending, as if not claimed: the association never came to this instance, or `sent` says how
    /// far it came.
    Status give_back(
        Database& database, const DeliveryLease& lease, UnixMicros due_at, Sent sent = Sent::kNothing
    ) const;

    /// The peer refuses the syntax: a worker makes a second output in `syntax_uid`.
    Status want_transcode(
        Database& database, const DeliveryLease& lease, std::string_view syntax_uid, UnixMicros now
    ) const;
    /// Transcodings to do; output_syntax_uid is the wanted one, output_file still the job's.
    Result<std::vector<Delivery>> claim_transcodes(Database& database, UnixMicros now, std::size_t count)
        const;

    struct Transcoded {
        std::string output_file;
        Digest output_digest{};
        std::uint64_t output_bytes = 0;
    };

    /// Gated like the first output: pending again with its own output.
    Status transcoded(
        Database& database, const DeliveryLease& lease, const Transcoded& output, UnixMicros now
    ) const;
    /// Tried again at due_at; after kAttemptsMax tries, or where `for_good` says that another would end the
    /// same, failed for good. Returns which.
    Result<DeliveryState> transcode_failed(
        Database& database, const DeliveryLease& lease, std::string_view reason, UnixMicros due_at,
        bool for_good = false
    ) const;

    /// Sends what was cleared again, to one destination or (empty) to all. Returns how many deliveries.
    Result<std::uint64_t> redeliver(
        Database& database, JobId job, std::string_view destination, UnixMicros now
    ) const;

    /// An operator stops or starts a destination. Holding lets deliveries under way end.
    Status hold_destination(
        Database& database, std::string_view destination, std::string_view by, UnixMicros now
    ) const;
    Status release_destination(Database& database, std::string_view destination) const;
};

Result<std::vector<Delivery>> find_deliveries(Database& database, JobId job);
Result<bool> is_destination_held(Database& database, std::string_view destination);

struct HeldDestination {
    std::string destination;
    std::string held_by;
    UnixMicros held_at = 0;
};

Result<std::vector<HeldDestination>> held_destinations(Database& database);

/// The destinations for which deliveries are pending, each once.
Result<std::vector<std::string>> waiting_destinations(Database& database);

/// True once any output under this new SOP Instance UID may have left for any destination.
Result<bool> was_sent(Database& database, std::string_view new_instance_uid);

}  // namespace efface::db
