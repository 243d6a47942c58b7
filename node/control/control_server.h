// ControlServer: the daemon's door for operators: a Unix stream socket, one JSON object per line.
//
//   request  = {"operation": NAME, "arguments": OBJECT} LF          at most kRequestBytesMax bytes
//   reply    = {"ok": true, "result": VALUE} LF
//            | {"ok": false, "code": CODE, "error": TEXT} LF        at most kReplyBytesMax bytes
//   NAME, OBJECT and VALUE: a row of operation_table.cpp           CODE: control_code_name()
//
// A session is any number of requests, one after another. File permissions are the access control: the
// socket's directory is 0700 and the socket 0600 unless an administrator opens them to a group; who asks
// is what the kernel says (SO_PEERCRED), never what the client says. Every read, operation and write has a
// deadline; sessions are bounded.
// Thread rule: listen() and stop() on any thread; sockets live on `io`, operations run where run_blocking
// puts them, one at a time per session. All of ControlParts outlives the threads of both.
#pragma once

#include "config/environment.h"
#include "config/json_forward.h"
#include "config/result.h"
#include "config/settings/settings.h"
#include "db/audit/audit_log.h"
#include "db/sqlite/writer.h"
#include "node/identity/audit_identity.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace efface::node {

inline constexpr std::size_t kRequestBytesMax = 64U * 1024U;
inline constexpr std::size_t kReplyBytesMax = 16U * 1024U * 1024U;

/// What an operator may see and name of a project.
struct ControlProject {
    std::string name;
    std::string key_fingerprint;
    Digest rule_digest{};  ///< Of the rules in force.
    std::string rules_file_name;
    std::vector<std::string> rule_names;
};

/// The parts of the node that operators reach.
struct ControlParts {
    Environment& environment;
    db::Writer& writer;
    db::AuditLog& audit;
    const Settings& settings;  ///< Names the socket and the database; sessions open their own reader.
    const AuditIdentity& identity;
    std::vector<ControlProject> projects;
    std::string software_version;
    /// Runs an operation, which may block on the disk and on the writer (never the writer's thread).
    std::function<void(std::function<void()>)> run_blocking;
    /// A job went back to work. Called on run_blocking's threads, as all below.
    std::function<void()> jobs_changed;
    /// Deliveries to this destination may be due; "" stands for all destinations.
    std::function<void(std::string_view destination)> deliveries_changed;
    /// What only the running process knows, an object. Shown by name; known to `efface status`:
    /// uptime_seconds, workers, worker_restarts, units_queued, associations_open, spool_free_bytes,
    /// spool_total_bytes, not_ready_because ("" when ready), dicom_ports, http_port.
    std::function<Json()> live_status;
};

struct ControlOptions {
    std::size_t sessions_max = 16;
    std::chrono::milliseconds idle_deadline{60'000};  ///< Between requests.
    std::chrono::milliseconds read_deadline{10'000};  ///< For a request once its first byte is there.
    std::chrono::milliseconds write_deadline{30'000};
};

class ControlServer {
public:
    /// Makes the socket's directory, removes a socket that a dead daemon left behind and listens.
    /// Fault::kHalt: another daemon answers on the path, or it cannot be bound.
    static Result<std::unique_ptr<ControlServer>> listen(
        boost::asio::io_context& io, ControlParts parts, ControlOptions options = {}
    );
    /// stop(), and removes the socket.
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    /// Accepts no more and closes every session; an operation under way ends, its reply is lost.
    void stop();

private:
    struct State;
    explicit ControlServer(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace efface::node
