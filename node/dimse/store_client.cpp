#include "node/dimse/store_client.h"

#include "config/assert.h"
#include "node/dimse/store_session.h"

#include <utility>

namespace efface::node {

std::string_view failure_name(TransportFailure failure) {
    switch (failure) {
        case TransportFailure::kNone:
            return "none";
        case TransportFailure::kUnresolved:
            return "name not resolved";
        case TransportFailure::kConnectRefused:
            return "connect refused";
        case TransportFailure::kRejectedTransient:
            return "association rejected for now";
        case TransportFailure::kRejectedPermanent:
            return "association rejected";
        case TransportFailure::kAborted:
            return "aborted by the peer";
        case TransportFailure::kClosed:
            return "connection lost";
        case TransportFailure::kTimedOut:
            return "timed out";
        case TransportFailure::kProtocol:
            return "peer broke the protocol";
        case TransportFailure::kContextNotAccepted:
            return "presentation context not accepted";
        case TransportFailure::kFileUnreadable:
            return "stored file not readable";
        case TransportFailure::kCancelled:
            return "cancelled";
    }
    return "unknown";
}

StoreClient::StoreClient(boost::asio::io_context& io, Limits limits, RunBlocking run_blocking)
    : session_{std::make_shared<Session>(io, limits, std::move(run_blocking))} {}

StoreClient::~StoreClient() {
    abort();
}

void StoreClient::open(
    RemoteAe remote, std::vector<ProposedContext> contexts, std::function<void(Outcome)> done
) {
    EFFACE_ASSERT(!contexts.empty() && contexts.size() <= kPresentationContextsMax);
    session_->post([remote = std::move(remote), contexts = std::move(contexts),
                    done = std::move(done)](Session& session) mutable {
        session.open(remote, std::move(contexts), std::move(done));
    });
}

void StoreClient::echo(std::function<void(Outcome)> done) {
    session_->post([done = std::move(done)](Session& session) mutable { session.echo(std::move(done)); });
}

void StoreClient::store(StoreItem item, std::function<void(Outcome)> done) {
    session_->post([item = std::move(item), done = std::move(done)](Session& session) mutable {
        session.store(item, std::move(done));
    });
}

void StoreClient::release(std::function<void(Outcome)> done) {
    session_->post([done = std::move(done)](Session& session) mutable { session.release(std::move(done)); });
}

void StoreClient::abort() {
    session_->post([](Session& session) { session.abort(TransportFailure::kCancelled, "cancelled"); });
}

bool StoreClient::accepts(std::string_view sop_class_uid, std::string_view transfer_syntax_uid) const {
    return session_->find_context(sop_class_uid, transfer_syntax_uid) != nullptr;
}

std::vector<std::string> StoreClient::accepted_syntaxes(std::string_view sop_class_uid) const {
    std::vector<std::string> syntaxes;
    for (const Session::Context& context : session_->contexts()) {
        if (context.sop_class_uid == sop_class_uid && !context.transfer_syntax_uid.empty()) {
            syntaxes.push_back(context.transfer_syntax_uid);
        }
    }
    return syntaxes;
}

}  // namespace efface::node
