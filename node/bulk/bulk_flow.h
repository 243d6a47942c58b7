// BulkFlow: the instances of a bulk run on their way from the walk to the report: read, cleaned and judged by
// the workers, audited, put into OUT, audited, reported.
// Thread rule: all() belongs to one thread, which walks; an item is handed from thread to thread.
#pragma once

#include "node/bulk/bulk_audit.h"
#include "node/bulk/bulk_file.h"
#include "node/bulk/bulk_run.h"
#include "node/bulk/previewer.h"
#include "node/forward/part10_tree.h"
#include "node/workers/worker_pool.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace efface::node {

/// One instance on its way. Handed from thread to thread, never shared by two at a time.
struct BulkItem {
    enum class Stage : std::uint8_t {
        kJudged,  ///< The workers are done with it: audit it.
        kPassed,  ///< Audited as cleaned: put it into OUT.
        kEnded,   ///< All is written: report it.
    };
    Stage stage = Stage::kJudged;
    BulkInstance instance;
    Descriptor output;
    std::uint32_t attempts = 0;
    UnitResult result;
    FileOutcome outcome;
};

using BulkItemPointer = std::shared_ptr<BulkItem>;

/// Everything between the walk and the report. Used once.
class BulkFlow {
public:
    BulkFlow(Environment& environment, const BulkOptions& options, const BulkHooks& hooks, BulkAudit& audit);

    tl::expected<BulkSummary, std::string> all(FolderWalk walk);

private:
    void start_threads();
    void join_threads();
    bool wait_for_turn(BulkItemPointer& retry, bool walk_ended);
    void begin(FoundFile found);
    void submit(const BulkItemPointer& item);
    void take_result(const BulkItemPointer& item, UnitResult result);
    void push(const BulkItemPointer& item);
    void finish_items();
    void advance(const BulkItemPointer& item);
    void settle(const BulkItemPointer& item);
    Result<Descriptor> begin_segmentation(const UnitResult& result);
    void place(const BulkItemPointer& item);
    Status place_segmentation(BulkItem& item);
    void draw_previews(BulkItem& item);
    std::string draw_preview(const BulkItem& item, bool of_original, std::string& path);
    void append(const BulkItemPointer& item, db::AuditEntry entry, BulkItem::Stage next);
    void end(const FileOutcome& outcome);
    void give_permit_back();
    void give_up(std::string why);
    db::AuditEntry entry_for(const BulkItem& item, db::AuditEvent event) const;

    Environment& environment_;
    const BulkOptions& options_;
    const BulkHooks& hooks_;
    BulkAudit& audit_;
    Part10Tree tree_;
    Previewer previewer_;
    WorkerPool pool_;
    const std::size_t outstanding_max_;
    std::vector<std::thread> cleaners_;
    std::vector<std::thread> gatekeepers_;
    std::vector<std::thread> finishers_;

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    std::deque<BulkItemPointer> to_finish_;
    std::deque<BulkItemPointer> to_retry_;
    std::size_t outstanding_ = 0;
    bool no_more_to_finish_ = false;
    std::string fatal_;

    std::mutex report_mutex_;  // Guards the summary and the report's calls.
    BulkSummary summary_;

    std::uint64_t next_job_;  // Confined to the walking thread.
};

}  // namespace efface::node
