// WorkOrder and the two reports: what the daemon and a worker say to each other about one unit.
//
// A cleaned instance is a pure function of its work order (promise P6): everything that decides the
// output is in it, or (keys, rule files) named in it by digest and given to the worker at its start.
// Sent as one JSON object over the worker's socket; the bytes travel as descriptors.
// Fields marked Phi name a patient: they are stored as protected as an original and never logged.
#pragma once

#include "config/crypto/digest.h"
#include "config/environment.h"
#include "config/json_forward.h"
#include "config/phi.h"
#include "config/result.h"
#include "pipeline/picture/mask_boxes.h"
#include "pipeline/unit/fill_report.h"
#include "rules/actions/action.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// An operator's word on a quarantined instance.
enum class Decision : std::uint8_t { kNone, kRelease, kAsReplacement, kAsNewInstance };

struct WorkOrder {
    std::uint64_t job_id = 0;
    std::string project;
    /// SHA-256 of the data set as received (the bytes after the File Meta Information).
    Digest original_digest{};
    std::uint64_t original_bytes = 0;  ///< Of the whole spooled Part 10 file.
    std::string sop_class_uid;
    Phi<std::string> sop_instance_uid;
    std::string transfer_syntax_uid;
    std::string calling_ae;
    std::string called_ae;
    UnixMicros accepted_at = 0;  ///< The only source of every date that Efface writes.
    Digest rule_digest{};
    std::string software_version;
    std::string model_digest = "none";
    std::string compute_class = "cpu";
    Decision decision = Decision::kNone;
    std::string forced_rule;   ///< An operator's `--rule NAME`; empty: match.
    std::string transcode_to;  ///< Transfer syntax UID of a second output for a peer; empty: as received.
};

/// One stage of the search through the pixels, as receipts show it.
struct PixelStageReport {
    std::string name;
    std::int64_t cpu_micros = 0;
    std::uint64_t mask_boxes = 0;  ///< After it.

    bool operator==(const PixelStageReport&) const = default;
};

/// What the cleaner says. The gate takes nothing of it on trust.
struct CleanReport {
    enum class Outcome : std::uint8_t {
        kCleaned,
        kQuarantined,
        kRefused,
        kNeedsDetectors,  ///< This worker has none: ask one that has. Says nothing about the instance.
    };
    Outcome outcome = Outcome::kQuarantined;
    std::string reason;  ///< A literal of ours with a tag at most; empty when cleaned.
    std::string rule;
    std::string pixel_policy;
    std::vector<std::string> destinations;
    std::string hold;  ///< "none", "series" or "study".
    rules::ActionCounts actions;
    std::string table_edition;
    std::string new_sop_instance_uid;
    std::string new_study_uid;
    std::string new_series_uid;
    std::string new_patient_id;
    std::string modality;
    Phi<std::string> study_uid;  ///< The original ones, for the job row and keyed hashes.
    Phi<std::string> series_uid;
    std::vector<std::string>
        facts;  ///< Further literal statements for the receipt ("retired overlay bits cleared").
    std::uint64_t output_bytes = 0;
    std::string output_transfer_syntax_uid;
    Mask mask;                  ///< What was blackened; empty where the samples stayed as they were.
    std::vector<Hole> holes{};  ///< Of the mask: what was filled, or refused, again and again the same way.
    FillReport fill{};
    std::vector<PixelStageReport> stages;  ///< Of the search, those that ran; empty: nothing was searched.
};

struct GateReport {
    bool passed = false;
    std::string reason;      ///< Empty when passed; else a literal with a tag at most.
    Digest output_digest{};  ///< Of the bytes the gate itself read.
    std::uint64_t output_bytes = 0;
    /// Who the written file says it is, as the gate read and judged it; empty unless passed.
    std::string new_sop_instance_uid;
    std::string new_study_uid;
    std::string new_series_uid;
    std::string new_patient_id;
    FillReport fill{};  ///< Of the gate's own run of the filling stage; this is what receipts show.
};

/// Left, top, right, bottom of each, one after another; within a frame, so none is negative.
Json boxes_to_json(const std::vector<Box>& boxes);
/// {"boxes": those of every frame, "some_frames": six numbers each, the first frame and how many behind the
/// edges}.
Json mask_to_json(const Mask& mask);
Json stages_to_json(const std::vector<PixelStageReport>& stages);
Json to_json(const WorkOrder& order);
Json to_json(const CleanReport& report);
Json to_json(const GateReport& report);
/// Strict: a missing or mistyped field is an error.
Result<WorkOrder> work_order_from_json(const Json& json);
Result<CleanReport> clean_report_from_json(const Json& json);
Result<GateReport> gate_report_from_json(const Json& json);

}  // namespace efface::pipeline
