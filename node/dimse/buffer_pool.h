// BufferPool: read buffers of kReadBufferBytes that associations borrow while a message is on its way,
// so that idle associations hold none.
// Thread rule: safe to call from any thread. Buffers may outlive the pool's users but not the pool.
#pragma once

#include "node/dimse/limits.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace efface::node {

using ReadBuffer = std::unique_ptr<std::byte[]>;

class BufferPool {
public:
    explicit BufferPool(std::size_t kept_max) : kept_max_{kept_max} {}

    ReadBuffer take() {
        {
            const std::lock_guard lock{mutex_};
            if (!free_.empty()) {
                ReadBuffer buffer = std::move(free_.back());
                free_.pop_back();
                return buffer;
            }
        }
        return std::make_unique_for_overwrite<std::byte[]>(kReadBufferBytes);
    }

    void give(ReadBuffer buffer) {
        const std::lock_guard lock{mutex_};
        if (buffer && free_.size() < kept_max_) {
            free_.push_back(std::move(buffer));
        }
    }

private:
    const std::size_t kept_max_;
    std::mutex mutex_;
    std::vector<ReadBuffer> free_;  // GUARDED_BY(mutex_)
};

}  // namespace efface::node
