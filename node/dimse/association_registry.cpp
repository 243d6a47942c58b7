#include "node/dimse/association_registry.h"

#include <utility>

namespace efface::node {

std::optional<std::uint64_t> AssociationRegistry::admit(const std::string& address) {
    const std::lock_guard lock{mutex_};
    std::size_t pending = 0;
    std::size_t pending_from_address = 0;
    for (const auto& [id, entry] : entries_) {
        if (!entry.established) {
            ++pending;
            pending_from_address += entry.address == address ? 1 : 0;
        }
    }
    if (pending >= limits_.pending_max || pending_from_address >= limits_.pending_per_address_max) {
        return std::nullopt;
    }
    const std::uint64_t id = next_id_++;
    entries_[id].address = address;
    return id;
}

std::uint64_t AssociationRegistry::number_refused() {
    const std::lock_guard lock{mutex_};
    return next_id_++;
}

void AssociationRegistry::attach(std::uint64_t id, std::weak_ptr<ScpAssociation> association) {
    const std::lock_guard lock{mutex_};
    entries_[id].association = std::move(association);
}

std::optional<AssociationLoad> AssociationRegistry::establish(
    std::uint64_t id, const std::string& calling_ae
) {
    const std::lock_guard lock{mutex_};
    Entry& own = entries_[id];
    AssociationLoad load;
    for (const auto& [other_id, other] : entries_) {
        if (other.established) {
            ++load.open_total;
            load.open_from_calling_ae += other.calling_ae == calling_ae ? 1 : 0;
            load.open_from_address += other.address == own.address ? 1 : 0;
        }
    }
    if (load.open_total >= limits_.associations_max) {
        return std::nullopt;
    }
    own.calling_ae = calling_ae;
    own.established = true;
    return load;
}

void AssociationRegistry::dismiss(std::uint64_t id) {
    const std::lock_guard lock{mutex_};
    entries_[id].established = false;
}

void AssociationRegistry::leave(std::uint64_t id) {
    std::function<void()> empty;
    {
        const std::lock_guard lock{mutex_};
        entries_.erase(id);
        if (entries_.empty()) {
            empty = std::exchange(when_empty_, {});
        }
    }
    if (empty) {
        empty();
    }
}

std::size_t AssociationRegistry::count() const {
    const std::lock_guard lock{mutex_};
    return entries_.size();
}

std::vector<std::shared_ptr<ScpAssociation>> AssociationRegistry::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::shared_ptr<ScpAssociation>> alive;
    for (const auto& [id, entry] : entries_) {
        if (auto association = entry.association.lock()) {
            alive.push_back(std::move(association));
        }
    }
    return alive;
}

void AssociationRegistry::when_empty(std::function<void()> done) {
    {
        const std::lock_guard lock{mutex_};
        if (!entries_.empty()) {
            when_empty_ = std::move(done);
            return;
        }
    }
    done();
}

}  // namespace efface::node
