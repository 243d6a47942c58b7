#include "pipeline/picture/lanes.h"

#include "config/assert.h"

namespace efface::pipeline {

Lanes::Lanes(std::size_t count) {
    EFFACE_ASSERT(count >= 1 && count <= kLanesMax);
    for (std::size_t lane = 1; lane < count; ++lane) {
        threads_.emplace_back([this, lane] { work(lane); });
    }
    // A thread asks the kernel for this and that before it runs, which a process that was confined meanwhile
    // forbids.
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return started_ == threads_.size(); });
}

Lanes::~Lanes() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void Lanes::run(std::size_t jobs, const Job& job) {
    std::unique_lock lock{mutex_};
    EFFACE_ASSERT(job_ == nullptr);
    job_ = &job;
    next_ = 0;
    jobs_ = jobs;
    changed_.notify_all();
    do_jobs(0, lock);
    changed_.wait(lock, [&] { return running_ == 0; });
    job_ = nullptr;
}

void Lanes::work(std::size_t lane) {
    std::unique_lock lock{mutex_};
    ++started_;
    changed_.notify_all();
    for (;;) {
        changed_.wait(lock, [&] { return ending_ || next_ < jobs_; });
        if (ending_) {
            return;
        }
        do_jobs(lane, lock);
    }
}

void Lanes::do_jobs(std::size_t lane, std::unique_lock<std::mutex>& lock) noexcept {
    while (next_ < jobs_) {
        const std::size_t mine = next_++;
        ++running_;
        lock.unlock();
        (*job_)(mine, lane);
        lock.lock();
        --running_;
    }
    if (running_ == 0) {
        changed_.notify_all();
    }
}

}  // namespace efface::pipeline
