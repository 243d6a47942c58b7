// AssociationRegistry: which connections and associations an Acceptor has open, and their limits.
// Thread rule: safe to call from any thread; holds no association alive.
#pragma once

#include "node/dimse/association.h"
#include "node/dimse/limits.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace efface::node {

class ScpAssociation;

class AssociationRegistry {
public:
    explicit AssociationRegistry(const Limits& limits) : limits_{limits} {}

    /// A new connection's id, or nothing if too many wait for their A-ASSOCIATE-RQ.
    std::optional<std::uint64_t> admit(const std::string& address);
    /// The number of the next connection that is not admitted, for its audit row.
    std::uint64_t number_refused();
    void attach(std::uint64_t id, std::weak_ptr<ScpAssociation> association);
    /// Counts the connection as an association; the load before it, or nothing if there is no room.
    std::optional<AssociationLoad> establish(std::uint64_t id, const std::string& calling_ae);
    /// It will be rejected: counts as a connection again.
    void dismiss(std::uint64_t id);
    /// The connection is closed. May call what when_empty was given.
    void leave(std::uint64_t id);

    std::size_t count() const;
    std::vector<std::shared_ptr<ScpAssociation>> all() const;
    /// Calls `done` once nothing is open; at once if so now. Replaces an earlier one.
    void when_empty(std::function<void()> done);

private:
    struct Entry {
        std::weak_ptr<ScpAssociation> association;
        std::string address;
        std::string calling_ae;
        bool established = false;
    };

    const Limits& limits_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Entry> entries_;  // GUARDED_BY(mutex_)
    std::uint64_t next_id_ = 1;               // GUARDED_BY(mutex_)
    std::function<void()> when_empty_;        // GUARDED_BY(mutex_)
};

}  // namespace efface::node
