// Lanes: threads that share the tiles of one picture. They are made before a worker is confined, which then
// makes none, and wait in between. Which lane does which job changes no result: each job writes to a place of
// its own. Thread rule: run() from one thread at a time; the jobs of one run() must not touch what others
// write.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kLanesMax = 16;

class Lanes {
public:
    /// `job`: 0 to the count of jobs; `lane`: 0 to count(), no two jobs at the same time in one. Throws
    /// nothing.
    using Job = std::function<void(std::size_t job, std::size_t lane)>;

    /// 1 to kLanesMax. The caller of run() is one of them; the others run when this returns.
    explicit Lanes(std::size_t count);
    ~Lanes();
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    std::size_t count() const { return threads_.size() + 1; }

    /// Returns when all jobs are done. They are taken up in their order.
    void run(std::size_t jobs, const Job& job);

private:
    void work(std::size_t lane);
    /// noexcept: a job that throws ends the process, in every lane alike, never leaves run() under the
    /// others.
    void do_jobs(std::size_t lane, std::unique_lock<std::mutex>& lock) noexcept;

    std::mutex mutex_;
    std::condition_variable changed_;
    const Job* job_ = nullptr;  ///< All below is guarded by mutex_.
    std::size_t next_ = 0;
    std::size_t jobs_ = 0;
    std::size_t running_ = 0;
    std::size_t started_ = 0;
    bool ending_ = false;

    std::vector<std::thread> threads_;
};

}  // namespace efface::pipeline
