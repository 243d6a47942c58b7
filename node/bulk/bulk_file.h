// What a bulk run makes of one file before a worker sees it: is it an instance at all, its scratch copy,
// its work order. Read through pipeline/scan only.
// Thread rule: pure but for the files it is given.
#pragma once

#include "config/environment.h"
#include "config/phi.h"
#include "node/bulk/bulk_run.h"
#include "node/bulk/folder_walk.h"
#include "pipeline/unit/work_order.h"

#include <optional>
#include <string>

namespace efface::node {

/// An instance ready for a worker.
struct BulkInstance {
    Descriptor original;  ///< The scratch copy: nobody else can change it.
    pipeline::WorkOrder order;
    Phi<std::string> study_uid;
};

struct ReadFile {
    std::optional<BulkInstance> instance;
    FileOutcome outcome;          ///< Where there is none: why.
    bool scratch_failed = false;  ///< The scratch folder takes nothing: the run cannot go on.
};

/// `now` is the run's time: every file of a run has the same accepted_at.
ReadFile read_bulk_file(
    Environment& environment, const BulkOptions& options, FoundFile& found, UnixMicros now
);

/// A new, unnamed file in `directory`.
Result<Descriptor> open_scratch(Environment& environment, const std::string& directory);
/// A second descriptor of the same file.
Result<Descriptor> duplicate(const Descriptor& file);

}  // namespace efface::node
