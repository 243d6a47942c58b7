// Job: one accepted instance and all that is known of its way. Values; no shared state.
// Fields marked Phi name a patient: the database file is as protected as an original (mode 0600).
#pragma once

#include "config/crypto/digest.h"
#include "config/environment.h"
#include "config/phi.h"
#include "db/jobs/state.h"

#include <cstdint>
#include <string>
#include <vector>

namespace efface::db {

using JobId = std::uint64_t;

/// What deliveries wait for (rules::Hold, as text in the rule file).
enum class HoldKind : std::uint8_t { kNone, kSeries, kStudy };

std::string_view hold_name(HoldKind hold);
/// "none", "series" or "study"; anything else is nothing.
std::optional<HoldKind> find_hold(std::string_view name);

/// An operator's word on a quarantined instance (pipeline::Decision, which db/ may not include).
enum class Verdict : std::uint8_t { kNone, kRelease, kAsReplacement, kAsNewInstance };

std::string_view verdict_name(Verdict verdict);
std::optional<Verdict> find_verdict(std::string_view name);

/// What goes out with a job's output: the Segmentation of its mask, judged like it (Segmentation Storage,
/// Explicit VR Little Endian). Its UID is an HMAC of what it follows from, so that one stands for one
/// content.
struct Companion {
    std::string instance_uid;  ///< Empty: there is none.
    std::string file;          ///< In the spool's outputs; empty once it is lost or purged.
    Digest digest{};
    std::uint64_t bytes = 0;

    bool exists() const { return !instance_uid.empty(); }
};

/// What ingest knows when the bytes are durable.
struct ReceivedJob {
    std::string project;
    std::string peer;  ///< Configured name.
    std::string calling_ae;
    std::string called_ae;
    std::uint64_t association = 0;
    std::string sop_class_uid;
    std::string transfer_syntax_uid;
    Phi<std::string> sop_instance_uid;
    /// From pipeline/scan; empty where the data set has none. A rule's hold relies on them.
    Phi<std::string> study_uid;
    Phi<std::string> series_uid;
    Digest original_digest{};  ///< Of the data set's bytes.
    std::uint64_t original_bytes = 0;
    std::string spool_file;  ///< Name within the spool directory; unique.
    UnixMicros accepted_at = 0;
    Phi<std::string> work_order;  ///< JSON (pipeline::WorkOrder); its job_id is filled in at claim.
};

struct Job {
    JobId id = 0;
    std::uint32_t generation = 0;  ///< Of the unit; grows when a late slice reopens a series.
    ReceivedJob received;
    JobState state = JobState::kNone;
    std::string reason;
    bool conflict = false;  ///< Same SOP Instance UID as another job, other bytes.
    std::uint32_t attempts = 0;
    UnixMicros due_at = 0;
    UnixMicros lease_until = 0;
    std::uint64_t fence = 0;  ///< Of the current lease; a completion with an older one is refused.
    std::string rule;
    std::string new_instance_uid;
    std::string new_study_uid;
    std::string new_series_uid;
    std::string output_file;
    Digest output_digest{};
    std::uint64_t output_bytes = 0;
    std::string output_syntax_uid;
    Companion companion;
    HoldKind hold = HoldKind::kNone;
    Verdict verdict = Verdict::kNone;
    std::string forced_rule;
    std::string decided_by;
    /// From when the retention runs; 0 while the files may not be purged.
    UnixMicros retention_from = 0;
};

}  // namespace efface::db
