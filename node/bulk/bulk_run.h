// BulkRun: de-identifies a folder without network: the same workers, gate, receipts and audit as the
// daemon's, files instead of associations.
//
//   walk IN -> scratch copy, SHA-256, routing -> cleaner -> gate -> audit row -> OUT -> audit row -> report
//
// Never writes into IN, never overwrites in OUT (node/forward/part10_tree.h). Each original is copied to
// an unnamed scratch file first, so that cleaner and gate judge the very same bytes and nothing ungated
// ever lies in OUT. The Segmentation of a mask, where a rule asks for it, is made of the cleaned file and
// judged like it; without it the instance does not leave. At most kOutstandingPerWorker files per worker are
// under way: memory is bounded. Thread rule: run() belongs to one thread; `report` is called from several,
// one call at a time.
#pragma once

#include "config/environment.h"
#include "node/identity/audit_identity.h"
#include "node/workers/worker_process.h"
#include "pipeline/unit/fill_report.h"
#include "rules/actions/action.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"

#include <tl/expected.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace efface::node {

inline constexpr std::size_t kOutstandingPerWorker = 4;
/// As the daemon's (db::kAttemptsMax).
inline constexpr std::uint32_t kBulkAttemptsMax = 3;

struct BulkOptions {
    std::string in;   ///< A folder or one file.
    std::string out;  ///< A folder; made if it is missing.
    std::string project;
    rules::ProjectKey key;
    AuditIdentity identity;
    rules::RuleSet rules;  ///< As the workers have them.
    WorkerProgram worker;  ///< Its configuration holds the project.
    std::size_t workers = 1;
    std::chrono::milliseconds unit_deadline{120'000};
    std::string scratch;     ///< A folder for unnamed files; not in IN, not in OUT.
    std::string audit_file;  ///< The audit's database; beside OUT.
    std::string previews;    ///< A folder for PNGs of what was cleaned; empty: none are drawn.
    /// Pictures of the originals as well, each audited before it is drawn.
    bool previews_of_originals = false;
    std::uint64_t preview_frame = 0;  ///< From 0.
    /// Pictures with the mask black and as it was filled side by side, at full size.
    bool preview_pairs = false;
    bool segmentations = true;  ///< Of masks, where a rule asks for them.
    std::string software_version;
};

/// What became of one file.
struct FileOutcome {
    enum class Kind : std::uint8_t { kCleaned, kQuarantined, kRefused };
    std::string in;
    Kind kind = Kind::kRefused;
    std::string out;  ///< Empty unless cleaned.
    /// Of the cleaned instance; empty: none was asked for, or none could be drawn, then `no_preview` says
    /// why.
    std::string preview;
    std::string original_preview;
    std::string no_preview;
    std::string mask_segmentation;  ///< The mask as a Segmentation in OUT; empty: none was asked for.
    std::uint64_t mask_boxes = 0;   ///< How many boxes were blackened.
    pipeline::FillReport fill{};
    std::string reason;  ///< Empty when cleaned.
    std::string rule;
    rules::ActionCounts actions;
    bool not_dicom = false;      ///< Refused because it is no instance: counts as no fault of the run.
    bool already_there = false;  ///< The same bytes lay in OUT under that name.
};

/// "cleaned", "quarantined" or "refused".
std::string_view outcome_name(FileOutcome::Kind kind);

struct BulkSummary {
    std::uint64_t files = 0;
    std::uint64_t cleaned = 0;
    std::uint64_t already_there = 0;  ///< Of the cleaned.
    std::uint64_t quarantined = 0;
    std::uint64_t refused = 0;
    std::uint64_t not_dicom = 0;  ///< Of the refused.
    std::uint64_t bytes_in = 0;
    std::map<std::string, std::uint64_t> reasons;  ///< Of what was not cleaned; literals, so few.
    std::map<std::string, std::uint64_t> rules;
    std::map<char, std::uint64_t> actions;
    bool interrupted = false;

    void add(const FileOutcome& outcome);

    /// Everything that is an instance came out clean.
    bool all_cleaned() const { return !interrupted && quarantined == 0 && refused == not_dicom; }
};

struct BulkHooks {
    std::function<void(const FileOutcome&)> report;
    const std::atomic<bool>& stop;  ///< Set: no further file is begun.
};

/// Refuses IN and OUT that overlap, and anything else that would be written inside IN.
tl::expected<void, std::string> check_bulk_paths(const BulkOptions& options);

/// The error text is for the person who started the run: the run could not go on. Files reported until
/// then are as reported.
tl::expected<BulkSummary, std::string> run_bulk(
    Environment& environment, const BulkOptions& options, const BulkHooks& hooks
);

/// How many files lie under `path`, for a progress bar; stops at `count_max`.
std::uint64_t count_files(const std::string& path, std::uint64_t count_max);

}  // namespace efface::node
