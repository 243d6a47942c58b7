#include "pipeline/pixel/stage.h"

#include <algorithm>
#include <ctime>

namespace efface::pipeline {
namespace {

/// Of all threads, since some share a search; how fast the machine is changes no output, only whether a unit
/// is given up.
std::int64_t cpu_micros() {
    std::timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

Result<std::vector<StageReport>> run_stages(
    std::span<const Stage> stages, StageWork& work, std::int64_t cpu_micros_max
) {
    std::vector<StageReport> reports;
    const std::int64_t began = cpu_micros();
    for (const Stage& stage : stages) {
        if (!stage.applies(work)) {
            continue;
        }
        const std::int64_t started = cpu_micros();
        EFFACE_CHECK(stage.run(work));
        const std::int64_t ended = cpu_micros();
        if (!stage.holds(work)) {
            return fail(
                Fault::kQuarantine, "a stage of the search did not do what it says", Where::tag(0x7FE00010)
            );
        }
        reports.push_back({std::string{stage.name}, ended - started, work.mask.size()});
        if (ended - began > cpu_micros_max) {
            return fail(
                Fault::kQuarantine,
                "the search takes longer than [workers] cpu_seconds_max allows: raise it, or release under a "
                "header-only rule",
                Where::tag(0x7FE00010)
            );
        }
    }
    return reports;
}

Status apply_mask(StageWork& work) {
    if (work.snap && !work.mask.empty()) {
        EFFACE_TRY(work.mask, work.snap(work.mask));
    }
    blacken(work.blackened, work.image, work.mask);
    return {};
}

bool leaves_any(const StageWork& work) {
    const auto left = [&](const FoundBox& found) {
        return !is_covered(found, work.mask, work.image.columns(), work.image.rows());
    };
    return std::ranges::any_of(work.found.text, left) || std::ranges::any_of(work.found.faces, left);
}

}  // namespace efface::pipeline
