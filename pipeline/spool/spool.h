// Spool: the files in which an instance waits, and how they become durable.
//
// An original is written to an unnamed file (O_TMPFILE), synced, linked under a name of ours, and
// its directory synced; only then may a job name it (promise P1). A crash before the link leaves
// nothing; one between link and job leaves an orphan, which start-up finds by list_originals().
// An output is recomputable from its work order (P6), so it is only written, not synced.
//
//   DIRECTORY/originals/SHELF/NAME   Part 10 files as received, NAME = 32 hex digits from the entropy source
//   DIRECTORY/originals/SHELF/NAME.part  only where the file system has no O_TMPFILE; removed at start-up
//   DIRECTORY/outputs/SHELF/NAME     Part 10 files that a worker wrote
//
// Thread rule: every function is safe from any thread; a SpoolFile belongs to one thread at a time.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "pipeline/spool/judged_outputs.h"
#include "pipeline/spool/shelves.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// An original that is being received.
struct SpoolFile {
    Descriptor file;
    std::string name;     ///< The name it will get.
    bool unnamed = true;  ///< False: it lies under NAME.part until it is published.
    std::uint64_t bytes = 0;
};

class Spool {
public:
    /// Makes the directories if they are missing and removes what a crash left half-received.
    static Result<Spool> open(Environment& environment, const std::string& directory);

    Result<SpoolFile> begin_original();
    Status append(SpoolFile& file, std::span<const std::byte> bytes);
    /// fdatasync, then the name. The caller still owes a sync of original_directory() before it acknowledges.
    Status publish(SpoolFile& file);
    /// Drops a half-received original.
    void abandon(SpoolFile file);
    /// The directory whose sync makes this original's name, or its removal, durable.
    std::string original_directory(std::string_view name) const;
    /// Makes the names of all originals durable.
    Status sync_originals();

    Result<Descriptor> open_original(std::string_view name);
    Result<Descriptor> open_output(std::string_view name);
    /// False: it is not there, or has another length.
    Result<bool> has_original(std::string_view name, std::uint64_t bytes);
    /// A new, empty output file and its name; readable and writable.
    Result<SpoolFile> begin_output();
    /// The gate has passed this output.
    void note_judged(std::string_view name);
    /// False: hash it before it is sent (JudgedOutputs).
    bool is_as_judged(std::string_view name, const Descriptor& output) const;
    /// The removal is durable only after a sync of original_directory(), and that needs the shelf: see
    /// drop_empty_shelves().
    Status remove_original(std::string_view name);
    /// Of originals whose removal is durable.
    Status drop_empty_shelves(const std::vector<std::string>& names);
    Status remove_output(std::string_view name);
    Result<std::vector<std::string>> list_originals();
    Result<std::vector<std::string>> list_outputs();
    Result<DiskSpace> space();
    /// For the folder destination's hard links.
    std::string output_path(std::string_view name) const;

private:
    Spool(Environment& environment, const std::string& directory);

    Environment* environment_;
    std::unique_ptr<Shelves> originals_;
    std::unique_ptr<Shelves> outputs_;
    std::unique_ptr<JudgedOutputs> judged_ = std::make_unique<JudgedOutputs>();
};

/// Where in a spool's directory the original of this name lies.
std::string original_path(std::string_view spool_directory, std::string_view name);

}  // namespace efface::pipeline
