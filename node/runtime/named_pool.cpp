#include "node/runtime/node_parts.h"

#include <pthread.h>

namespace efface::node {

void name_this_thread(const char* name) {
    ::pthread_setname_np(::pthread_self(), name);
}

void NamedPool::start() {
    guard_.emplace(io_.get_executor());
    for (int i = 0; i < threads_wanted_; ++i) {
        threads_.emplace_back([this] {
            name_this_thread(name_);
            io_.run();
        });
    }
}

void NamedPool::finish() {
    guard_.reset();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void NamedPool::stop() {
    io_.stop();
    finish();
}

}  // namespace efface::node
