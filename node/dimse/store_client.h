// StoreClient: the SCU half: one association to one destination, C-ECHO and C-STORE. Never blocks.
//
// A client carries one association: open, any number of echo and store one after another, then release
// or abort. Stored bytes go from a descriptor to the socket without being parsed.
// Thread rule: methods may be called from any thread, one operation at a time; callbacks run on the
// io_context, each exactly once, never inside the call that started the operation. After a callback
// reported an outcome that is not association_open, only destruction is allowed. Destruction aborts.
#pragma once

#include "config/phi.h"
#include "config/result.h"
#include "node/dimse/association.h"
#include "node/dimse/limits.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace efface::node {

struct RemoteAe {
    std::string host;  ///< A name or a numeric address, IPv4 or IPv6.
    std::uint16_t port = 104;
    std::string called_ae;
    std::string calling_ae;
};

/// One presentation context to propose; at most 128 of them, each with 1..n transfer syntaxes in order of
/// preference. One that is to be sent as stored wants a context of its own.
struct ProposedContext {
    std::string sop_class_uid;
    std::vector<std::string> transfer_syntax_uids;
};

/// Why an operation did not get an answer.
enum class TransportFailure : std::uint8_t {
    kNone,
    kUnresolved,         ///< The name has no address.
    kConnectRefused,     ///< No address took the connection.
    kRejectedTransient,  ///< A-ASSOCIATE-RJ, result 2.
    kRejectedPermanent,  ///< A-ASSOCIATE-RJ, result 1.
    kAborted,            ///< A-ABORT by the peer.
    kClosed,             ///< Connection lost.
    kTimedOut,
    kProtocol,            ///< The peer broke PS3.7 or PS3.8; we aborted.
    kContextNotAccepted,  ///< No accepted context for this class and syntax; the association stays open.
    kFileUnreadable,      ///< Our own stored bytes could not be read; the association was aborted.
    kCancelled,           ///< abort() or destruction.
};

/// A name for logs and audit rows: "connect refused".
std::string_view failure_name(TransportFailure failure);

/// How much of a C-STORE was given to the transport. What of it arrived is unknown without a response: a
/// peer may have stored an instance whose last write was never reported as done.
enum class RequestSent : std::uint8_t { kNothing, kPart, kWhole };

struct Outcome {
    TransportFailure failure = TransportFailure::kNone;
    std::uint16_t status = 0;  ///< The DIMSE status where failure is kNone.
    Rejection rejection;       ///< For the two kRejected.
    bool association_open = false;
    RequestSent request = RequestSent::kNothing;

    bool answered() const { return failure == TransportFailure::kNone; }
};

/// An instance as stored: `length` bytes of data set at `offset` of a descriptor, encoded in
/// transfer_syntax_uid. DICOM data sets have an even length; archives made with DCMTK abort on an odd one.
/// The descriptor is read with pread(2) and stays the caller's until the callback.
struct StoreItem {
    std::string sop_class_uid;
    Phi<std::string> sop_instance_uid;
    std::string transfer_syntax_uid;
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint16_t priority = 0;  ///< 0 medium, 1 high, 2 low.
};

/// Runs work that may block (a name lookup, a cold read from disk) on a thread of its own choice and returns
/// at once. Lookups can take as long as name servers do, so give each destination a thread of its own. Its
/// threads must have ended before the io_context is destroyed. Empty: cold reads are done on the io_context,
/// and names are looked up by Asio's resolver, which is one thread for all.
using RunBlocking = std::function<void(std::function<void()>)>;

class StoreClient {
public:
    StoreClient(boost::asio::io_context& io, Limits limits, RunBlocking run_blocking = {});
    ~StoreClient();
    StoreClient(const StoreClient&) = delete;
    StoreClient& operator=(const StoreClient&) = delete;

    /// Resolves, connects (each address in turn, the resolver's order) and associates. The outcome's status
    /// is 0 once the association is there, however few contexts were accepted.
    void open(RemoteAe remote, std::vector<ProposedContext> contexts, std::function<void(Outcome)> done);
    /// Verification must be among the proposed contexts.
    void echo(std::function<void(Outcome)> done);
    void store(StoreItem item, std::function<void(Outcome)> done);
    /// Ends the association as PS3.8 wants it.
    void release(std::function<void(Outcome)> done);
    /// Ends it at once; a pending operation reports kCancelled.
    void abort();

    /// True if a context for exactly this class and syntax was accepted. Valid after open reported an open
    /// association, from the thread of the callback.
    bool accepts(std::string_view sop_class_uid, std::string_view transfer_syntax_uid) const;
    /// The accepted syntaxes of a class, in the order of the contexts.
    std::vector<std::string> accepted_syntaxes(std::string_view sop_class_uid) const;

private:
    class Session;
    std::shared_ptr<Session> session_;
};

}  // namespace efface::node
