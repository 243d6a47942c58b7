#include "node/workers/frozen_output.h"

#include "node/workers/worker_process.h"

#include <cerrno>
#include <fcntl.h>
#include <string>

namespace efface::node {

Result<Descriptor> reopen_to_read(const Descriptor& output) {
    const std::string path = "/proc/self/fd/" + std::to_string(output.get());
    Descriptor reading{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!reading.valid()) {
        return fail(Fault::kRetry, "cannot open an output to read it", Where::number(errno));
    }
    return reading;
}

bool nobody_writes(const Descriptor& file) {
    if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) != 0) {
        return false;
    }
    return ::fcntl(file.get(), F_SETLEASE, F_UNLCK) == 0;
}

Result<bool> freeze(Descriptor& output) {
    const auto no_child_holds_it = WorkerProcess::hold_starts();
    EFFACE_TRY(output, reopen_to_read(output));
    return nobody_writes(output);
}

}  // namespace efface::node
