// RunningNode: a whole node in this process, in a directory of its own: real sockets on free ports, real
// worker processes, the folder ARCHIVE as destination. A test asks it through the doors that everyone has
// (DICOM, the control socket, the files it wrote) and reads its database with a reader of its own.
//
// What a test waits for is a condition that is polled under kPatience, never a pause.
// Thread rule: belongs to the test's thread; the node has one of its own, as Node asks for.
#pragma once

#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/jobs/listing.h"
#include "node/control/control_client.h"
#include "node/runtime/node.h"
#include "tests/support/raw_scu.h"
#include "tests/support/temporary_directory.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace efface::testing {

/// Polls until `condition` holds; false when kPatience is over.
bool eventually(const std::function<bool()>& condition);

struct RunningNodeOptions {
    std::string rules;  ///< A rule file's text; empty: the built-in rules.
    std::function<void(Settings&)> edit_settings;
    std::string worker_path;  ///< Empty: the real efface-worker.
    std::chrono::milliseconds hold_quiet{30'000};
    bool start = true;
};

class RunningNode {
public:
    explicit RunningNode(RunningNodeOptions options = {});
    ~RunningNode();
    RunningNode(const RunningNode&) = delete;
    RunningNode& operator=(const RunningNode&) = delete;

    /// Again after stop(), on the same state; "" or why not.
    std::string start();
    /// Drains; the exit code.
    int stop();
    /// For the next start().
    void change_rules(std::string_view text);

    Settings& settings() { return settings_; }

    std::uint16_t port() const { return port_; }

    // Senders.
    std::optional<std::uint16_t> store(const Instance& instance, std::string_view calling_ae = "MODALITY") {
        return store_one(port_, instance, calling_ae);
    }

    /// The service is up: a C-ECHO is answered.
    bool answers();

    // Operators.
    node::ControlResult control(std::string_view operation, const Json& arguments);
    /// An operator's change of one job: "" where it was done, else why not.
    std::string change_job(std::string_view operation, db::JobId job, Json more = Json::object());

    // What it did. Each call reads anew.
    std::vector<db::Job> jobs();
    std::optional<db::Job> job(db::JobId id);
    /// The latest job of an original instance.
    std::optional<db::Job> job_of(std::string_view sop_instance_uid);
    std::vector<db::Delivery> deliveries(db::JobId id);
    std::vector<db::AuditRow> audit(std::optional<db::AuditEvent> event = {}, db::JobId job = 0);

    std::size_t audit_count(db::AuditEvent event, db::JobId job = 0) { return audit(event, job).size(); }

    /// Waits; the job, or a failure of the test.
    db::Job wait_for(std::string_view sop_instance_uid, db::JobState state);
    db::Job wait_for(db::JobId id, db::JobState state);
    bool wait_for_audit(db::AuditEvent event, std::size_t count = 1, db::JobId job = 0);

    /// Every file under ARCHIVE, sorted.
    std::vector<std::string> archive_files() const;
    /// All bytes of all files under ARCHIVE.
    std::string archive_bytes() const;
    std::vector<std::string> spool_files(std::string_view folder) const;
    std::string spool_path(std::string_view folder, std::string_view name) const;

    std::string archive_path() const { return directory_.path() + "/archive"; }

    const std::string& state_path() const { return directory_.path(); }

private:
    TemporaryDirectory directory_;
    Settings settings_;
    node::NodeOptions options_;
    std::thread thread_;
    node::Node* node_ = nullptr;  // Lives on thread_.
    int exit_code_ = -1;
    std::uint16_t port_ = 0;
};

std::string read_file(const std::string& path);

}  // namespace efface::testing
