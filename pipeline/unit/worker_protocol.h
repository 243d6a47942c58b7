// What the daemon and an efface-worker say to each other over an AF_UNIX SOCK_SEQPACKET pair.
//
// One packet is one message; descriptors travel with it (SCM_RIGHTS). The daemon sends a request and
// waits for its one reply before the next; a worker answers in order and ends at end of file.
//
//   packet      = kind:u8  place:u8  payload                 place: 0 inline, 1 in a memfd
//   inline      = payload of at most kInlineBytesMax bytes
//   memfd       = payload is empty; the last descriptor holds it, at most kMessageBytesMax bytes
//   request     descriptors               payload (JSON)                reply
//   configure   -                         WorkerConfiguration           ready (WorkerReady)
//   clean       original, output          WorkOrder                     cleaned (CleanReport)
//   gate        original, written         GateRequest                   judged (GateReport)
//   explain     original                  WorkOrder                     explained (explanation.h)
//   preview     instance, picture         PreviewRequest                previewed ({}); picture is a PNG then
//   segment     cleaned, output           SegmentRequest                segmented ({}); output is a
//   Segmentation then gate-segment cleaned, written         SegmentRequest                judged
//   (GateReport), of the Segmentation any         -                         - failed (WorkerFailure)
//
// `original`, `written`, `cleaned` and `instance` are open for reading, `output` and `picture` for both and
// empty. All are used by offset only (pread, pwrite), so a shared file position does not matter. In the work
// order of an explain request empty fields are not compared with the file. Thread rule: the functions are
// re-entrant; one socket end belongs to one thread at a time.
#pragma once

#include "config/environment.h"
#include "config/json_forward.h"
#include "config/phi.h"
#include "config/result.h"
#include "pipeline/unit/work_order.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kInlineBytesMax = 64U * 1024U;
inline constexpr std::size_t kMessageBytesMax = 64U * 1024U * 1024U;
inline constexpr std::size_t kMessageDescriptorsMax = 4;  // Three files and the payload's memfd.

enum class MessageKind : std::uint8_t {
    kConfigure = 1,
    kClean = 2,
    kGate = 3,
    kExplain = 4,
    kPreview = 5,
    kSegment = 6,
    kGateSegment = 7,
    kEvaluate = 8,  ///< These two to an efface-evaluator alone (pipeline/evaluate/evaluator_protocol.h).
    kSummarize = 9,
    kReady = 65,
    kCleaned = 66,
    kJudged = 67,
    kExplained = 68,
    kFailed = 69,
    kPreviewed = 70,
    kSegmented = 71,
    kEvaluated = 72,
    kSummarized = 73,
};

struct Message {
    MessageKind kind = MessageKind::kFailed;
    std::string payload;
    std::vector<Descriptor> descriptors;
};

/// What a read of the socket gave.
struct Received {
    enum class State : std::uint8_t { kMessage, kNothingYet, kClosed };
    State state = State::kClosed;
    Message message;
};

/// The two ends of a new socket pair, both close-on-exec and blocking.
struct SocketPair {
    Descriptor daemon_end;
    Descriptor worker_end;
};

Result<SocketPair> make_worker_socket();

/// Sends one message; the descriptors stay the caller's. On a non-blocking socket whose buffer is full
/// it fails with kRetry and nothing was sent (one request is outstanding at a time, so it never is).
Status send_message(int socket, MessageKind kind, std::string_view payload, std::span<const int> descriptors);

inline Status send_message(
    int socket, MessageKind kind, std::string_view payload, std::initializer_list<int> descriptors = {}
) {
    return send_message(socket, kind, payload, std::span<const int>{descriptors.begin(), descriptors.size()});
}

/// Receives one message. kNothingYet only on a non-blocking socket. A malformed packet is an error;
/// the caller ends the worker then.
Result<Received> receive_message(int socket);

/// What a worker may use. Enforced by the kernel (setrlimit), per process or per unit.
struct WorkerLimits {
    std::uint64_t address_space_bytes_max = std::uint64_t{4} << 30U;
    std::uint64_t cpu_seconds_per_unit_max = 120;
    std::uint64_t output_bytes_max = std::uint64_t{16} << 30U;
    std::uint64_t search_threads = 1;  ///< That share the search of one picture.
};

struct WorkerProject {
    std::string name;
    Phi<std::string> key_hex;  ///< The pseudonym key; 64 hex digits.
    std::string rules_file_name;
    std::string rules_text;
};

/// A network that the site names itself; without a path there is none.
struct SiteModel {
    std::string path;
    std::string sha256;  ///< In hex.

    bool operator==(const SiteModel&) const = default;
};

struct SiteModels {
    SiteModel face_detector{};
    SiteModel generator{};

    bool operator==(const SiteModels&) const = default;
};

/// A project may stand there more than once, with different rule files: a unit takes the one whose
/// digest its work order names.
struct WorkerConfiguration {
    std::string software_version;
    WorkerLimits limits;
    std::vector<WorkerProject> projects;
    /// Of the detectors' model files; empty: none. A worker that can load none refuses a name.
    std::string models_directory;
    SiteModels site_models{};
};

/// A worker that has read its configuration.
struct WorkerReady {
    std::string software_version;
    std::string table_edition;
    std::string table_digest;
    std::string model_digest = "none";  ///< Of its detectors' models together.
    /// What the generator's file says of itself (pipeline/pixel/fill_statement.h); empty: it has none.
    std::string generator{};
};

struct GateRequest {
    WorkOrder order;
    std::string rule;            ///< The name of the rule that the cleaner says it applied.
    bool second_output = false;  ///< `written` is the transcoded second output for a peer.
    Mask mask;                   ///< What the cleaner says it blackened: judged, not believed.
    std::vector<Hole> holes{};   ///< What of it the cleaner says it filled, or would have: likewise.
};

/// One frame as a picture for people (preview.h). Says nothing about whether the instance is clean.
struct PreviewRequest {
    std::uint64_t frame = 0;  ///< From 0.
    std::vector<Box> mask;    ///< That of this frame: its outline is drawn.
    bool whole = false;       ///< As large as the frame is, whatever its size.
    /// Twice the frame side by side: left with the mask black, right as it is; without an outline.
    bool pair = false;
};

/// The mask of a cleaned instance as a Segmentation (segmentation.h).
struct SegmentRequest {
    WorkOrder order;
    Mask mask;                ///< As the gate judged it.
    Digest cleaned_digest{};  ///< Of the cleaned file, as the gate gave it.
};

/// What a Segmentation's content follows from beside the project's key: one UID never stands for two (promise
/// P4).
Digest segmentation_content(const SegmentRequest& request);

/// The worker could not do the request at all; says nothing about the instance unless `fault` is
/// quarantine. `reason` is a literal with a number or tag at most.
struct WorkerFailure {
    Fault fault = Fault::kRetry;
    std::string reason;
};

Json to_json(const WorkerConfiguration& configuration);
Json to_json(const WorkerReady& ready);
Json to_json(const GateRequest& request);
Json to_json(const PreviewRequest& request);
Json to_json(const SegmentRequest& request);
Json to_json(const WorkerFailure& failure);
/// Strict: a missing, unknown or mistyped field is an error.
Result<WorkerConfiguration> worker_configuration_from_json(const Json& json);
Result<WorkerReady> worker_ready_from_json(const Json& json);
Result<GateRequest> gate_request_from_json(const Json& json);
Result<PreviewRequest> preview_request_from_json(const Json& json);
Result<SegmentRequest> segment_request_from_json(const Json& json);
Result<WorkerFailure> worker_failure_from_json(const Json& json);

}  // namespace efface::pipeline
