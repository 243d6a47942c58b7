// What the gate reads must be what is sent: how the daemon makes sure that nobody can change an output
// any more. A process that wrote it could have kept a descriptor or a mapping.
// Thread rule: safe from any thread.
#pragma once

#include "config/environment.h"
#include "config/result.h"

namespace efface::node {

/// The same file through a descriptor that can only read. The caller closes the one that can write.
Result<Descriptor> reopen_to_read(const Descriptor& output);

/// Does nobody have this file open, or mapped, for writing? The kernel grants a read lease only then
/// (fcntl(2), F_SETLEASE). False also where the file system knows no leases. `file` is open for reading.
bool nobody_writes(const Descriptor& file);

/// Leaves `output` open for reading only. False: another process may still be able to write it.
Result<bool> freeze(Descriptor& output);

}  // namespace efface::node
